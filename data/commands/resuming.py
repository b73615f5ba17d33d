"""`programme gate`, `resume` and `assessment`: what is missing before the programme resumes, and having it resumed."""

from __future__ import annotations

import argparse
import hashlib
from datetime import date
from pathlib import Path

from data import instants
from data.commands import arguments, output
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.programme import assessment, gate, record


def add(actions: arguments.Commands) -> None:
    """Add what they can do to `programme`."""
    arguments.command(actions, "gate", "what is missing before it can be resumed").set_defaults(run=_gate)
    found = arguments.command(actions, "resume", "confirm what another officer proposed")
    found.add_argument("--anyway", metavar="TEXT", default="", help="why, although something is missing; all read it")
    found.set_defaults(run=_resume)
    filed = arguments.command(actions, "assessment", "the impact assessment on file; with FILE, put one on file")
    filed.add_argument("file", nargs="?", type=Path, metavar="FILE", help="the document; only its sum is kept")
    filed.add_argument("--title", metavar="TEXT", help="its title, which everybody reads")
    filed.add_argument("--until", metavar="DATE", help="until when it is to be reviewed (YYYY-MM-DD)")
    filed.set_defaults(run=_assessment)


def _gate(args: argparse.Namespace) -> None:
    from data.controls import resuming

    store = arguments.store(args)
    with store.database.reading() as session:
        viewer = arguments.viewer(session, args)
        found = record.read(session, viewer, store.vault)
        require(viewer, Permission.SEE_CONTROLS)
        missing = (
            *gate.firm(found, viewer, instants.now()),
            *gate.missing(found, resuming.missing(session, store.vault, store.settings)),
        )
    if arguments.wants_json(args):
        output.as_json(list(missing))
    else:
        output.lines(*(missing or ["Nothing is missing."]))


def _resume(args: argparse.Namespace) -> None:
    from data.controls import resuming

    arguments.need_viewer(args, "`programme resume`")
    store = arguments.store(args)
    with store.database.writing() as session:
        viewer = arguments.viewer(session, args)
        found = resuming.resume(session, viewer, store.vault, store.settings, args.anyway)
    line = found.lines[-1]
    if arguments.wants_json(args):
        state = found.state(instants.now()).value
        output.as_json({"state": state, "missing": list(line.missing), "entry": line.position})
    else:
        output.lines("The programme runs again.", *(f"Although: {one}" for one in line.missing))


def _assessment(args: argparse.Namespace) -> None:
    store = arguments.store(args)
    if args.file is None:
        with store.database.reading() as session:
            found = assessment.newest(session, store.vault)
    else:
        arguments.need_viewer(args, "`programme assessment FILE`")
        digest, until = _sum(args.file), _day(args.until)
        with store.database.writing() as session:
            viewer = arguments.viewer(session, args)
            found = assessment.file(session, viewer, store.vault, args.title or "", digest, until)
    if arguments.wants_json(args):
        output.as_json(None if found is None else {**_told(found), "entry": found.position})
    elif found is None:
        output.lines("No impact assessment is on file.")
    else:
        output.lines(f"{found.title}: current until {found.until}, filed by {found.by}.", f"  SHA-256 {found.digest}")


def _told(found: assessment.Assessment) -> dict[str, str]:
    return {"title": found.title, "until": found.until.isoformat(), "sha256": found.digest, "by": found.by}


def _sum(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}; name the assessment's document.") from None


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        raise BadInput(f"{text or 'nothing'} is no day; give --until as YYYY-MM-DD.") from None
