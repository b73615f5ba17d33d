"""The actions of `request` at the officers' desk: the queue, and who has a request."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from data import instants
from data.commands import arguments, output
from data.people.jurisdictions import Jurisdiction
from data.rights import handling, queue
from data.rights.queue import Due, Filter, Listed, Step, Whose
from data.rights.record import Request
from data.rights.states import RequestKind

Print = Callable[[argparse.Namespace, Request], None]

_HEADER = ("id", "person", "kind", "state", "due", "overdue", "who has it")
_MOST = 10_000


def add(actions: arguments.Commands, show: Print) -> None:
    """Add the actions; `show` prints the request that came of one."""
    found = arguments.command(actions, "take", "say that you see to a request; it keeps nobody from deciding it")
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.add_argument("--over", action="store_true", help="also where another officer has it")
    found.set_defaults(run=_take, show=show)
    found = arguments.command(actions, "give-back", "put a request that you have back for every officer")
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.set_defaults(run=_give_back, show=show)


def add_filters(parser: argparse.ArgumentParser) -> None:
    """What narrows the officers' queue; each can be repeated."""
    parser.add_argument("--ended", action="store_true", help="what has ended, in place of what waits")
    parser.add_argument("--text", default="", metavar="TEXT", help="in the name or e-mail address of its person")
    for name, choices in (
        ("asks", RequestKind),
        ("step", Step),
        ("due", Due),
        ("law", Jurisdiction),
        ("whose", Whose),
    ):
        codes = [one.value for one in choices]
        parser.add_argument(
            f"--{name}", action="append", default=[], choices=codes, metavar=name.upper(), help=", ".join(codes)
        )


def wanted(args: argparse.Namespace) -> Filter:
    """What `add_filters` took."""
    return Filter(
        ended=args.ended,
        kinds=frozenset(map(RequestKind, args.asks)),
        steps=frozenset(map(Step, args.step)),
        due=frozenset(map(Due, args.due)),
        laws=frozenset(map(Jurisdiction, args.law)),
        whose=frozenset(map(Whose, args.whose)),
        text=args.text,
    )


def listed(args: argparse.Namespace) -> None:
    """Print the officers' queue."""
    store = arguments.store(args)
    with store.database.reading() as session:
        found = queue.page(session, arguments.viewer(session, args), wanted(args), most=_MOST)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found.rows])
        return
    rows = [
        (one.id, one.email, one.kind.value, _state(one), one.due_on.isoformat(), one.overdue, one.handler)
        for one in found.rows
    ]
    output.table(_HEADER, rows, "There are no requests.")
    if found.matching > len(rows):
        output.lines(f"{found.matching:,} match; the first {len(rows):,} are shown.")


def _take(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request take`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = handling.take(session, arguments.viewer(session, args), store.vault, args.id, over=args.over)
    args.show(args, found)


def _give_back(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request give-back`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = handling.give_back(session, arguments.viewer(session, args), store.vault, args.id)
    args.show(args, found)


def _state(one: Listed) -> str:
    return f"{one.stands}, a step failed" if one.failure else one.stands


def _as_json(one: Listed) -> dict[str, object]:
    return {
        "id": one.id,
        "person": one.email,
        "kind": one.kind.value,
        "state": one.state.value,
        "jurisdiction": one.jurisdiction,
        "opened_at": instants.iso(one.opened_at),
        "due_on": one.due_on.isoformat(),
        "overdue": one.overdue,
        "stopped_at": None if one.stopped_at is None else instants.iso(one.stopped_at),
        "confirm_by": one.confirm_by.isoformat() if one.confirm_by else None,
        "closed_at": None if one.closed_at is None else instants.iso(one.closed_at),
        "failure": one.failure,
        "who_has_it": one.handler or None,
    }
