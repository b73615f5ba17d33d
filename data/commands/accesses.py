"""`accesses`: who opened a person's data."""

from __future__ import annotations

import argparse

from data import instants
from data.commands import arguments, output
from data.looks import history
from data.looks.look import Look
from data.people.permissions import Permission
from data.proofs import sight
from data.proofs.sight import Sight

_HEADER = ("access", "when (UTC)", "who", "team", "what", "why", "ticket", "how much", "how we know", "stands out")

_PAST = "Not known: reads past this app, straight from the database or the storage, which nothing records here."


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
        seen = sight.of(session, store.vault, args.start, min(args.end or instants.now(), instants.now()))
    if arguments.wants_json(args):
        following = looks[-1].cursor if len(looks) == args.limit else None
        found = {"person": about.email, "accesses": [_as_json(look) for look in looks], "next": following}
        output.as_json({**found, "coverage": seen.as_json()})
        return
    rows = [
        (
            str(look.position),
            instants.iso(look.at)[:19],
            _who(look),
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
    through = "" if seen.outside else " through this app"
    limits = " that can be seen" if seen.gaps else ""
    output.table(_HEADER, rows, f"No access to the data of {about.email}{through} is known in the time{limits}.")
    output.lines(*_unknown(seen))


def _who(look: Look) -> str:
    if look.lost and look.lost.destroyed:
        return "no longer kept"
    return f"{look.account or look.role or 'unknown'}{', a shared login' if look.shared else ''}"


def _unknown(seen: Sight) -> list[str]:
    """Of what the list says nothing: each gap with its reason, and reads past this app where nothing records them."""
    said = [
        f"Not known: {instants.iso(one.start)[:19]} to {instants.iso(one.end)[:19]} (UTC), {one.source}: {one.why}."
        for one in seen.gaps
    ]
    return said if seen.outside else [*said, _PAST]


def _as_json(look: Look) -> dict[str, object]:
    return {
        "position": look.position,
        **look.as_json(),
        "cursor": look.cursor,
    }
