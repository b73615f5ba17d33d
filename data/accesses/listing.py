"""The log as an auditor reads it: every entry, without content and without persons."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data.accesses.look import Logged
from data.accesses.tables import DetailsRow, EntryRow
from data.people.permissions import Permission, require
from data.people.viewer import Viewer


def entries(
    session: Session,
    viewer: Viewer,
    *,
    action: str | None = None,
    source: str | None = None,
    start: int | None = None,
    end: int | None = None,
    before: int | None = None,
    limit: int = 200,
) -> tuple[Logged, ...]:
    """The log's entries without content and without persons, newest position first. `before` is the position
    of the last entry of the page before. Permission SEE_LOG."""
    require(viewer, Permission.SEE_LOG)
    rules: list[ColumnElement[bool]] = []
    if action is not None:
        rules.append(EntryRow.action == action)
    if source is not None:
        rules.append(EntryRow.source == source)
    if start is not None:
        rules.append(EntryRow.at >= start)
    if end is not None:
        rules.append(EntryRow.at < end)
    if before is not None:
        rules.append(EntryRow.position < before)
    rows = session.execute(
        select(EntryRow, DetailsRow.role, DetailsRow.purpose, DetailsRow.people_count)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(*rules)
        .order_by(EntryRow.position.desc())
        .limit(limit)
    )
    return tuple(
        Logged(
            position=row.position,
            at=row.at,
            recorded_at=row.recorded_at,
            action=row.action,
            source=row.source,
            role=role or "",
            purpose=purpose or "",
            count=row.count,
            people_count=people_count,
            commitment=row.commitment,
            people=row.people,
        )
        for row, role, purpose, people_count in rows
    )
