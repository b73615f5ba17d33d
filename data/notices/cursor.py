"""How far the log was read for notices. The database keeps it, so whoever writes there can move it."""

from __future__ import annotations

import logging
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses.tables import EntryRow
from data.database import lock
from data.notices.tables import NoticeCursorRow, NoticeRow

ID = 1

_logger = logging.getLogger(__name__)


def after(position: int | None) -> int:
    """Where to go on after `position`; None: nothing was there."""
    return 0 if position is None else position + 1


def put_back(session: Session, others: Collection[str]) -> int:
    """Where to go on. A cursor beyond the end of the log, which nothing here writes and behind which nobody would be
    told anything, goes back to the last look or step that somebody was told of; `others` are not told by the cursor."""
    lock(session, "notices")
    cursor = session.get_one(NoticeCursorRow, ID, populate_existing=True)
    end = after(session.scalar(select(func.max(EntryRow.position))))
    if cursor.position > end:
        told = session.scalar(select(func.max(NoticeRow.position)).where(NoticeRow.why.not_in(others)))
        _logger.error("The notices stood at entry %d of %d; somebody put them there.", cursor.position, end)
        cursor.position = min(after(told), end)
    return cursor.position
