"""`init`: make the store."""

from __future__ import annotations

import argparse
from contextlib import suppress

from sqlalchemy.orm import Session

from data.accesses import log, tree
from data.accesses.entry import Action
from data.commands import arguments, output
from data.database import Database, lock
from data.errors import Conflict
from data.migrations import schema
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.settings import Settings


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    arguments.command(commands, "init").set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Make the keyring, the folder of sealed objects and the tables. An interrupted `init` is finished by the next."""
    settings = arguments.settings(args)
    settings.store.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    try:
        if schema.exists(database):
            with database.reading() as session:
                _require_new(session, settings)
        vault = _vault(settings)
        schema.create(database)
        with database.writing() as session:
            lock(session, "init")
            _require_new(session, settings)
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
            f"Made an empty store at {settings.store}. Keep {settings.keyring} safe: without it nothing opens.",
            *_beside(settings),
        )


def _beside(settings: Settings) -> tuple[str, ...]:
    """A warning where the list of deletions would be put back together with the backup that it has to outlive."""
    if settings.store.resolve() not in settings.tombstones.resolve().parents:
        return ()
    told = (
        f"The list of deletions will be {settings.tombstones}, inside the store: a backup of that folder that is put "
        "back undoes deletions. Name a place that no backup of the store reaches with DAYLIGHT_TOMBSTONES."
    )
    return (told,)


def _require_new(session: Session, settings: Settings) -> None:
    if tree.end(session):
        raise Conflict(f"There is a store at {settings.store} already; nothing was changed.")


def _vault(settings: Settings) -> Vault:
    if not settings.keyring.exists():
        with suppress(Conflict):  # another `init` may be making it just now
            return Vault.create(settings.keyring, settings.segments_url)
    return Vault.finish(settings.keyring, settings.segments_url)
