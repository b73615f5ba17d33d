"""`bystanders`: what is blacked out in every copy, because it shows others."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from sqlalchemy.orm import Session

from data import instants
from data.commands import arguments, output
from data.people.viewer import Viewer
from data.rights.redaction import bystanders, region
from data.rights.redaction.bystanders import Rule, Ruleset
from data.rights.redaction.region import WHOLE, Shown
from data.sealing.vault import Vault


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "bystanders")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "the rules that hold now").set_defaults(run=_list)
    found = arguments.command(actions, "add", "black out what is on the screen while such a window is in front")
    found.add_argument("--app", action="append", default=[], metavar="APP", help="its app; can be repeated, * is any")
    found.add_argument("--title", action="append", default=[], metavar="TITLE", help="its title; as --app")
    found.add_argument("--region", metavar="L,T,R,B", help="in percent of the screen; without it all of the screen")
    found.add_argument("--shows", choices=[one.value for one in Shown], required=True, help="what of others it shows")
    found.add_argument("--text", default="", metavar="TEXT", help="more about it; everybody reads it")
    found.set_defaults(run=_add)
    found = arguments.command(actions, "drop", "end a rule")
    found.add_argument("number", type=arguments.number, metavar="N", help="its number in `bystanders list`")
    found.set_defaults(run=_drop)
    found = arguments.command(actions, "wait", "whether copies with pictures wait until an officer has looked")
    found.add_argument("waits", choices=("yes", "no"))
    found.set_defaults(run=_wait)


def _list(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.reading() as session:
        found = bystanders.register(session, store.vault)
    _print(args, found.now)
    if found.altered and not arguments.wants_json(args):
        output.lines(f"{found.altered:,} entries about it no longer open: their words were altered.")


def _add(args: argparse.Namespace) -> None:
    part = WHOLE if args.region is None else region.percent(args.region)
    rule = Rule(tuple(args.app), tuple(args.title), Shown(args.shows), part, args.text)
    _change(args, partial(bystanders.add, rule=rule))


def _drop(args: argparse.Namespace) -> None:
    _change(args, partial(bystanders.drop, number=args.number))


def _wait(args: argparse.Namespace) -> None:
    _change(args, partial(bystanders.wait, waits=args.waits == "yes"))


def _change(args: argparse.Namespace, change: Callable[[Session, Viewer, Vault], Ruleset]) -> None:
    arguments.need_viewer(args, "`bystanders`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = change(session, arguments.viewer(session, args), store.vault)
    _print(args, found)


def _print(args: argparse.Namespace, found: Ruleset) -> None:
    if arguments.wants_json(args):
        since = instants.iso(found.since) if found.version else None
        rules = [one.as_json() for one in found.rules]
        output.as_json({"version": found.version, "since": since, "waits": found.waits, "rules": rules})
        return
    output.lines(*(f"{number}. {one.plain}" for number, one in enumerate(found.rules, 1)))
    if not found.rules:
        output.lines("No rule blacks anything out.")
    output.lines(f"Copies with pictures {'wait until an officer has looked' if found.waits else 'wait for nobody'}.")
