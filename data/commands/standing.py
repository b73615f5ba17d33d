"""The actions of `request` that ask for a standing rule, and end one: an objection, a sealing."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from data.commands import arguments
from data.people.permissions import Permission
from data.programme.reach import Hours, Reach
from data.rights import attribution, correction, exemption, lifting, objection, restriction
from data.rights.record import Request

Print = Callable[[argparse.Namespace, Request], None]
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def add(actions: arguments.Commands, show: Print) -> None:
    """Add the actions; `show` prints the request that came of one."""
    found = _asking(actions, "objection", "object to being captured: from now on, nothing of it is taken in or opened")
    _add_hours(found)
    criteria = ", ".join(exemption.Criterion)
    found.add_argument("--exemption", metavar="C", help=f"the published criterion that it rests on: {criteria}")
    found.set_defaults(run=_object, show=show)
    found = _asking(actions, "restriction", "ask that what is held is kept sealed")
    causes = ", ".join(restriction.Cause)
    found.add_argument("--cause", required=True, metavar="C", help=f"the ground of GDPR Article 18(1): {causes}")
    found.set_defaults(run=_restrict, show=show)
    found = _asking(actions, "attribution", "say that what a time or a device captured was not you")
    found.set_defaults(run=_disown, show=show)
    found = arguments.command(actions, "correction", "ask that the roster is corrected")
    arguments.add_person(found)
    found.add_argument("--field", required=True, choices=("name", "department", "manager", "jurisdiction"))
    found.add_argument("--value", required=True, metavar="V", help="what it is to be; a manager by e-mail")
    found.add_argument("--text", required=True, metavar="TEXT", help="why; what the officer reads")
    found.set_defaults(run=_correct, show=show)
    found = arguments.command(actions, "lift", "end an objection or a sealing that stands")
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.add_argument("--reason", default="", metavar="TEXT", help="what the person reads; an officer needs one")
    found.set_defaults(run=_lift, show=show)


def _asking(actions: arguments.Commands, name: str, help: str) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    arguments.add_person(found)
    arguments.add_scope(found)
    found.add_argument("--device", action="append", default=[], metavar="D", help="only this device; can be repeated")
    found.add_argument("--text", required=True, metavar="TEXT", help="why; what the officer reads")
    return found


def _add_hours(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--hours", type=_minutes, metavar="HH:MM-HH:MM", help="only at this time of day")
    parser.add_argument("--on", type=_weekdays, default=frozenset(), metavar="DAYS", help="of --hours: e.g. sat,sun")
    parser.add_argument("--zone", type=arguments.zone, metavar="ZONE", help="whose clocks --hours means (UTC)")


def _reach(args: argparse.Namespace) -> Reach:
    scope = arguments.scope(args)
    kinds = frozenset(kind.value for kind in scope.kinds)
    return Reach(kinds, scope.apps, frozenset(args.device), scope.start, scope.end)


def _object(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request objection`")
    if args.hours is None and (args.on or args.zone):
        raise arguments.UsageError("--on and --zone belong to --hours; name a time of day")
    reach = _reach(args)
    if args.hours is not None:
        start, end = args.hours
        reach = replace(reach, hours=Hours(args.zone.key if args.zone else "UTC", start, end, args.on))
    _ask(args, partial(objection.ask, reach=reach, text=args.text, criterion=args.exemption))


def _restrict(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request restriction`")
    _ask(args, partial(restriction.ask, reach=_reach(args), cause=args.cause, text=args.text))


def _disown(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request attribution`")
    _ask(args, partial(attribution.ask, reach=_reach(args), text=args.text))


def _correct(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request correction`")
    _ask(args, partial(correction.ask, field=args.field, value=args.value, text=args.text))


def _ask(args: argparse.Namespace, ask: Callable[..., Request]) -> None:
    """Ask for whom --person names in one transaction, and print the request that came of it."""
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.OPEN_REQUEST)
        found = ask(session, viewer, store.vault, about.id)
    args.show(args, found)


def _lift(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request lift`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = lifting.lift(session, arguments.viewer(session, args), store.vault, args.id, args.reason)
    args.show(args, found)


def _minutes(text: str) -> tuple[int, int]:
    parts = [part.split(":") for part in text.split("-")]
    if len(parts) != 2 or not all(len(part) == 2 and all(one.isdecimal() for one in part) for part in parts):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time of day, e.g. 18:00-08:00")
    (start, begun), (end, ended) = ((int(part[0]), int(part[1])) for part in parts)
    if max(begun, ended) > 59 or start > 23 or end * 60 + ended > 24 * 60:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time of day, e.g. 18:00-08:00")
    return start * 60 + begun, end * 60 + ended


def _weekdays(text: str) -> frozenset[int]:
    names = [name.strip().lower() for name in text.split(",")]
    unknown = [name for name in names if name not in _DAYS]
    if unknown:
        raise argparse.ArgumentTypeError(f"{unknown[0][:40]!r} is no weekday; use {', '.join(_DAYS)}")
    return frozenset(_DAYS.index(name) for name in names)
