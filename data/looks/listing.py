"""The log as an auditor reads it: every entry, without content and without persons."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data.accesses import opening
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.opening import Lost
from data.accesses.tables import DetailsRow, EntryRow
from data.looks.look import Logged
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def entries(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    *,
    action: str | None = None,
    source: str | None = None,
    start: int | None = None,
    end: int | None = None,
    before: int | None = None,
    limit: int = 200,
) -> tuple[Logged, ...]:
    """The log's entries without content and without persons, newest position first. `before` is the position
    of the last entry of the page before. Role, purpose and people are what each committed to. Permission SEE_LOG."""
    require(viewer, Permission.SEE_LOG)
    rules: list[ColumnElement[bool]] = []
    if action is not None:
        rules.append(EntryRow.action == action)
    elif start is not None or end is not None:
        # Each of them, so that the index by action and time finds a span.
        rules.append(EntryRow.action.in_([one.value for one in Action]))
    if source is not None:
        rules.append(EntryRow.source == source)
    if start is not None:
        rules.append(EntryRow.at >= start)
    if end is not None:
        rules.append(EntryRow.at < end)
    if before is not None:
        rules.append(EntryRow.position < before)
    rows = session.execute(
        select(EntryRow, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(*rules)
        .order_by(EntryRow.position.desc())
        .limit(limit)
    )
    log_keys = opening.log_keys(session, vault)
    return tuple(_logged(row, opening.details(log_keys, row, sealed)) for row, sealed in rows)


def _logged(row: EntryRow, details: Details | Lost) -> Logged:
    lost = details if isinstance(details, Lost) else None
    told = {} if isinstance(details, Lost) else details.read
    return Logged(
        position=row.position,
        at=row.at,
        recorded_at=row.recorded_at,
        action=row.action,
        source=row.source,
        role=told.get("role", ""),
        purpose=told.get("purpose", ""),
        count=row.count,
        people_count=told.get("people_count"),
        commitment=row.commitment,
        people=row.people,
        lost=lost,
    )
