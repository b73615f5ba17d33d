"""`hold`: captures that a legal duty wants kept, until somebody lifts it."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from data import instants
from data.commands import arguments, output
from data.people.permissions import Permission
from data.rights import holds
from data.rights.hold import Hold

_HEADER = ("hold", "person", "stands", "look again by", "person told", "reason")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "hold")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "every hold that --as may read").set_defaults(run=_list)
    made = arguments.command(actions, "set", "propose a hold; another officer has to confirm it")
    arguments.add_person(made)
    arguments.add_scope(made)
    made.add_argument("--reason", required=True, metavar="TEXT", help="which duty or dispute wants this kept")
    _add_review(made)
    made.add_argument("--untold", default="", metavar="TEXT", help="why the person is not told; without it they are")
    made.set_defaults(run=_set)
    _acting(actions, "confirm", "confirm a hold that another officer set; it is in force then", holds.confirm)
    found = _acting(actions, "decline", "do not confirm a hold", holds.decline)
    found.add_argument("--reason", required=True, metavar="TEXT", help="why; the other officers read it")
    found = _acting(actions, "review", "look at a hold again, and keep it until another day", holds.review)
    found.add_argument("--reason", required=True, metavar="TEXT", help="why it still has to be kept")
    _add_review(found)
    found = _acting(actions, "lift", "end a hold; what waited for it goes on", holds.lift)
    found.add_argument("--reason", required=True, metavar="TEXT", help="why; the person reads it")


def _add_review(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--review", dest="review_on", type=_day, required=True, metavar="DATE", help="when it is looked at again"
    )


def _acting(actions: arguments.Commands, name: str, help: str, act: Any) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    found.add_argument("hold", type=arguments.number, metavar="HOLD")
    found.set_defaults(run=_act, act=act, action=name)
    return found


def _set(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`hold set`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.HOLD)
        given = arguments.scope(args), args.reason, args.review_on, args.untold
        found = holds.propose(session, viewer, store.vault, about.id, *given)
    _print(args, found)


def _act(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, f"`hold {args.action}`")
    store = arguments.store(args)
    given: dict[str, Any] = {one: getattr(args, one) for one in ("reason", "review_on") if hasattr(args, one)}
    with store.database.writing() as session:
        found = args.act(session, arguments.viewer(session, args), store.vault, args.hold, **given)
    _print(args, found)


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`hold list`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = holds.listed(session, arguments.viewer(session, args), store.vault)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found])
        return
    rows = [
        (one.number, one.person, one.step.plain, one.review_on.isoformat(), not one.untold, one.reason) for one in found
    ]
    output.table(
        _HEADER, rows, "There are none that you may see; one about yourself is listed only where you are told of it."
    )


def _print(args: argparse.Namespace, one: Hold) -> None:
    if arguments.wants_json(args):
        output.as_json(_as_json(one))
        return
    output.lines(
        f"Hold {one.number} on captures of {one.person}: {one.step.plain}; it is looked at again by {one.review_on}.",
        f"  {one.reason}",
        *(f"  {instants.iso(line.at)}  {line.name} {line.step.plain}: {line.words}" for line in one.lines),
    )


def _as_json(one: Hold) -> dict[str, object]:
    return {
        "hold": one.number,
        "person": one.person,
        "captures": one.scope.as_json(),
        "reason": one.reason,
        "review": one.review_on.isoformat(),
        "overdue": one.is_overdue(instants.day_of(instants.now())),
        "untold": one.untold,
        "stands": one.step.value,
        "in_force": one.is_in_force,
        "events": [
            {
                "what": line.step.value,
                "at": instants.iso(line.at),
                "name": line.name,
                "words": line.words,
                "entry": line.position,
            }
            for line in one.lines
        ],
    }


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no date; write it as 2027-03-31") from None
