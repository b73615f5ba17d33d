"""What explains an access that an audit outside observed: one that was declared, or an officer's word."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.details import Details
from data.accesses.entry import Purpose
from data.accesses.keys import LogKeys
from data.accesses.tables import DetailsRow, EntryRow, ExplanationRow
from data.database import insert as insert_of

_CHUNK = 500


class Verdict(StrEnum):
    """How an observed access was explained, or that it could not be."""

    DECLARED = "declared"
    EXPLAINED = "explained"
    UNJUSTIFIED = "unjustified"


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
            "reason": keys.seal_reason(position, reason.encode()),
            "decided_by": by,
        }
        for position in positions
    ]
    session.execute(insert(ExplanationRow), rows)


def of(session: Session, keys: LogKeys, positions: Iterable[int]) -> dict[int, Explanation]:
    """The explanations of those accesses that have one. Raises Unreadable when one was altered."""
    wanted, found = list(positions), dict[int, Explanation]()
    for first in range(0, len(wanted), _CHUNK):
        rows = session.execute(
            select(ExplanationRow, EntryRow.recorded_at, DetailsRow.details)
            .outerjoin(EntryRow, EntryRow.position == ExplanationRow.declared)
            .outerjoin(DetailsRow, DetailsRow.position == ExplanationRow.declared)
            .where(ExplanationRow.position.in_(wanted[first : first + _CHUNK]))
        )
        for row, recorded_at, sealed in rows:
            found[row.position] = _explanation(session, keys, row, recorded_at, sealed)
    return found


def _explanation(
    session: Session, keys: LogKeys, row: ExplanationRow, recorded_at: int | None, sealed: bytes | None
) -> Explanation:
    if row.declared is None or sealed is None:
        reason = "" if row.reason is None else keys.open_reason(row.position, row.reason).decode()
        return Explanation(Verdict(row.verdict), row.at, row.declared, reason=reason)
    told = json.loads(Details.unpacked(keys.open_details(row.declared, sealed)).text)
    observed = session.scalar(select(EntryRow.recorded_at).where(EntryRow.position == row.position))
    late = recorded_at is not None and observed is not None and recorded_at > observed
    return Explanation(Verdict(row.verdict), row.at, row.declared, Purpose(told["purpose"]), told["ticket"], late)
