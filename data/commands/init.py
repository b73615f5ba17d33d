"""`init`: make the store."""

from __future__ import annotations

import argparse

from data import store
from data.commands import arguments, output
from data.settings import Settings


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    arguments.command(commands, "init").set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Make the keyring, the folder of sealed objects and the tables. An interrupted `init` is finished by the next."""
    settings = arguments.settings(args)
    store.make(settings)
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
