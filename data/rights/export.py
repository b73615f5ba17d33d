"""A person's export: made in the background piece by piece, kept sealed, streamed to them, gone after a while."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, replace

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import looking, segments
from data.captures.scope import Filter
from data.errors import Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import archive, keys, parts, pieces, record
from data.rights.parts import Part, Parts
from data.rights.pieces import File, Progress
from data.rights.states import Move, RequestKind, State, after
from data.rights.tables import ExportPartRow, ExportRow, RequestRow
from data.rights.work import Work
from data.sealing import envelope
from data.sealing.vault import Vault


def begin(work: Work) -> str:
    """Fix which captures are meant (those held now) and make the key that seals the archive."""
    with work.writing() as (session, row):
        discard(session, work.person_id, work.request_id)
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
    box, progress, kept = _opened(work)
    if progress.captures_ended:
        return _next(work, "screens")
    written = box.stream([part for part in kept if part.stream == pieces.LINES])
    try:
        for round_ in pieces.captures(_source(work), progress, written):
            _keep(work, box, round_)
    except Conflict:
        if _is_mine(work):
            return _next(work, "start")
        raise
    return _next(work, "screens")


def screens(work: Work) -> str:
    """Write the pictures of the screen that belong to those captures."""
    box, progress, _ = _opened(work)
    for round_ in pieces.screens(_source(work), progress):
        _keep(work, box, round_)
    return _next(work, "finish")


def finish(work: Work) -> None:
    """Write the lists and the index, close the archive, and offer it."""
    box, progress, kept = _opened(work)
    parts.sweep(work.vault, box.name)
    with work.writing() as (session, row):
        files = [file for _, found in _recorded(session, work) for file in found]
        sizes = archive.sizes(kept)
        round_ = archive.closing(session, work.vault, work.person_id, work.scope, progress, files, sizes)
        (last,) = [box.put(piece.stream, piece.number, piece.data) for piece in round_[0]]
        _record(session, work, [last], round_)
        export = session.get_one(ExportRow, (row.person_id, row.id))
        export.size = sum(sizes) + last.size
        row.state = after(RequestKind(row.kind), State(row.state), Move.FINISH, row.id).value
        now = instants.now()
        row.closed_at, row.next_step = now, None
        row.expires_at = now + work.settings.export_days * instants.DAY
        row.counts = json.dumps({"captures": progress.done, "screens": progress.screens, "bytes": export.size})
        record.note(session, row, None, "made")
        log.append(
            session,
            work.vault,
            action=Action.EXPORT_MADE,
            people=[row.person_id],
            accessor=None,
            reason=Reason(Purpose.REQUEST, f"request {row.id}"),
            scope={"request": row.id, **work.scope.as_json()},
            count=progress.done,
        )


STEPS = {"start": begin, "captures": captures, "screens": screens, "finish": finish}


def open_export(
    session: Session, viewer: Viewer, vault: Vault, request_id: int, reason: Reason | None = None
) -> tuple[str, int, Iterator[bytes]]:
    """A finished export as (file name, size in bytes, pieces). Logs the taking in this (writing) transaction.

    Draw the pieces after the transaction ended; memory holds one at a time. Raises NotFound, NotAllowed, Conflict
    when it is not ready or has expired.
    """
    row = record.find(session, viewer, request_id)
    require(viewer, Permission.TAKE_EXPORT, row.person_id)
    if row.kind != RequestKind.EXPORT:
        raise NotFound(f"Request {request_id} has no file to take; only a copy does.")
    export = session.get(ExportRow, (row.person_id, row.id))
    over = row.expires_at is not None and row.expires_at <= instants.now()
    if row.state != State.DONE or export is None or over:
        state = State.EXPIRED if over else State(row.state)
        raise Conflict(f"Request {request_id} is {state.plain}, so there is no file to take; ask for a new copy.")
    scope = record.of(session, vault, row).scope
    looking.permit(session, viewer, vault, row.person_id, reason, "export", Filter(scope))
    own = viewer.is_person(row.person_id)
    log.append(
        session,
        vault,
        action=Action.EXPORT_TAKEN if own else Action.COPY,
        people=[row.person_id],
        accessor=viewer,
        reason=reason or (Reason(Purpose.OWN) if own else None),
        scope={"request": row.id},
        count=int(json.loads(row.counts).get("captures", 0)),
    )
    record.note(session, row, viewer, "taken")
    email = session.get_one(PersonRow, row.person_id).email
    box = _box(session, vault, export)
    found = [Part(one.stream, one.number, one.object, one.size) for one in _rows(session, row.person_id, row.id)]
    return f"daylight-{email.partition('@')[0]}-{request_id}.zip", export.size, box.stream(found)


def discard(session: Session, person_id: int, request_id: int) -> None:
    """Make an export unreadable now: its key and its list of parts go. `sweep` removes the objects afterwards."""
    for table in (ExportRow, ExportPartRow):
        session.execute(delete(table).where(table.person_id == person_id, table.request_id == request_id))


def discard_all(session: Session, person_id: int, why: str) -> int:
    """Make every export of a person unreadable: a finished one expires, an unfinished one begins again."""
    rows = session.scalars(
        select(RequestRow).where(RequestRow.person_id == person_id, RequestRow.kind == RequestKind.EXPORT.value)
    )
    count = 0
    for row in rows:
        if session.get(ExportRow, (person_id, row.id)) is None:
            continue
        count += 1
        discard(session, person_id, row.id)
        if row.state == State.DONE:
            expire(session, row, why)
        else:
            row.next_step = "start"
    return count


def expire(session: Session, row: RequestRow, why: str) -> None:
    """End a finished export's offer; the file's key is gone with this transaction."""
    row.state = after(RequestKind(row.kind), State(row.state), Move.EXPIRE, row.id).value
    discard(session, row.person_id, row.id)
    record.note(session, row, None, "expired", why)


def sweep(session: Session, vault: Vault, person_id: int | None = None) -> int:
    """Delete the objects of exports that no row names any more (of one person or of all); returns how many.

    Exports that no request asked for have no row and no person in their name: of all, those a crash left go too.
    """
    now = instants.now()
    named = set(session.scalars(select(ExportRow.name)))
    found = {one.split("/")[1] for one in vault.objects.list(parts.FOLDER)}
    gone = [
        name
        for name in found - named
        if name.startswith(f"{person_id}-")
        or (person_id is None and (archive.is_left_over(name, now) or not name.startswith(archive.DIRECT)))
    ]
    return sum(parts.remove(vault, name) for name in gone)


def _source(work: Work) -> pieces.Source:
    return pieces.Source(work.database, work.vault, work.person_id, work.scope)


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
        plain = keys.unseal(session, work.vault, _label(work), row.progress)
        kept = [
            Part(one.stream, one.number, one.object, one.size) for one in _rows(session, work.person_id, row.request_id)
        ]
        return _box(session, work.vault, row), Progress.of(json.loads(plain)), kept


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


def _recorded(session: Session, work: Work) -> Iterator[tuple[Part, list[File]]]:
    for row in _rows(session, work.person_id, work.request_id):
        plain = keys.unseal(session, work.vault, _label(work), row.entries)
        files = [File.of(value) for value in json.loads(plain)]
        yield Part(row.stream, row.number, row.object, row.size), files


def _rows(session: Session, person_id: int, request_id: int) -> list[ExportPartRow]:
    query = select(ExportPartRow).where(ExportPartRow.person_id == person_id, ExportPartRow.request_id == request_id)
    return list(session.scalars(query.order_by(ExportPartRow.stream, ExportPartRow.number)))


def _box(session: Session, vault: Vault, row: ExportRow) -> Parts:
    label = f"export {row.request_id} of person {row.person_id}"
    return Parts(vault, row.name, keys.unseal(session, vault, label, row.key))


def _sealed(session: Session, work: Work, progress: Progress) -> bytes:
    return keys.seal(session, work.vault, _label(work), json.dumps(asdict(progress)).encode())


def _label(work: Work) -> str:
    return f"export work {work.request_id} of person {work.person_id}"
