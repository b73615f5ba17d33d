"""`programme`: what is promised about the programme, and what of that is not kept."""

from __future__ import annotations

from data.commands import arguments, drift, notices


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "programme")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    notices.add(actions)
    drift.add(actions)
