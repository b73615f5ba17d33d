"""What closes an export's archive, and an export written in one go for the command line."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import arrivals, looking, segments
from data.captures.scope import Filter, Scope
from data.captures.segments import Segment
from data.database import Database
from data.looks import history
from data.looks.look import Look
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Role, Viewer
from data.proofs.anchor import Anchor
from data.rights import request
from data.rights.export import documents, held, images, parts, pieces, proofs, tables, zipped
from data.rights.export.documents import Contents
from data.rights.export.parts import Part, Parts
from data.rights.export.pieces import File, Progress, Round, Source
from data.sealing import envelope
from data.sealing.vault import Vault

_PAGE = 1000


def write_export(
    database: Database,
    vault: Vault,
    viewer: Viewer,
    person_id: int,
    out_path: Path,
    reason: Reason | None = None,
    anchor: Anchor | None = None,
) -> int:
    """Write a person's whole export to `out_path`, which is there only once it is complete; returns its bytes.

    The copy is logged before anything is read. Raises NotAllowed, NotFound, and OSError for the path.
    """
    require(viewer, Permission.TAKE_EXPORT, person_id)
    with database.writing() as session:
        looking.permit(session, viewer, vault, person_id, reason, "export", Filter())
        held = segments.listed(session, person_id)
        own = viewer.is_person(person_id)
        total = sum(one.count for one in held)
        log.append(
            session,
            vault,
            action=Action.EXPORT_TAKEN if own else Action.COPY,
            people=[person_id],
            accessor=viewer,
            reason=reason or (Reason(Purpose.OWN) if own else None),
            scope={},
            count=total,
        )
    box = Parts(vault, f"{parts.DIRECT}{instants.now()}-{secrets.token_hex(8)}", envelope.new_key())
    unfinished = out_path.with_name(f".{out_path.name}.{secrets.token_hex(4)}")
    try:
        made = _made(database, vault, person_id, box, tuple(one.id for one in held), anchor)
        with unfinished.open("xb") as out:
            for data in box.stream(made):
                out.write(data)
        unfinished.replace(out_path)
    finally:
        unfinished.unlink(missing_ok=True)
        parts.remove(vault, box.name)
    return sum(part.size for part in made)


def closing(
    session: Session,
    vault: Vault,
    person_id: int,
    scope: Scope,
    progress: Progress,
    files: Sequence[File],
    stream_sizes: Sequence[int],
) -> Round:
    """The last round: who looked, what was asked, the index, the manifest and the archive's directory."""
    person = as_person(session, person_id)
    contents = Contents(
        person=person.name,
        email=person.email,
        made_at=instants.now(),
        scope=scope,
        progress=progress,
        files=files,
        looks=_looks(session, vault, person, person_id),
        requests=request.mine(session, person, vault, person_id),
        displays=arrivals.displays(session, person_id),
        held=[*held.files(session, vault, person), proofs.verifier()],
    )
    last = documents.closing(contents)
    sums = [(file.entry.name, file.entry.plain, file.sha256) for file in files]
    sums += [(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in last]
    last.append(("manifest.json", documents.manifest(contents, sums)))
    return pieces.rest(progress, last, files, stream_sizes)


def as_person(session: Session, person_id: int) -> Viewer:
    """The person as the viewer of their own export, which shows them what they may see, whoever takes it."""
    person = session.get_one(PersonRow, person_id)
    return Viewer(person_id, frozenset({Role.EMPLOYEE}), person.name, person.email)


def sizes(kept: Sequence[Part]) -> list[int]:
    """The bytes of each stream."""
    return [sum(part.size for part in kept if part.stream == stream) for stream in pieces.STREAMS]


def expected(held: Sequence[Segment], scope: Scope) -> int:
    """About how many captures there are to write: exact for everything, at most that many for a narrower scope."""
    return sum(one.count for one in held if scope.overlaps(one.first_at, one.last_at))


def stamp(at: int) -> tuple[int, int]:
    """An instant as the archive keeps times (UTC)."""
    when = instants.moment(at)
    return zipped.dos(when.year, when.month, when.day, when.hour, when.minute, when.second)


def _made(
    database: Database, vault: Vault, person_id: int, box: Parts, frozen: tuple[int, ...], anchor: Anchor | None
) -> list[Part]:
    source = Source(database, vault, person_id, Scope())
    progress = Progress(frozen, stamp(instants.now()))
    made, files = list[Part](), list[File]()

    def keep(round_: Round) -> Progress:
        for piece in round_[0]:
            made.append(box.put(piece.stream, piece.number, piece.data))
            files.extend(piece.files)
        return round_[1]

    for round_ in pieces.captures(source, progress, {}):
        progress = keep(round_)
    for round_ in tables.tables(source, progress):
        progress = keep(round_)
    for round_ in images.screens(source, progress):
        progress = keep(round_)
    with database.reading() as session:
        person = as_person(session, person_id)
    for round_ in proofs.receipts(source, progress, person, anchor):
        progress = keep(round_)
    with database.reading() as session:
        files.sort(key=pieces.stream_of)
        keep(closing(session, vault, person_id, Scope(), progress, files, sizes(made)))
    return made


def _looks(session: Session, vault: Vault, viewer: Viewer, person_id: int) -> list[Look]:
    found, before = list[Look](), None
    while True:
        page = history.about(session, viewer, vault, person_id, limit=_PAGE, before=before)
        found.extend(page)
        if len(page) < _PAGE:
            return found
        before = page[-1].cursor
