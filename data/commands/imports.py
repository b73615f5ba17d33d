"""`import`: captures of a person, or evidence of accesses, into the store."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from data import instants
from data.captures.ingest import Imported, ingest
from data.commands import arguments, output
from data.commands.arguments import UsageError
from data.connectors import SOURCES, accesses
from data.people.permissions import Permission, require

ACCESSES = "accesses"


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    found = arguments.command(commands, "import")
    wanted = {name: source.wanted for name, source in SOURCES.items()} | {ACCESSES: accesses.WANTED}
    help = "; ".join(f"{name}: {what}" for name, what in sorted(wanted.items())).replace("%", "%%")
    found.add_argument("source", choices=sorted(wanted), metavar="SOURCE", help=help)
    found.add_argument("path", type=arguments.path, metavar="PATH")
    found.add_argument("--person", metavar="EMAIL", help="whose captures they are")
    found.add_argument("--zone", type=arguments.zone, metavar="ZONE", help="where times are that name no zone")
    found.set_defaults(run=_import)


def _import(args: argparse.Namespace) -> None:
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
    if arguments.wants_json(args):
        output.as_json(_as_json(about.email, found))
    elif found.unchanged:
        output.lines(
            f"Nothing new for {about.email}: {found.duplicates:,} were held already, {found.refused:,} refused."
        )
    else:
        said = f"{found.added:,} captures added for {about.email}, {found.duplicates:,} were held already"
        output.lines(f"{said}, {found.refused:,} refused, {found.screens:,} screens.")


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
        output.lines(f"{found.added:,} accesses added, {known}, {found.spans:,} spans of coverage changed.")
