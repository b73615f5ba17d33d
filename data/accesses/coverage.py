"""Coverage: when a source of access evidence was really recording. Outside of it the answer is "unknown"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data.accesses.entry import DAYLIGHT
from data.accesses.tables import CoverageRow
from data.database import insert

NOT_YET = "it was not recording yet"
STOPPED = "it was not recording"


@dataclass(frozen=True)
class Span:
    """`source` was recording from `start` until `end` (None: it still is). `why` says why it stopped."""

    source: str
    start: int
    end: int | None
    why: str


@dataclass(frozen=True)
class Gap:
    """`source` was not recording in [start, end), microseconds UTC."""

    source: str
    start: int
    end: int
    why: str


def record(session: Session, source: str, start: int, end: int | None = None, why: str = "") -> bool:
    """Keep a span; one with the same source and start is replaced. Whether that changed anything."""
    found = session.get(CoverageRow, (source, start))
    if found is not None and (found.end, found.why) == (end, why):
        return False
    row = insert(session, CoverageRow).values(source=source, start=start, end=end, why=why)
    session.execute(
        row.on_conflict_do_update(index_elements=["source", "start"], set_={"end": end, "why": why}),
        execution_options={"populate_existing": True},
    )
    return True


def since(session: Session, source: str) -> int | None:
    """When `source` was first recording, or None when it never was."""
    return session.scalar(select(func.min(CoverageRow.start)).where(CoverageRow.source == source))


def spans(session: Session, start: int, end: int) -> tuple[Span, ...]:
    """The spans that touch [start, end), by source and time."""
    rows = session.scalars(
        select(CoverageRow)
        .where(CoverageRow.start < end, or_(CoverageRow.end.is_(None), CoverageRow.end > start))
        .order_by(CoverageRow.source, CoverageRow.start)
    )
    return tuple(Span(row.source, row.start, row.end, row.why) for row in rows)


def gaps(session: Session, start: int, end: int) -> tuple[Gap, ...]:
    """Where in [start, end) each known source was not recording, by source and time.

    The time before this store was made is no gap of this app's own record: nobody could look through it.
    """
    rows = session.scalars(select(CoverageRow).order_by(CoverageRow.source, CoverageRow.start))
    known = [Span(row.source, row.start, row.end, row.why) for row in rows]
    return tuple(
        gap
        for source, group in groupby(known, key=lambda span: span.source)
        for gap in between(list(group), start, end)
        if not (source == DAYLIGHT and gap.why == NOT_YET)
    )


def between(known: Sequence[Span], start: int, end: int) -> list[Gap]:
    """The gaps that one source's spans, sorted by start, leave in [start, end). Spans may overlap. Pure."""
    found: list[Gap] = []
    reached, why = start, NOT_YET
    for number, span in enumerate(known):
        if number == 0 or span.start > reached:
            found.append(Gap(span.source, reached, span.start, why))
        until = max(end, span.start) if span.end is None else span.end
        if number == 0 or until > reached:
            reached, why = until, span.why or STOPPED
    found.append(Gap(known[-1].source, reached, end, why))
    clipped = (Gap(gap.source, max(gap.start, start), min(gap.end, end), gap.why) for gap in found)
    return [gap for gap in clipped if gap.start < gap.end]
