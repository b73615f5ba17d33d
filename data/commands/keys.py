"""`keys`: the keyring."""

from __future__ import annotations

import argparse

from data.commands import arguments, output
from data.rights import epochs


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "keys")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    help = "begin a new epoch and destroy the older ones; backups of the database from before open no more"
    arguments.command(actions, "turn", help).set_defaults(run=_turn)


def _turn(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
    turned = epochs.turn(store.database, store.vault, viewer)
    if arguments.wants_json(args):
        output.as_json({"epoch": turned.epoch, "destroyed": list(turned.destroyed)})
    else:
        output.lines(
            f"Everything is under epoch {turned.epoch} of the keyring now, and what came before it is destroyed.",
            "A backup of the database from before opens no more: make a new one.",
        )
