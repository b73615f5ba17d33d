"""`summary` and `captures`: what is held about a person."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from math import isfinite, isnan

from data import instants
from data.captures import browse
from data.captures.browse import Capture
from data.captures.schema import COLUMNS
from data.captures.scope import Filter
from data.captures.summary import Summary, summary
from data.commands import arguments, output
from data.people.permissions import Permission


def add(commands: arguments.Commands) -> None:
    """Add the commands."""
    found = arguments.command(commands, "summary")
    arguments.add_person(found)
    arguments.add_reason(found)
    found.set_defaults(run=_summary)
    found = arguments.command(commands, "captures")
    arguments.add_person(found)
    arguments.add_scope(found)
    arguments.add_reason(found)
    found.add_argument("--text", default="", metavar="TEXT", help="only those that hold this text")
    found.add_argument("--limit", type=arguments.limit, default=100, metavar="N", help="at most (default: 100)")
    found.add_argument("--before", metavar="CURSOR", help="go on after the last one of the page before")
    found.set_defaults(run=_captures)


def _summary(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.SEE_SUMMARY)
        found = summary(session, viewer, store.vault, about.id, arguments.reason(args))
    if arguments.wants_json(args):
        output.as_json(_summary_as_json(about.email, found))
        return
    if not found.total:
        output.lines(f"Nothing is held about {about.email}.")
        return
    span = f"{_iso(found.first)} to {_iso(found.last)}"
    output.lines(f"{found.total:,} captures of {about.email}, {span}, {found.sealed_bytes:,} bytes sealed.")
    rows = [(held.kind.value, held.count, _iso(held.first), _iso(held.last)) for held in found.kinds]
    output.table(("kind", "captures", "first", "last"), rows, "")
    output.lines("")
    output.table(("app", "captures"), list(found.apps.items()), "No app is named.")
    output.lines("")
    devices = [(held.name, held.count, _iso(held.first_at), _iso(held.last_at)) for held in found.devices]
    output.table(("device", "captures", "first", "last"), devices, "No device is named.")
    output.lines(
        "", f"{found.screens:,} screens held; {found.duplicates:,} duplicates and {found.refused:,} refused captures."
    )


def _summary_as_json(email: str, found: Summary) -> dict[str, object]:
    return {
        "person": email,
        "total": found.total,
        "kinds": {held.kind.value: held.count for held in found.kinds},
        "downs": {"click": 0, "key": 0} | found.downs,
        "first": _iso(found.first),
        "last": _iso(found.last),
        "devices": [held.name for held in found.devices],
        "apps": found.apps,
        "sealed_bytes": found.sealed_bytes,
        "duplicates": found.duplicates,
        "refused": found.refused,
        "screens": found.screens,
    }


def _captures(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`captures`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.SEE_CAPTURES)
        page = browse.page(
            session,
            viewer,
            store.vault,
            about.id,
            Filter(arguments.scope(args), args.text),
            limit=args.limit,
            before=args.before,
            reason=arguments.reason(args),
        )
    if arguments.wants_json(args):
        searched = _iso(page.searched_to)
        captures = [_capture_as_json(one) for one in page.captures]
        output.as_json({"captures": captures, "next": page.next, "searched_to": searched})
        return
    header = ("at", "kind", "down", "device", "app", "title", "x", "y", "button", "text")
    rows = [(_iso(one.at), *(getattr(one, name) for name in header[1:])) for one in page.captures]
    output.table(header, rows, "No capture matches.")
    if page.next is not None:
        output.lines("", f"There are more: --before {page.next}")


def _capture_as_json(one: Capture) -> dict[str, object]:
    cells = asdict(one)
    found: dict[str, object] = {name: _sayable(cells[name]) for name in COLUMNS if cells[name] is not None}
    return {**found, "at": _iso(one.at), "kind": one.kind.value, "cursor": one.cursor}


def _sayable(cell: object) -> object:
    """JSON has no word for a number that is not finite; this one is the captures form's own."""
    if isinstance(cell, float) and not isfinite(cell):
        return "NaN" if isnan(cell) else "Infinity" if cell > 0 else "-Infinity"
    return cell


def _iso(at: int | None) -> str | None:
    return None if at is None else instants.iso(at)
