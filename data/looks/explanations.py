"""What explains an access that an audit outside observed: one that was declared, or an officer's word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, insert, select
from sqlalchemy.orm import Session, aliased

from data import instants
from data.accesses import opening
from data.accesses.details import Details
from data.accesses.entry import Purpose
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, ExplanationRow, is_access
from data.database import insert as insert_of
from data.errors import Unreadable
from data.looks import matching
from data.looks.matching import Side

_CHUNK = 500


class Verdict(StrEnum):
    """How an observed access was explained, or that it could not be."""

    DECLARED = "declared"
    EXPLAINED = "explained"
    UNJUSTIFIED = "unjustified"
    INCIDENT = "incident"


@dataclass(frozen=True)
class Explanation:
    """`declared` is the position of the access that was declared, with its purpose and ticket; it `came_late` when it
    was put into the log after the audit's own record. Otherwise `reason` is what the officer says."""

    verdict: Verdict
    at: int
    declared: int | None = None
    purpose: Purpose = Purpose.NONE
    ticket: str = ""
    came_late: bool = False
    reason: str = ""


def matched(session: Session, pairs: Mapping[int, int]) -> None:
    """Keep which declared access (value) explains which observed one (key). An explanation that is there stays."""
    rows = [
        {"position": one, "verdict": Verdict.DECLARED.value, "at": instants.now(), "declared": other}
        for one, other in pairs.items()
    ]
    if rows:
        session.execute(insert_of(session, ExplanationRow).on_conflict_do_nothing(), rows)


def say(session: Session, keys: LogKeys, positions: Iterable[int], verdict: Verdict, reason: str, by: int) -> None:
    """Keep an officer's word about observed accesses."""
    now = instants.now()
    rows = [
        {
            "position": position,
            "verdict": verdict.value,
            "at": now,
            # With the verdict, so that it cannot be turned around beside the words.
            "reason": keys.seal_reason(position, f"{verdict.value}\n{reason}".encode()),
            "decided_by": by,
        }
        for position in positions
    ]
    session.execute(insert(ExplanationRow), rows)


def of(session: Session, keys: LogKeys, positions: Iterable[int]) -> dict[int, Explanation]:
    """The explanations of those accesses that have one which holds: an officer's sealed word, or a declared access of
    the same accessor, data and time. A row that nothing stands behind, or that was altered, is no explanation."""
    wanted, found = list(positions), dict[int, Explanation]()
    for first in range(0, len(wanted), _CHUNK):
        rows = session.scalars(
            select(ExplanationRow).where(ExplanationRow.position.in_(wanted[first : first + _CHUNK]))
        ).all()
        concerned = {row.position for row in rows} | {row.declared for row in rows if row.declared is not None}
        known = {one.position: one for one in sides(session, keys, EntryRow.position.in_(concerned))}
        for row in rows:
            said = _declared(row, known) if row.declared is not None else _said(keys, row)
            if said is not None:
                found[row.position] = said
    return found


def uncovered(session: Session, positions: Iterable[int]) -> set[int]:
    """Those of `positions` that were about somebody whom the declared access kept beside them was not about."""
    wanted, found = list(positions), set[int]()
    beside = select(AboutRow.position).join(ExplanationRow, ExplanationRow.position == AboutRow.position)
    for first in range(0, len(wanted), _CHUNK):
        chunk = AboutRow.position.in_(wanted[first : first + _CHUNK])
        kept = beside.where(chunk, ExplanationRow.declared.is_not(None)).distinct()
        found.update(session.scalars(beyond(kept, ExplanationRow.declared)))
    return found


def beyond(about: Select[Any], declared: Any) -> Select[Any]:
    """Of the rows of AboutRow that `about` chooses, those of people whom the access at `declared` (a position, or a
    column of positions) was not about."""
    other = aliased(AboutRow)
    same = and_(other.person_id == AboutRow.person_id, other.position == declared)
    return about.outerjoin(other, same).where(other.person_id.is_(None))


def _said(keys: LogKeys, row: ExplanationRow) -> Explanation | None:
    if row.reason is None:
        return None
    try:
        said = keys.open_reason(row.position, row.reason)
    except Unreadable:
        return None
    verdict, _, reason = said.decode().partition("\n")
    return Explanation(Verdict(verdict), row.at, reason=reason)


def _declared(row: ExplanationRow, sides: Mapping[int, Side]) -> Explanation | None:
    observed, declared = sides.get(row.position), sides.get(row.declared or 0)
    if observed is None or declared is None or not matching.explains(declared, observed):
        return None
    late = declared.recorded_at > observed.at + matching.WITHIN
    return Explanation(Verdict.DECLARED, row.at, row.declared, declared.purpose, declared.ticket, late)


def sides(session: Session, keys: LogKeys, *rules: ColumnElement[bool]) -> Iterator[Side]:
    """The accesses that `rules` choose, opened, as they are compared. One that was altered is left out: it explains
    nothing, and nothing explains it."""
    rows = session.execute(
        select(EntryRow, DetailsRow.details)
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .outerjoin(ExplanationRow, ExplanationRow.position == EntryRow.position)
        .where(is_access(), *rules)
    )
    for row, sealed in rows:
        found = opening.details(keys, row, sealed)
        if isinstance(found, Details):
            yield matching.side(row.position, row.at, row.recorded_at, row.source, found.read, found.accessor)
