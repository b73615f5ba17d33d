"""`device`: which devices may report, each with a token of its own."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from data import instants
from data.commands import arguments, output

if TYPE_CHECKING:
    from data.programme.devices import Enrolment
    from data.programme.obeying import Device

_HEADER = ("person", "device", "enrolled (UTC)", "revoked (UTC)")
_OWN = ("device", "state", "known", "since (UTC)", "heard (UTC)", "version", "clock ahead by (s)")


def add(commands: arguments.Commands) -> None:
    """Add the command and what it can do."""
    parser = arguments.command(commands, "device")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    enrolled = arguments.command(actions, "enrol", "let a device report; prints its token, which is shown only once")
    revoked = arguments.command(actions, "revoke", "end what a device's token is good for")
    for one, run in ((enrolled, _enrol), (revoked, _revoke)):
        arguments.add_person(one)
        one.add_argument("--name", required=True, metavar="NAME", help="what the device's captures call it")
        one.set_defaults(run=run)
    many = arguments.command(actions, "enrol-many", "the same for a list of devices; writes their tokens to a new file")
    many.add_argument("file", type=arguments.path, metavar="DEVICES.csv", help="a CSV of person,device")
    many.add_argument(
        "out", type=arguments.path, metavar="TOKENS.csv", help="person,device,token; only you can read it"
    )
    many.set_defaults(run=_enrol_many)
    listed = arguments.command(actions, "list", "devices that may report, or your own (--as) with what each said last")
    listed.set_defaults(run=_list)


def _enrol(args: argparse.Namespace) -> None:
    from data.people import person
    from data.programme import devices

    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, found = arguments.viewer(session, args), person.by_email(session, args.person)
        (made,) = devices.enrol(session, viewer, store.vault, [(found.id, args.name)])
    if arguments.wants_json(args):
        output.as_json({"person": found.email, "device": made.name, "token": made.token})
        return
    output.lines(
        f"{made.name} of {found.email} may report from now on, with this token. It is shown once and kept nowhere:",
        made.token,
    )


def _enrol_many(args: argparse.Namespace) -> None:
    from data.programme import rollout

    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        count = rollout.roll_out(session, viewer, store.vault, args.file, args.out)
    if arguments.wants_json(args):
        output.as_json({"enrolled": count, "tokens": str(args.out)})
        return
    output.lines(f"{count:,} devices may report from now on. Their tokens stand in {args.out} and nowhere else.")


def _revoke(args: argparse.Namespace) -> None:
    from data.people import person
    from data.programme import devices

    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, found = arguments.viewer(session, args), person.by_email(session, args.person)
        devices.revoke(session, viewer, store.vault, found.id, args.name)
    name = devices.name_of(args.name)
    if arguments.wants_json(args):
        output.as_json({"person": found.email, "device": name, "revoked": True})
        return
    output.lines(f"{name} of {found.email} can report no more; what it said before is kept.")


def _list(args: argparse.Namespace) -> None:
    from data.programme import devices, obeying, wanted

    store, now = arguments.store(args), instants.now()
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        if viewer.person_id is None:
            _everybody(args, devices.listed(session, viewer))
            return
        found = obeying.of_person(session, viewer, viewer.person_id, wanted.shown(session, store.vault), now)
    _own(args, found)


def _everybody(args: argparse.Namespace, found: tuple[Enrolment, ...]) -> None:
    if arguments.wants_json(args):
        output.as_json(
            [
                {
                    "person": one.email,
                    "device": one.name,
                    "enrolled": _iso(one.enrolled_at),
                    "revoked": _iso(one.revoked_at),
                }
                for one in found
            ]
        )
        return
    rows = [(one.email, one.name, _short(one.enrolled_at), _short(one.revoked_at)) for one in found]
    output.table(_HEADER, rows, "No device may report; enrol one with `python -m data device enrol`.")


def _own(args: argparse.Namespace, found: tuple[Device, ...]) -> None:
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found])
        return
    rows = [
        (
            one.name,
            "never heard" if one.state is None else f"said {one.state.value}",
            one.stance.value,
            _short(one.since),
            _short(one.heard_at),
            one.version,
            round(one.clock_offset / instants.SECOND),
        )
        for one in found
    ]
    output.table(_OWN, rows, "No device of yours may report, and none sent captures.")


def _as_json(one: Device) -> dict[str, object]:
    return {
        "device": one.name,
        "reports": one.number is not None,
        "known": one.stance.value,
        "state": None if one.state is None else one.state.value,
        "since": _iso(one.since),
        "heard": _iso(one.heard_at),
        "version": one.version,
        "clock_ahead_microseconds": one.clock_offset,
        "newest_capture": _iso(one.captured_at),
        "spans": [{"state": span.state.value, "from": _iso(span.start), "to": _iso(span.end)} for span in one.spans],
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else instants.iso(at)


def _short(at: int | None) -> str:
    return "" if at is None else instants.iso(at)[:19]
