"""A finished export is streamed to its person, and gone after a while or with what it was made from."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Select, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.captures import looking
from data.captures.scope import Filter
from data.errors import Conflict, NotFound
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.rights import record
from data.rights.export import kept, locked, parts, volumes
from data.rights.export.volumes import Volume
from data.rights.states import FINISHED, Move, RequestKind, State, after
from data.rights.tables import ExportPartRow, ExportRow, RequestRow
from data.sealing.vault import Vault

GONE_WITH = "Its content was deleted with request {}."  # why it expired: the number of the deletion
EXPIRED = "expired"  # a line of the history, with why


def open_export(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    request_id: int,
    reason: Reason | None = None,
    part: int = 1,
    password: str = "",
) -> tuple[str, int, Iterator[bytes]]:
    """One archive of a finished export as (file name, size in bytes, pieces). Logs the taking in this (writing)
    transaction.

    With a `password` every file in it is under that.

    Draw the pieces after the transaction ended; memory holds one at a time. Raises NotFound, NotAllowed, Conflict
    when it is not ready or has expired.
    """
    secret = locked.checked(password) if password else b""
    row = record.find(session, viewer, request_id)
    require(viewer, Permission.TAKE_EXPORT, row.person_id)
    if row.kind != RequestKind.EXPORT:
        raise NotFound(f"Request {request_id} has no file to take; only a copy does.")
    export = session.get(ExportRow, (row.person_id, row.id))
    is_over = row.expires_at is not None and row.expires_at <= instants.now()
    if State(row.state) not in FINISHED or export is None or is_over:
        state = State.EXPIRED if is_over else State(row.state)
        raise Conflict(f"Request {request_id} is {state.plain}, so there is no file to take; ask for a new copy.")
    found = kept.volumes(session, vault, export)
    if not 1 <= part <= len(found):
        raise NotFound(f"Request {request_id} has no part {part}; its copy has {len(found)}.")
    scope = record.of(session, vault, row).extent
    looking.permit(session, viewer, vault, row.person_id, reason, "export", Filter(scope))
    own = viewer.is_person(row.person_id)
    log.append(
        session,
        vault,
        action=Action.EXPORT_TAKEN if own else Action.COPY,
        people=[row.person_id],
        accessor=viewer,
        reason=reason or (Reason(Purpose.OWN) if own else None),
        scope={"request": row.id, **({"part": part} if len(found) > 1 else {})},
        count=int(json.loads(row.counts).get("captures", 0)),
    )
    record.note(session, row, viewer, "taken", f"part {part} of {len(found)}" if len(found) > 1 else "")
    email = session.get_one(PersonRow, row.person_id).email
    box = kept.box(session, vault, export)
    name = volumes.name(f"daylight-{email.partition('@')[0]}-{request_id}.zip", part, len(found))
    made = kept.parts(session, row.person_id, row.id)
    plain = volumes.stream(box, made, found, part)
    if not secret:
        return name, found[part - 1].size, plain
    stamp = kept.progress(session, vault, export).stamp
    entries = volumes.entries(found, part, volumes.sizes(made), kept.files(session, vault, row.person_id, row.id))
    return name, locked.size(entries, stamp), locked.stream(plain, entries, stamp, secret)


def parts_of(session: Session, viewer: Viewer, vault: Vault, request_id: int) -> tuple[Volume, ...]:
    """The archives of a finished export, with their sizes and sums; none while there is nothing to take. Raises
    NotFound, NotAllowed."""
    row = record.find(session, viewer, request_id)
    require(viewer, Permission.TAKE_EXPORT, row.person_id)
    export = session.get(ExportRow, (row.person_id, row.id))
    return () if export is None else kept.volumes(session, vault, export)


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
        if State(row.state) in FINISHED:
            expire(session, row, why)
        else:
            row.next_step = "start"
    return count


def remnants(session: Session, vault: Vault, person_id: int) -> tuple[str, ...]:
    """What is still there of a person's exports once they were discarded and swept, as sentences."""
    found: list[str] = []
    count = session.scalar(select(func.count()).select_from(ExportRow).where(ExportRow.person_id == person_id))
    if count:
        found.append(f"{count:,} copies that were made before are still there.")
    left = [one for one in vault.objects.list(parts.FOLDER) if one.split("/")[1].startswith(f"{person_id}-")]
    if left:
        found.append(f"{len(left):,} sealed pieces of copies are still there.")
    return tuple(found)


def expire(session: Session, row: RequestRow, why: str) -> None:
    """End a finished export's offer; the file's key is gone with this transaction. While the rest of it is appealed,
    the request goes on waiting for that, and has expired once it is decided (`settle`)."""
    if State(row.state) is State.CONTESTED:
        at = instants.now()
        row.expires_at = min(row.expires_at or at, at)
    else:
        row.state = after(RequestKind(row.kind), State(row.state), Move.EXPIRE, row.id).value
    discard(session, row.person_id, row.id)
    record.note(session, row, None, EXPIRED, why)


def over(now: int) -> Select[RequestRow]:
    """The exports whose offer is to be ended, as their time was over by `now`."""
    there = select(ExportRow).where(ExportRow.person_id == RequestRow.person_id, ExportRow.request_id == RequestRow.id)
    return select(RequestRow).where(
        RequestRow.kind == RequestKind.EXPORT.value,
        RequestRow.expires_at <= now,
        or_(
            RequestRow.state == State.DONE.value,
            # Once: it stays as it is until the appeal is decided.
            and_(RequestRow.state == State.CONTESTED.value, there.exists()),
        ),
    )


def settle(session: Session, row: RequestRow) -> None:
    """After the appeal of the rest was decided: an export whose file went meanwhile has expired."""
    kind = RequestKind(row.kind)
    if kind is RequestKind.EXPORT and session.get(ExportRow, (row.person_id, row.id)) is None:
        row.state = after(kind, State(row.state), Move.EXPIRE, row.id).value


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
        or (person_id is None and (parts.is_left_over(name, now) or not name.startswith(parts.DIRECT)))
    ]
    return sum(parts.remove(vault, name) for name in gone)
