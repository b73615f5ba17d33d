"""`request` and `export`: what a person asks for, and what officers decide."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from data import instants
from data.commands import appeals, arguments, desk, figures, output, pictures, previewing, standing, timing
from data.errors import BadInput
from data.people.permissions import Permission
from data.people.viewer import OPERATOR
from data.rights import question, request, reveal, steps
from data.rights.export import archive
from data.rights.queue import WAITS
from data.rights.record import Request
from data.rights.states import Ground, RequestKind, State
from data.rights.work import Progress


def add(commands: arguments.Commands) -> None:
    """Add the commands and what they can do."""
    found = arguments.command(commands, "export")
    arguments.add_person(found)
    arguments.add_reason(found)
    found.add_argument("path", type=arguments.path, metavar="OUT.zip")
    found.set_defaults(run=_export)
    parser = arguments.command(commands, "request")
    actions: arguments.Commands = parser.add_subparsers(metavar="ACTION", required=True)
    for kind, help in ((RequestKind.EXPORT, "ask for a copy"), (RequestKind.ERASURE, "ask for a deletion")):
        found = arguments.command(actions, kind.value, f"{help} of everything, or of what the options name")
        arguments.add_person(found)
        arguments.add_scope(found)
        found.set_defaults(run=_open, asks=kind)
    previewing.add(actions)
    _add_about_access(actions)
    standing.add(actions, _print)
    timing.add(actions, _print)
    appeals.add(actions, _print)
    pictures.add(actions)
    figures.add(actions)
    desk.add(actions, _print)
    found = _numbered(
        actions, "decide", "approve or refuse a request, or approve the part that the options name", _decide
    )
    found.add_argument("decision", choices=("approve", "refuse"))
    found.add_argument("--ground", metavar="G", help=f"why it is refused: {', '.join(Ground)}")
    found.add_argument("--reason", default="", metavar="TEXT", help="what the person reads; needed to refuse")
    arguments.add_scope(found)
    _numbered(actions, "run", "carry out an approved request, or go on with an interrupted one", _run)
    _numbered(actions, "show", "one request with its history", _show)
    _numbered(actions, "withdraw", "take a request back", _withdraw)
    found = arguments.command(actions, "list", "a person's requests, or those that wait for a decision")
    found.add_argument("--person", metavar="EMAIL", help="whose requests; without it the officers' queue")
    desk.add_filters(found)
    found.set_defaults(run=_list)


def _add_about_access(actions: arguments.Commands) -> None:
    asked = (
        (RequestKind.QUESTION, question.ask, "ask about one access: 'I don't recognise this'"),
        (RequestKind.REVEAL, reveal.ask, "ask for the name behind one access, with a reason"),
    )
    for kind, ask, help in asked:
        found = arguments.command(actions, kind.value, help)
        found.add_argument("--person", metavar="EMAIL", help="whose data was accessed; without it whoever --as names")
        found.add_argument(
            "--access", type=arguments.number, required=True, metavar="N", help="its number in `accesses`"
        )
        found.add_argument("--text", required=True, metavar="TEXT", help="what the officer reads")
        found.set_defaults(run=_ask, asks=kind, ask=ask)
    found = _numbered(actions, "answer", "answer a question", _answer)
    found.add_argument("--text", required=True, metavar="TEXT", help="what the person reads")


def _numbered(actions: arguments.Commands, name: str, help: str, run: Any) -> argparse.ArgumentParser:
    found = arguments.command(actions, name, help)
    found.add_argument("id", type=arguments.number, metavar="ID")
    found.set_defaults(run=run)
    return found


def _export(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`export`")
    store = arguments.store(args)
    if args.path.is_dir() or not args.path.parent.is_dir():
        raise BadInput(f"{args.path} cannot be written: name a file in a folder that is there.")
    with store.database.reading() as session:
        viewer, about = arguments.about(session, args, Permission.TAKE_EXPORT)
    volume = store.settings.export_part_bytes
    written = archive.write_export(
        store.database, store.vault, viewer, about.id, args.path, arguments.reason(args), store.anchor, volume
    )
    sizes = {str(path): path.stat().st_size for path in written}
    if arguments.wants_json(args):
        files = [{"file": path, "bytes": size} for path, size in sizes.items()]
        output.as_json({"person": about.email, **files[0], "files": files})
    else:
        output.lines(*(f"Wrote {path} ({size:,} bytes)." for path, size in sizes.items()))
        output.lines("It is not sealed: whoever has it can read it.")


def _open(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, f"`request {args.asks.value}`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.OPEN_REQUEST)
        found = request.open_request(session, viewer, store.vault, about.id, args.asks, arguments.scope(args))
    _print(args, found)


def _ask(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, f"`request {args.asks.value}`")
    store = arguments.store(args)
    with store.database.writing() as session:
        args.person = args.person or args.viewer
        viewer, about = arguments.about(session, args, Permission.OPEN_REQUEST)
        days = store.settings.question_days
        found = args.ask(session, viewer, store.vault, about.id, args.access, args.text, within_days=days)
    _print(args, found)


def _answer(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request answer`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = question.answer(session, arguments.viewer(session, args), store.vault, args.id, args.text)
    _print(args, found)


def _decide(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request decide`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, approve = arguments.viewer(session, args), args.decision == "approve"
        part = arguments.scope(args)
        if not approve and not part.everything:
            raise BadInput("A part belongs to an approval; leave --kind, --app, --from and --to out to refuse.")
        granted = None if part.everything else part
        delay = store.settings.erasure_seconds * instants.SECOND
        found = request.decide(
            session,
            viewer,
            store.vault,
            args.id,
            approve,
            args.ground,
            args.reason,
            granted=granted,
            delay=delay,
        )
    _print(args, found)


def _withdraw(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request withdraw`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = request.withdraw(session, arguments.viewer(session, args), store.vault, args.id)
    _print(args, found)


def _show(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request show`")
    store = arguments.store(args)
    with store.database.writing() as session:
        found = request.show(session, arguments.viewer(session, args), store.vault, args.id)
    _print(args, found)


def _run(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    if getattr(args, "viewer", None) is not None:
        # Who may see a request may have it carried out once it is approved; the program does that, not they.
        with store.database.reading() as session:
            request.show(session, arguments.viewer(session, args), store.vault, args.id)
    show = output.progress(f"Request {args.id}")

    def report(progress: Progress) -> None:
        show(progress.done, progress.total)

    _print(args, steps.run(store.database, store.vault, store.settings, OPERATOR, args.id, report))


def _list(args: argparse.Namespace) -> None:
    arguments.need_viewer(args, "`request list`")
    if args.person is None:
        desk.listed(args)
        return
    if desk.wanted(args) != WAITS:
        raise BadInput("What narrows the officers' queue does not go with --person; leave one of them out.")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer, about = arguments.about(session, args, Permission.SEE_REQUESTS)
        found = request.mine(session, viewer, store.vault, about.id)
    if arguments.wants_json(args):
        output.as_json([_as_json(one) for one in found])
        return
    rows = [
        (
            one.id,
            one.email,
            one.kind.value,
            f"{one.stands}, a step failed" if one.failure else one.stands,
            one.due_on.isoformat(),
            one.overdue,
        )
        for one in found
    ]
    output.table(("id", "person", "kind", "state", "due", "overdue"), rows, "There are no requests.")


def _print(args: argparse.Namespace, found: Request) -> None:
    if arguments.wants_json(args):
        output.as_json(_as_json(found))
        return
    output.lines(f"Request {found.id}: {found.kind.value} for {found.email}, {found.stands}, due {found.due_on}.")
    if found.state is State.APPROVED and found.starts_at is not None:
        output.lines(f"  Starts at {instants.iso(found.starts_at)}; until then it can be withdrawn.")
    if found.failure:
        output.lines(f"  A step failed: {found.failure} The worker tries it again every minute; officers are told.")
    if found.waits_for is not None:
        output.lines(f"  Waits until deletion {found.waits_for} is done.")
    if found.access is not None:
        output.lines(f"  About access {found.access}: {found.words}")
    elif found.words:
        output.lines(f"  In their words: {found.words}")
    if found.told:
        output.lines(f"  Told: {found.told}")
    for event in found.events:
        note = f": {event.note}" if event.note else ""
        output.lines(f"  {instants.iso(event.at)}  {event.name or event.actor} {event.what}{note}")


def _as_json(found: Request) -> dict[str, object]:
    return {
        "id": found.id,
        "person": found.email,
        "kind": found.kind.value,
        "scope": found.scope.as_json(),
        "granted": None if found.granted is None else found.granted.as_json(),
        "appeal": None if found.appeal is None else asdict(found.appeal),
        "reach": found.asked.get("reach"),
        "exemption": found.asked.get("criterion"),
        "access": found.access,
        "words": found.words,
        "told": found.told,
        "state": found.state.value,
        "jurisdiction": found.jurisdiction,
        "opened_at": instants.iso(found.opened_at),
        "due_on": found.due_on.isoformat(),
        "extended_at": _iso(found.extended_at),
        "stopped_at": _iso(found.stopped_at),
        "confirm_by": found.confirm_by.isoformat() if found.confirm_by else None,
        "asked_back": [{"for": one.need, "text": one.words, "answer": one.answer} for one in found.asked_back],
        "overdue": found.overdue,
        "next_step": found.next_step,
        "done": found.done,
        "total": found.total,
        "counts": found.counts,
        "ground": found.ground.value if found.ground else None,
        "reason": found.reason,
        "decided_at": _iso(found.decided_at),
        "starts_at": _iso(found.starts_at),
        "closed_at": _iso(found.closed_at),
        "expires_at": _iso(found.expires_at),
        "failure": found.failure,
        "events": [
            {
                "at": instants.iso(event.at),
                "actor": event.actor,
                "name": event.name,
                "what": event.what,
                "note": event.note,
            }
            for event in found.events
        ],
    }


def _iso(at: int | None) -> str | None:
    return None if at is None else instants.iso(at)
