"""`accesses`: who opened a person's data."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.looks import history
from data.looks.look import Look
from data.people.permissions import Permission

_HEADER = ("access", "when (UTC)", "who", "team", "what", "why", "ticket", "how much", "how we know", "stands out")


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    found = arguments.command(commands, "accesses")
    arguments.add_person(found)
    arguments.add_span(found)
    arguments.add_reason(found)
    found.add_argument("--limit", type=arguments.limit, default=200, metavar="N", help="at most (default: 200)")
    found.add_argument("--before", metavar="CURSOR", help="go on after the last one of the page before")
    found.add_argument("--zone", type=arguments.zone, default="UTC", metavar="ZONE", help="where working hours are")
    found.set_defaults(run=_accesses)


def _accesses(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`accesses`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.SEE_ACCESSES)
        looks = history.about(
            session,
            viewer,
            store.vault,
            about.id,
            start=args.start,
            end=args.end,
            limit=args.limit,
            before=args.before,
            reason=arguments.reason(args),
            zone=args.zone,
        )
    if arguments.wants_json(args):
        following = looks[-1].cursor if len(looks) == args.limit else None
        output.as_json({"person": about.email, "accesses": [_as_json(look) for look in looks], "next": following})
        return
    rows = [
        (
            str(look.position),
            instants.iso(look.at)[:19],
            look.account or look.role or "unknown",
            look.team,
            look.action.value,
            look.purpose.plain,
            look.ticket,
            look.count,
            look.source,
            look.marks,
        )
        for look in looks
    ]
    output.table(_HEADER, rows, f"No access to the data of {about.email} is known in this time.")


def _as_json(look: Look) -> dict[str, object]:
    return {
        "position": look.position,
        **look.as_json(),
        "cursor": look.cursor,
    }
