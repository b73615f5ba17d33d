"""`programme`: whether capturing is on, pausing, resuming, what was promised. `quarantine`: what a pause refused."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from data import instants
from data.commands import arguments, drift, notices, output, resuming
from data.programme import own_pause, record
from data.programme.state import Line, Programme, Span

_SEEN = ("person", "device", "kind", "captures", "first (UTC)", "last (UTC)", "pause since (UTC)")
_WHY = "everybody in the company reads it"


def add(commands: arguments.Commands) -> None:
    """Add both commands and what they can do."""
    _add_programme(commands)
    _add_quarantine(commands)


def _add_programme(commands: arguments.Commands) -> None:
    parser = arguments.command(commands, "programme")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    arguments.command(actions, "state", "whether it runs, since when, who decided and why").set_defaults(run=_state)
    arguments.command(actions, "history", "every pause and resume, oldest first").set_defaults(run=_history)
    for name, help, act in (
        ("pause", "pause for everybody, now or from --at on", record.pause),
        ("bring-forward", "have an announced pause begin earlier, or now", record.bring_forward),
    ):
        found = _acting(actions, name, help, act)
        found.add_argument(
            "--at", type=arguments.instant, metavar="T", help="ISO 8601, UTC unless it names a zone; without it: now"
        )
    _acting(actions, "call-off", "call off an announced pause", record.call_off)
    _acting(
        actions, "propose-resume", "propose that capturing goes on; another officer confirms", record.propose_resume
    )
    _acting(actions, "decline-resume", "do not confirm that it goes on", record.decline_resume)
    found = _acting(actions, "agree-resume", "as an organizer, agree to it for the employees", record.agree)
    found.set_defaults(run=_agree)
    resuming.add(actions)
    found = arguments.command(actions, "pause-me", "pause for yourself, for 30 minutes; nobody has to approve it")
    found.add_argument("--end", action="store_true", help="end your own pause early instead")
    found.set_defaults(run=_pause_me)
    notices.add(actions)
    drift.add(actions)


def _acting(
    actions: arguments.Commands, name: str, help: str, act: Callable[..., Programme], *, reason: bool = True
) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    if reason:
        found.add_argument("--reason", required=True, metavar="TEXT", help=_WHY)
    found.set_defaults(run=_act, act=act, action=name)
    return found


def _add_quarantine(commands: arguments.Commands) -> None:
    parser = arguments.command(commands, "quarantine")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    listed = arguments.command(actions, "list", "of whom, from which device, how many; everybody in it sees the look")
    listed.set_defaults(run=_list)
    found = arguments.command(actions, "erase", "erase all that is in quarantine but your own, after review")
    found.add_argument("--reason", required=True, metavar="TEXT", help="what the review found; they read it")
    found.set_defaults(run=_erase)


def _act(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, f"`programme {args.action}`")
    store = arguments.store(args)
    given: list[Any] = [args.at] if "at" in args else []
    given += [args.reason] if "reason" in args else []
    with store.database.writing() as session:
        found = args.act(session, arguments.viewer(session, args), store.vault, *given)
    _print(args, found)


def _agree(args: argparse.Namespace) -> None:
    from data.controls import resuming as gate

    arguments.need_viewer(args, "`programme agree-resume`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = gate.agree(session, viewer, store.vault, store.settings, args.reason)
    _print(args, found)


def _read(args: argparse.Namespace) -> Programme:
    store = arguments.store(args)
    with store.database.reading() as session:
        return record.read(session, arguments.viewer(session, args), store.vault)


def _state(args: argparse.Namespace) -> None:
    _print(args, _read(args))


def _print(args: argparse.Namespace, found: Programme) -> None:
    now = instants.now()
    state, pause, decided, proposal = found.state(now), found.pause, found.decided, found.proposal
    if arguments.wants_json(args):
        since = pause.start if pause else decided.at if decided else None
        output.as_json(
            {
                "state": state.value,
                "since": None if since is None else instants.iso(since),
                "by": decided.name if decided else None,
                "reason": decided.words if decided else None,
                "resume_proposed_by": proposal.name if proposal else None,
                "altered": found.lost,
            }
        )
        return
    said = f"The programme is {state.value}"
    if pause:
        said += f" {'since' if pause.holds(now) else 'from'} {instants.iso(pause.start)}"
    output.lines(
        f"{said}." if decided is None else f"{said}: {decided.name}, {instants.iso(decided.at)}.",
        *([f"  {decided.words}"] if decided else []),
        *([f"{proposal.name} proposes to resume: {proposal.words}"] if proposal else []),
        *([f"{found.lost:,} entries of its history are missing or altered; tell the auditor."] if found.lost else []),
    )


def _history(args: argparse.Namespace) -> None:
    found = _read(args)
    if arguments.wants_json(args):
        output.as_json([_line(one) for one in found.lines])
        return
    rows = [
        (
            instants.iso(one.at)[:19],
            one.step.value,
            one.name,
            instants.iso(one.effective_at or one.at)[:19],
            " ".join([one.words, *(f"Although: {each}" for each in one.missing)]),
        )
        for one in found.lines
    ]
    output.table(("at (UTC)", "what", "who", "counts from", "reason"), rows, "It was never paused.")


def _line(one: Line) -> dict[str, object]:
    counts = None if one.effective_at is None else instants.iso(one.effective_at)
    return {
        "what": one.step.value,
        "at": instants.iso(one.at),
        "by": one.name,
        "reason": one.words,
        "missing": list(one.missing),
        "effective": counts,
        "entry": one.position,
    }


def _pause_me(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`programme pause-me`")
    store = arguments.store(args)
    act: Callable[..., Span] = own_pause.end if args.end else own_pause.begin
    with store.database.writing() as session:
        span = act(session, arguments.viewer(session, args), store.vault)
    ends = span.start if span.end is None else span.end
    if arguments.wants_json(args):
        output.as_json({"start": instants.iso(span.start), "end": instants.iso(ends)})
    else:
        output.lines(f"What is captured of you from {instants.iso(span.start)} to {instants.iso(ends)} is refused.")


def _list(args: argparse.Namespace) -> None:
    from data.rights import reviewing

    arguments.need_viewer(args, "`quarantine list`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = reviewing.review(session, arguments.viewer(session, args), store.vault)
    rows = [
        (
            one.person,
            one.part.device,
            one.part.kind,
            one.part.count,
            *(instants.iso(at)[:19] for at in (one.part.first_at, one.part.last_at, one.part.since)),
        )
        for one in found.lines
    ]
    if arguments.wants_json(args):
        names = ("person", "device", "kind", "captures", "first", "last", "pause")
        output.as_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    output.table(_SEEN, rows, "Nothing is in quarantine.")


def _erase(args: argparse.Namespace) -> None:
    from data.rights import reviewing

    arguments.need_viewer(args, "`quarantine erase`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        seen = reviewing.review(session, viewer, store.vault)
        found = reviewing.erase(session, viewer, store.vault, seen.until, args.reason)
    reviewing.settle(store.database, store.vault)
    if arguments.wants_json(args):
        output.as_json(asdict(found))
        return
    kept = f" {found.kept:,} stay: a legal hold, or their person, wants them kept." if found.kept else ""
    output.lines(f"{found.captures:,} captures of {found.people:,} people were erased, with their keys.{kept}")
