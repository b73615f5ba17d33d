"""`purposes`: what people's data may be opened for, and which teams do so."""

from __future__ import annotations

import argparse

from data import instants
from data.accesses import teams
from data.accesses.entry import Purpose
from data.accesses.purposes import NAMEABLE, Named
from data.commands import arguments, output

_HEADER = ("purpose", "since (UTC)", "teams")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "purposes")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "which teams look for which purpose").set_defaults(run=_list)
    named = arguments.command(actions, "name", "name the teams that look for a purpose from now on")
    named.add_argument("purpose", choices=[one.value for one in NAMEABLE], metavar="PURPOSE", help=", ".join(NAMEABLE))
    named.add_argument(
        "--team", action="append", default=[], metavar="TEAM", help="can be repeated; none takes it off the record"
    )
    named.set_defaults(run=_name)


def _list(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        found = teams.register(session, store.vault)
    now = instants.now()
    held = [one for purpose in NAMEABLE if (one := found.at(purpose, now)) is not None]
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in held])
        return
    rows = [(one.purpose.value, instants.iso(one.since)[:19], ", ".join(one.teams)) for one in held]
    output.table(_HEADER, rows, "No teams are on record for any purpose.")
    if found.altered:
        output.lines(f"{found.altered:,} entries about it no longer open: their words were altered.")


def _name(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`purposes name`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = teams.name(session, viewer, store.vault, Purpose(args.purpose), args.team)
    if arguments.wants_json(args):
        output.as_json(_as_json(found))
        return
    output.lines(f"On record for {found.purpose.value}: {', '.join(found.teams) or 'nobody'}.")


def _as_json(one: Named) -> dict[str, object]:
    return {
        "purpose": one.purpose.value,
        "teams": list(one.teams),
        "since": instants.iso(one.since),
        "entry": one.position,
    }
