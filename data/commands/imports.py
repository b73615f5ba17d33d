"""`import`: evidence of accesses into the store."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from data.commands import arguments, output
from data.connectors import accesses

ACCESSES = "accesses"


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    found = arguments.command(commands, "import", "bring a file into the store")
    found.add_argument("source", choices=[ACCESSES], metavar="SOURCE", help=f"{ACCESSES}: {accesses.WANTED}")
    found.add_argument("path", type=arguments.path, metavar="PATH")
    found.set_defaults(run=_import)


def _import(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = accesses.load(session, viewer, store.vault, args.path, output.progress("Lines"))
    if arguments.wants_json(args):
        output.as_json(asdict(found))
    else:
        output.lines(
            f"{found.added} accesses added, {found.duplicates} known already, {found.spans} spans of coverage changed."
        )
