"""`init`: make the store."""

from __future__ import annotations

import argparse

from data import instants
from data.accesses import coverage, log
from data.accesses.entry import DAYLIGHT, Action
from data.commands import arguments, output
from data.database import Database
from data.errors import Conflict
from data.migrations import schema
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.settings import Settings


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    arguments.command(commands, "init", "make an empty store").set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Make the keyring, the folder of sealed objects and the tables. An interrupted `init` is finished by the next."""
    settings = arguments.settings(args)
    vault = _vault(settings)
    database = Database(settings.database_url)
    try:
        schema.create(database)
        with database.writing() as session:
            if coverage.since(session, DAYLIGHT) is not None:
                raise Conflict(f"There is a store at {settings.store} already; nothing was changed.")
            coverage.record(session, DAYLIGHT, instants.now())
            log.append(
                session,
                vault,
                action=Action.STORE_MADE,
                people=[],
                accessor=OPERATOR,
                reason=None,
                scope={},
                count=0,
            )
    finally:
        database.close()
    if arguments.wants_json(args):
        output.as_json({"store": str(settings.store)})
    else:
        output.lines(
            f"Made an empty store at {settings.store}. Keep {settings.keyring} safe: without it nothing opens."
        )


def _vault(settings: Settings) -> Vault:
    if settings.keyring.exists():
        return Vault.open(settings.keyring, settings.segments_url)
    settings.store.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Vault.create(settings.keyring, settings.segments_url)
