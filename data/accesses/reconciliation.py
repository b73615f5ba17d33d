"""Reconciliation: what an audit outside observed, held against what was declared. The rest is unexplained."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, aliased

from data.accesses import entry, explanations, history, keys, log, matching
from data.accesses.keys import LogKeys
from data.accesses.matching import WITHIN, Declared, Side
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, ExplanationRow
from data.database import Database, lock
from data.sealing.vault import Vault

_TRIES = 20  # declared accesses of one accessor within minutes that are held against one observed one
_LONGEST = matching.WITHIN * 6 * 24 * 7  # a declared span is at most a week


class Reconciler:
    """Goes on from where it was, so that it can be asked again and again; a new one begins at the first entry."""

    def __init__(self) -> None:
        self._reached = 0

    def run(self, database: Database, vault: Vault) -> int:
        """Look for what explains what is new, and what newly explains; returns how many were explained."""
        with database.reading() as session:
            newest = session.scalar(select(func.max(EntryRow.position)))
        end = 0 if newest is None else newest + 1
        if end <= self._reached:
            return 0
        # Opening the entries takes its time, in which nobody who wants to log should wait.
        with database.reading() as session:
            found = _pairs(session, vault, self._reached)
        if found:
            with database.writing() as session:
                lock(session, log.LOCK)
                explanations.matched(session, found)
        self._reached = end
        return len(found)


def run(session: Session, vault: Vault, since: int = 0) -> int:
    """Explain what can be explained by the entries from position `since` on, in the caller's transaction; returns how
    many were. Repeatable."""
    lock(session, log.LOCK)
    found = _pairs(session, vault, since)
    explanations.matched(session, found)
    return len(found)


def _pairs(session: Session, vault: Vault, since: int) -> dict[int, int]:
    """Which declared access (value) explains which observed one (key)."""
    log_keys = keys.find(session, vault)
    new = (EntryRow.position >= since, _accesses())
    first = session.scalar(select(func.min(EntryRow.at)).where(*new))
    last = session.scalar(select(func.max(EntryRow.at)).where(*new))
    if log_keys is None or first is None or last is None:
        return {}
    open_ones = list(
        _sides(
            session,
            log_keys,
            and_(DetailsRow.observed, ExplanationRow.position.is_(None)),
            first - WITHIN,
            last + WITHIN + _LONGEST,
        )
    )
    if not open_ones:
        return {}
    around = (min(one.at for one in open_ones), max(one.at for one in open_ones))
    rule = DetailsRow.observed.is_(False)
    declared = Declared(_sides(session, log_keys, rule, around[0] - WITHIN - _LONGEST, around[1] + WITHIN))
    return {one.position: found for one in open_ones if (found := _explaining(session, declared, one)) is not None}


def _explaining(session: Session, declared: Declared, observed: Side) -> int | None:
    for tried, one in enumerate(declared.candidates(observed)):
        if tried == _TRIES:
            break
        if _covers(session, one.position, observed.position):
            return one.position
    return None


def _covers(session: Session, declared: int, observed: int) -> bool:
    """Whether everybody whom the observed access was about is among those of the declared one."""
    other = aliased(AboutRow)
    beyond = (
        select(AboutRow.person_id)
        .outerjoin(other, and_(other.person_id == AboutRow.person_id, other.position == declared))
        .where(AboutRow.position == observed, other.person_id.is_(None))
        .limit(1)
    )
    return session.scalar(beyond) is None


def _accesses() -> ColumnElement[bool]:
    return EntryRow.action.in_(sorted(entry.ACCESSES))


def _sides(session: Session, log_keys: LogKeys, rule: ColumnElement[bool], start: int, end: int) -> Iterator[Side]:
    rows = session.execute(
        select(EntryRow, DetailsRow.details)
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .outerjoin(ExplanationRow, ExplanationRow.position == EntryRow.position)
        .where(_accesses(), rule, EntryRow.at >= start, EntryRow.at <= end)
    )
    for row, sealed in rows:
        found = history.opened(log_keys, row, sealed)
        yield matching.side(row.position, row.at, row.source, found.read, found.accessor)
