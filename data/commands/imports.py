"""`import`: captures of a person, or evidence of accesses, into the store."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from data import instants
from data.captures.ingest import Imported, ingest
from data.commands import arguments, output
from data.commands.arguments import UsageError
from data.connectors import EVIDENCE, SOURCES, accesses, evidence, holdings_file
from data.connectors.accesses import Evidence
from data.connectors.evidence import Imported as Observed
from data.incidents import drift
from data.people.permissions import Permission, require

ACCESSES = "accesses"


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    found = arguments.command(commands, "import")
    wanted = {name: source.wanted for name, source in (SOURCES | EVIDENCE).items()} | {ACCESSES: accesses.WANTED}
    help = "; ".join(f"{name}: {what}" for name, what in sorted(wanted.items())).replace("%", "%%")
    found.add_argument("source", choices=sorted(wanted), metavar="SOURCE", help=help)
    found.add_argument("path", type=arguments.path, metavar="PATH")
    found.add_argument("--person", metavar="EMAIL", help="whose captures they are")
    found.add_argument("--zone", type=arguments.zone, metavar="ZONE", help="where times are that name no zone")
    sources = ", ".join(EVIDENCE)
    found.add_argument("--holdings", type=arguments.path, metavar="FILE", help=f"for {sources}: {holdings_file.WANTED}")
    found.set_defaults(run=_import)


def _import(args: argparse.Namespace) -> None:
    if args.source in EVIDENCE:
        _observed(args)
        return
    if args.holdings is not None:
        raise UsageError(f"`import {args.source}` takes no --holdings, which belongs to {', '.join(EVIDENCE)}")
    if args.source == ACCESSES:
        _accesses(args)
        return
    if args.person is None:
        raise UsageError(f"`import {args.source}` needs --person EMAIL, whose captures they are")
    store = arguments.store(args)
    with store.database.reading() as session:
        viewer, about = arguments.about(session, args, Permission.IMPORT)
    require(viewer, Permission.IMPORT)  # before the file is looked at, so that no answer depends on it
    show = output.progress("Captures read")

    def progress(done: int) -> None:
        show(done, 0)

    recording = SOURCES[args.source].read(args.path, zone=args.zone)
    found = ingest(store.database, store.vault, viewer, about.id, recording, progress)
    drift.keep_up(store.database, store.vault)  # so that nobody waits for it where no app runs
    if arguments.wants_json(args):
        output.as_json(_as_json(about.email, found))
    elif found.unchanged:
        output.lines(
            f"Nothing new for {about.email}: {found.duplicates:,} were held already, {found.refused:,} refused."
        )
    else:
        why = (found.objected, "objected to"), (found.paused, "captured in a pause")
        told = ", ".join(f"{count:,} {what}" for count, what in why if count)
        refused = f"{found.refused:,} refused" + (f" ({told})" if told else "")
        said = f"{found.added:,} captures added for {about.email}, {found.duplicates:,} were held already"
        output.lines(f"{said}, {refused}, {found.screens:,} screens.")


def _as_json(email: str, found: Imported) -> dict[str, object]:
    first, last = (None if at is None else instants.iso(at) for at in (found.first, found.last))
    return {"person": email, **asdict(found), "first": first, "last": last}


def _accesses(args: argparse.Namespace) -> None:
    if args.person is not None or args.zone is not None:
        raise UsageError("`import accesses` takes neither --person nor --zone; its lines name both")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = accesses.load(session, viewer, store.vault, args.path, output.progress("Lines"))
    if arguments.wants_json(args):
        output.as_json(asdict(found))
    else:
        known = f"{found.duplicates:,} known already"
        output.lines(
            f"{found.added:,} accesses added, {known}, {found.spans:,} spans of coverage changed.", *_odd(found)
        )


def _observed(args: argparse.Namespace) -> None:
    if args.person is not None or args.zone is not None:
        raise UsageError(f"`import {args.source}` takes neither --person nor --zone; the holdings file names both")
    if args.holdings is None:
        raise UsageError(f"`import {args.source}` needs --holdings FILE, {holdings_file.WANTED}")
    store = arguments.store(args)
    read, show = EVIDENCE[args.source].read, output.progress("Lines")
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = evidence.load(session, viewer, store.vault, read, args.path, args.holdings, show)
    if arguments.wants_json(args):
        output.as_json(asdict(found))
    else:
        output.lines(*_told(found))


def _told(found: Observed) -> list[str]:
    passed = (
        (found.other, "about other data"),
        (found.denied, "refused there"),
        (found.repeated, "said again by another line"),
        (found.nobody, "about nobody on the roster"),
    )
    over = "; ".join(f"{count:,} {what}" for count, what in passed if count)
    told = [f"{found.added:,} accesses added from {found.source}, {found.duplicates:,} known already."]
    if over:
        told.append(f"Passed over: {over}.")
    if found.spans is None:
        told.append("No time is claimed as covered, as [source] declares no heartbeat_minutes.")
    else:
        told.append(f"{found.spans:,} spans of coverage changed.")
    return [*told, *_odd(found)]


def _odd(found: Observed | Evidence) -> list[str]:
    """What an import met that should not be."""
    told: list[str] = []
    if found.conflicts:
        told.append(f"{found.conflicts:,} of them have the id of a record that said something else: both are kept.")
    if found.unfounded:
        told.append(f"{found.unfounded:,} were called known by the database, and no entry says so: tell the auditor.")
    return told
