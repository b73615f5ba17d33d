"""`extract` and `copies`: captures that leave the store for analytics or training, and who holds them."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Any

from data import instants
from data.accesses.entry import Purpose
from data.commands import arguments, output
from data.people.permissions import Permission

if TYPE_CHECKING:
    from data.copies.extract import Extracted
    from data.copies.tasks import Task

_TASK_COLUMNS = ("task", "person", "request", "copy", "holder", "outcome", "due", "told", "trouble")


def add(commands: arguments.Commands) -> None:
    """Add the commands."""
    found = arguments.command(commands, "extract")
    found.add_argument("--purpose", choices=arguments.PURPOSES, required=True, help="what the people in it read")
    found.add_argument("--ticket", required=True, metavar="TEXT", help="the ticket that asked for it")
    arguments.add_scope(found)
    found.add_argument("--department", action="append", default=[], metavar="D", help="only these; can be repeated")
    found.add_argument("--person", action="append", default=[], metavar="EMAIL", help="only these; can be repeated")
    found.add_argument("--consumer", default="", metavar="NAME", help="who will hold it, as registered")
    found.add_argument("path", type=arguments.path, metavar="OUT", help="a new file: .parquet or .jsonl")
    found.set_defaults(run=_extract)
    actions: arguments.Commands = arguments.command(commands, "copies").add_subparsers(metavar="ACTION", required=True)
    found = arguments.command(actions, "register", "register who holds copies: a training set, an analytics team")
    found.add_argument("name", metavar="NAME")
    found.add_argument("--what", required=True, metavar="TEXT", help="what it is, in words for the people in it")
    how = found.add_mutually_exclusive_group(required=True)
    how.add_argument("--webhook", default="", metavar="URL", help="where it is told of deletions")
    how.add_argument("--by-hand", action="store_true", help="an officer tells it, and says what came of it")
    found.add_argument(
        "--key", default="", metavar="BASE64", help="its Ed25519 public key; without it a secret is made"
    )
    found.add_argument("--days", type=int, default=30, metavar="N", help="how long it has to delete (30)")
    found.set_defaults(run=_register)
    found = arguments.command(actions, "list", "who holds copies, or the copies that hold a person's captures")
    found.add_argument("--person", metavar="EMAIL", help="whose captures")
    found.set_defaults(run=_list)
    arguments.command(actions, "tasks", "what holders of copies still have to delete").set_defaults(run=_tasks)
    found = arguments.command(actions, "settle", "say by hand what came of a task")
    found.add_argument("task", metavar="TASK")
    found.add_argument("outcome", choices=("done", "impossible"))
    found.add_argument("--reason", required=True, metavar="TEXT", help="how it is known; the person reads it")
    found.add_argument("--digest", default="", metavar="HEX", help="of what is left of the copy")
    found.set_defaults(run=_settle)


def _extract(args: argparse.Namespace) -> None:
    from data.copies.extract import Wanted, extract
    from data.people import person
    from data.rights import pending

    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        people = frozenset(person.by_email(session, email).id for email in args.person)
    wanted = Wanted(
        Purpose(args.purpose), args.ticket, arguments.scope(args), frozenset(args.department), people, args.consumer
    )
    erasing = partial(pending.deletions, vault=store.vault)
    found = extract(store.database, store.vault, viewer, wanted, args.path, erasing)
    if arguments.wants_json(args):
        output.as_json({**asdict(found), "path": str(found.path)})
    else:
        output.lines(*_told(found))


def _told(found: Extracted) -> list[str]:
    said = f"{found.captures:,} captures of {found.people:,} people in {found.path}: copy {found.number}, access"
    lines = [f"{said} {found.position}, SHA-256 {found.digest}."]
    for reason, left in sorted(found.left_out.items()):
        lines.append(f"Left out as {reason}: {left.captures:,} captures of {left.people:,} people.")
    return lines


def _register(args: argparse.Namespace) -> None:
    from data.copies import consumer

    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = consumer.register(session, viewer, store.vault, args.name, args.what, args.webhook, args.key, args.days)
    if arguments.wants_json(args):
        output.as_json({**asdict(found.consumer), "secret": found.secret})
        return
    output.lines(f"Registered {found.consumer.name}, which has {found.consumer.days} days to delete.")
    if found.secret and found.consumer.url:
        output.lines(f"Its secret, shown this once: {found.secret}")


def _list(args: argparse.Namespace) -> None:
    from data.copies import consumer, snapshot

    store = arguments.store(args)
    if args.person is None:
        with store.database.reading() as session:
            holders = consumer.listed(session, arguments.viewer(session, args))
        rows = [(one.name, one.what, one.url or "by hand", one.algorithm.value, one.days) for one in holders]
        _show(args, ("name", "what", "webhook", "signs", "days"), rows, "Nobody is registered.")
        return
    arguments.need_viewer(args, "`copies list --person`")
    with store.database.reading() as session:
        viewer, about = arguments.about(session, args, Permission.SEE_REQUESTS)
        found = snapshot.of(session, viewer, about.id)
    header = ("copy", "holder", "since", "released", "purpose", "ticket", "captures", "access")
    rows = [
        (
            one.id,
            one.holder,
            instants.iso(one.made_at),
            one.is_released,
            one.purpose.value,
            one.ticket,
            one.captures,
            one.position,
        )
        for one in found
    ]
    _show(args, header, rows, f"No copy holds captures of {about.email}.")


def _tasks(args: argparse.Namespace) -> None:
    from data.copies import tasks

    arguments.need_viewer(args, "`copies tasks`")
    store = arguments.store(args)
    with store.database.reading() as session:
        found = tasks.waiting(session, arguments.viewer(session, args))
    _show(args, _TASK_COLUMNS, [_row(one) for one in found], "Nothing waits for a holder of copies.")


def _settle(args: argparse.Namespace) -> None:
    from data.copies.tasks import Outcome
    from data.rights import settling

    arguments.need_viewer(args, "`copies settle`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        outcome = Outcome(args.outcome)
        found = settling.settle(session, viewer, store.vault, args.task, outcome, args.reason, args.digest)
    _show(args, _TASK_COLUMNS, [_row(found)], "")


def _row(one: Task) -> tuple[Any, ...]:
    said = one.as_json()
    told = said["told"] or ""
    number = one.copy_id
    return one.name, one.person_id, one.request_id, number, one.holder, said["outcome"], said["due"], told, one.trouble


def _show(args: argparse.Namespace, header: tuple[str, ...], rows: list[tuple[Any, ...]], empty: str) -> None:
    if arguments.wants_json(args):
        output.as_json([dict(zip(header, row, strict=True)) for row in rows])
    else:
        output.table(header, rows, empty)
