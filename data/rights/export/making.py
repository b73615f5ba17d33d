"""A person's export is made in the background, piece by piece, each kept sealed and committed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import segments
from data.errors import Conflict
from data.proofs.anchor import Anchor
from data.rights import keys, record
from data.rights.export import archive, images, kept, offer, parts, pieces, proofs, texts
from data.rights.export import tables as parquet
from data.rights.export.parts import Part, Parts
from data.rights.export.pieces import Progress
from data.rights.redaction import plan
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import ExportPartRow, ExportRow, RequestRow
from data.rights.work import Work
from data.sealing import envelope


def begin(work: Work) -> str:
    """Fix which captures are meant (those held now) and make the key that seals the archive."""
    with work.writing() as (session, row):
        offer.discard(session, work.person_id, work.request_id)
        held = segments.listed(session, work.person_id)
        frozen = tuple(one.id for one in held)
        made = instants.now()
        progress = Progress(frozen, archive.stamp(made))
        label = f"export {row.id} of person {row.person_id}"
        session.add(
            ExportRow(
                person_id=row.person_id,
                request_id=row.id,
                key=keys.seal(session, work.vault, label, envelope.new_key()),
                name=f"{row.person_id}-{row.id}-{made}",
                progress=_sealed(session, work, progress),
            )
        )
        row.done, row.next_step = 0, "captures"
        row.total = archive.expected(held, work.scope)
        if not record.has(session, row, "started"):
            record.note(session, row, None, "started")
    return "captures"


def captures(work: Work) -> str:
    """Write the captures, round by round; each is committed, so that a crash loses one round at most."""
    box, progress, made = _opened(work)
    if progress.captures_ended:
        return _next(work, "tables")
    written = {
        stream: box.stream([one for one in made if one.stream == stream and one.number >= progress.text_from[stream]])
        for stream in pieces.TEXTS
    }
    return _written(work, box, texts.captures(_source(work), progress, written), "tables")


def tables(work: Work) -> str:
    """Put the opened segments beside them, round by round."""
    box, progress, _ = _opened(work)
    return _written(work, box, parquet.tables(_source(work), progress), "screens")


def screens(work: Work) -> str:
    """Write the pictures of the screen that belong to those captures, with what is to be blacked out now; those that
    were written when something else was are written anew."""
    box, progress, _ = _opened(work)
    with work.database.reading() as session:
        hidden = plan.of(session, work.vault, work.person_id, work.request_id)
    if hidden.version != progress.hiding:
        progress = images.anew(progress, hidden.version)
        _forget_pictures(work, progress)
    for round_ in images.screens(_source(work), progress, hidden):
        _keep(work, box, round_)
    return _next(work, "receipts")


def receipts(work: Work) -> str:
    """Write the proof of every look at the person's data."""
    box, progress, _ = _opened(work)
    with work.database.reading() as session:
        viewer = archive.as_person(session, work.person_id)
    for round_ in proofs.receipts(_source(work), progress, viewer, Anchor(work.settings.anchor)):
        _keep(work, box, round_)
    return _next(work, "finish")


def finish(work: Work) -> str | None:
    """Write the lists and the index, close the archive, and offer it; or go back to the pictures where something else
    is to be blacked out in them by now."""
    box, progress, made = _opened(work)
    parts.sweep(work.vault, box.name)
    with work.database.reading() as session:
        files = kept.files(session, work.vault, work.person_id, work.request_id)
        hidden = plan.of(session, work.vault, work.person_id, work.request_id)
    end = archive.End(box, made, progress, files, work.settings.export_part_bytes, hidden)
    others = end.others(work.prolong)
    with work.writing() as (session, row):
        hidden = plan.of(session, work.vault, work.person_id, work.request_id)
        if hidden.version != progress.hiding:
            row.next_step = "screens"
            return "screens"
        round_, found = end.closing(session, work.vault, work.person_id, work.scope, others)
        _record(session, work, [box.put(piece.stream, piece.number, piece.data) for piece in round_[0]], round_)
        export = session.get_one(ExportRow, (row.person_id, row.id))
        export.size = sum(volume.size for volume in found)
        kept.keep_volumes(session, work.vault, export, found)
        row.state = after(RequestKind(row.kind), State(row.state), Move.FINISH, row.id).value
        now = instants.now()
        row.closed_at, row.next_step = now, None
        row.expires_at = now + work.settings.export_days * instants.DAY
        counts = {"captures": progress.done, "screens": progress.screens, "bytes": export.size, "parts": len(found)}
        black = {"blacked_out": progress.black} if progress.black else {}
        row.counts = json.dumps(counts | black)
        record.note(session, row, None, "made")
        log.append(
            session,
            work.vault,
            action=Action.EXPORT_MADE,
            people=[row.person_id],
            accessor=None,
            reason=Reason(Purpose.REQUEST, f"request {row.id}"),
            scope={"request": row.id, **work.scope.as_json(), **black},
            count=progress.done,
        )
    return None


STEPS = {
    "start": begin,
    "captures": captures,
    "tables": tables,
    "screens": screens,
    "receipts": receipts,
    "finish": finish,
}


def _written(work: Work, box: Parts, rounds: Iterator[pieces.Round], step: str) -> str:
    """Keep every round, then go on with `step`; begin again where what was to be written was moved meanwhile."""
    try:
        for round_ in rounds:
            _keep(work, box, round_)
    except Conflict:
        if _is_mine(work):
            return _next(work, "start")
        raise
    return _next(work, step)


def _forget_pictures(work: Work, progress: Progress) -> None:
    """Take the pictures that were written out of the copy: what is left of them is deleted, and named by nothing."""
    with work.writing() as (session, _):
        mine = ExportPartRow.person_id == work.person_id, ExportPartRow.request_id == work.request_id
        gone = session.scalars(select(ExportPartRow).where(*mine, ExportPartRow.stream == pieces.PICTURES)).all()
        names = [one.object for one in gone]
        for one in gone:
            session.delete(one)
        export = session.get_one(ExportRow, (work.person_id, work.request_id))
        export.progress = _sealed(session, work, progress)
    for name in names:
        work.vault.objects.delete(name)


def _source(work: Work) -> pieces.Source:
    volume = work.settings.export_part_bytes
    return pieces.Source(work.database, work.vault, work.person_id, work.scope, volume, work.request_id)


def _next(work: Work, step: str) -> str:
    with work.writing() as (_, row):
        row.next_step = step
    return step


def _is_mine(work: Work) -> bool:
    with work.database.reading() as session:
        row = session.get(RequestRow, (work.person_id, work.request_id))
        return row is not None and row.claim == work.claim


def _opened(work: Work) -> tuple[Parts, Progress, list[Part]]:
    with work.database.reading() as session:
        row = session.get(ExportRow, (work.person_id, work.request_id))
        if row is None:
            raise Conflict(f"The unfinished copy of request {work.request_id} was removed; run the request again.")
        found = kept.parts(session, work.person_id, work.request_id)
        return kept.box(session, work.vault, row), kept.progress(session, work.vault, row), found


def _keep(work: Work, box: Parts, round_: pieces.Round) -> None:
    made = [box.put(piece.stream, piece.number, piece.data) for piece in round_[0]]
    with work.writing() as (session, row):
        _record(session, work, made, round_)
        row.done = round_[1].done
        total = row.total
    work.show("captures" if not round_[1].captures_ended else "screens", round_[1].done, total)


def _record(session: Session, work: Work, made: list[Part], round_: pieces.Round) -> None:
    for part, piece in zip(made, round_[0], strict=True):
        plain = json.dumps([file.as_json() for file in piece.files]).encode()
        session.merge(
            ExportPartRow(
                person_id=work.person_id,
                request_id=work.request_id,
                **asdict(part),
                entries=keys.seal(session, work.vault, _label(work), plain),
            )
        )
    export = session.get_one(ExportRow, (work.person_id, work.request_id))
    export.progress = _sealed(session, work, replace(round_[1]))
    session.flush()


def _sealed(session: Session, work: Work, progress: Progress) -> bytes:
    return keys.seal(session, work.vault, _label(work), json.dumps(asdict(progress)).encode())


def _label(work: Work) -> str:
    return kept.label(work.person_id, work.request_id)
