"""Whether each person's list of the entries about them is what the entries say."""

from __future__ import annotations

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from data.accesses.tables import IS_LISTED, AboutRow, EntryRow, ListedRow


def wrong(session: Session, size: int) -> list[int]:
    """The entries that are listed and should not be, or at another time, and those before `size` that should be and are
    not; each once, in order. Of an entry before `size` that is missing itself, that is told elsewhere."""
    return sorted({*session.scalars(_surplus(size)), *session.scalars(_missing(size))})


def _surplus(size: int) -> Select[int]:
    same = (
        exists()
        .where(AboutRow.position == ListedRow.position, AboutRow.person_id == ListedRow.person_id)
        .where(EntryRow.position == ListedRow.position, EntryRow.at == ListedRow.at)
    )
    is_there = exists().where(EntryRow.position == ListedRow.position)
    return select(ListedRow.position).where(~same, is_there | ~ListedRow.position.between(0, size - 1))


def _missing(size: int) -> Select[int]:
    return (
        select(AboutRow.position)
        .join(EntryRow, EntryRow.position == AboutRow.position)
        .where(AboutRow.position < size, ~IS_LISTED)
    )
