"""`unexplained`: looks that an audit outside saw and nothing explains."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.looks import reconciliation, unexplained
from data.looks.budget import Why
from data.looks.unexplained import Close, Group

_HEADER = ("access", "first (UTC)", "looks", "people", "account", "role", "team", "source", "declared")
_DECLARED = {
    Why.LATE: "{count} only afterwards (access {access})",
    Why.MORE: "{count} for less (access {access})",
    Why.USED: "{count} used up (access {access})",
    Why.COUNTS: "{count} only counts (access {access})",
}


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "unexplained")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "list", "what waits for an explanation, by account and day").set_defaults(run=_list)
    explain = arguments.command(actions, "explain", "say what the looks of a case were; the people concerned read it")
    explain.add_argument("access", type=arguments.number, metavar="ACCESS", help="the first access of the case")
    explain.add_argument("--reason", required=True, metavar="TEXT", help="in words that the people understand")
    explain.add_argument(
        "--looks", type=arguments.number, default=1, metavar="N", help="how many there are (default: 1)"
    )
    explain.add_argument("--unjustified", action="store_true", help="no good reason was found")
    explain.set_defaults(run=_explain)


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`unexplained list`")
    store = arguments.store(args)
    reconciliation.Reconciler().run(store.database, store.vault)
    with store.database.reading() as session:
        found = unexplained.groups(session, arguments.viewer(session, args), store.vault)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found])
        return
    rows = [
        (
            str(one.position),
            instants.iso(one.first)[:19],
            one.count,
            f"at least {one.people}" if one.at_least else one.people,
            one.account,
            one.role,
            one.team,
            one.source,
            ", ".join(map(_close, one.nearly)),
        )
        for one in found
    ]
    output.table(_HEADER, rows, "Nothing is unexplained.")


def _explain(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`unexplained explain`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = unexplained.explain(
            session,
            viewer,
            store.vault,
            args.access,
            args.reason,
            expected=args.looks,
            justified=not args.unjustified,
        )
    count = len(found.positions)
    if arguments.wants_json(args):
        output.as_json({"answered": count})
    else:
        output.lines(f"{count:,} {'look is' if count == 1 else 'looks are'} answered.")


def _close(one: Close) -> str:
    return _DECLARED[one.example.why].format(count=one.count, access=one.example.declared)


def _as_json(one: Group) -> dict[str, object]:
    nearly = [{"why": it.example.why.value, "looks": it.count, "access": it.example.declared} for it in one.nearly]
    times = {"first": instants.iso(one.first), "last": instants.iso(one.last)}
    return {**vars(one), **times, "scope": dict(one.scope), "nearly": nearly}
