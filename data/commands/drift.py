"""`programme drift`: what was captured without having been promised, found, listed and ended."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.incidents import drift
from data.incidents.drift import Finding
from data.people.permissions import Permission, may

_HEADER = ("finding", "what", "captures", "people", "since (UTC)", "days", "stands")


def add(actions: arguments.Commands) -> None:
    """Add `drift` and what it can do."""
    parser = arguments.command(actions, "drift", "what was captured without having been promised")
    acts: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(acts, "list", "every finding; of one's own captures for whoever is no officer").set_defaults(
        run=_list
    )
    found = arguments.command(acts, "close", "end a finding; whom it concerns reads why")
    found.add_argument("finding", type=arguments.number, metavar="FINDING")
    found.add_argument("--reason", required=True, metavar="TEXT", help="why it is over")
    found.set_defaults(run=_close)


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`programme drift list`")
    store = arguments.store(args)
    drift.keep_up(store.database, store.vault)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        read = drift.listed if may(viewer, Permission.HANDLE_DRIFT) else drift.mine
        found = read(session, viewer, store.vault)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found])
        return
    rows = [
        (
            one.number,
            one.matter.plain,
            one.tally.count,
            one.people,
            instants.iso(one.tally.first_at)[:19],
            one.days,
            _stands(one),
        )
        for one in found
    ]
    output.table(_HEADER, rows, "Nothing was found that the notice in force did not promise.")


def _close(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`programme drift close`")
    store = arguments.store(args)
    with store.database.writing() as session:
        drift.close(session, arguments.viewer(session, args), store.vault, args.finding, args.reason)
    if arguments.wants_json(args):
        output.as_json({"finding": args.finding})
        return
    output.lines(f"Finding {args.finding} has ended; what is captured of it from now on is found anew.")


def _stands(one: Finding) -> str:
    if one.ending is None:
        return "goes on"
    return "closed" if one.ending.version is None else f"promised by version {one.ending.version}"


def _as_json(one: Finding) -> dict[str, object]:
    return {
        "finding": one.number,
        "sort": one.matter.sort,
        "what": one.matter.plain,
        "version": one.version,
        "captures": one.tally.count,
        "people": one.people,
        "first": instants.iso(one.tally.first_at),
        "last": instants.iso(one.tally.last_at),
        "days": one.days,
        "stands": _stands(one),
        "words": one.ending.words if one.ending else "",
        "entry": one.position,
    }
