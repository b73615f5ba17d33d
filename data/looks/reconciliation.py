"""Reconciliation: what an audit outside observed, held against what was declared. The rest is unexplained."""

from __future__ import annotations

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from data.accesses import keys, log, tree
from data.accesses.tables import AboutRow, EntryRow, ExplanationRow, is_access
from data.database import Database, lock
from data.looks import explanations
from data.looks.matching import LONGEST, WITHIN, Declared, Side
from data.sealing.vault import Vault

_TRIES = 20  # declared accesses of one accessor within minutes that are held against one observed one


class Reconciler:
    """Goes on from where it was, so that it can be asked again and again; a new one begins at the first entry."""

    def __init__(self) -> None:
        self._reached = 0

    def run(self, database: Database, vault: Vault) -> int:
        """Look for what explains what is new, and what newly explains; returns how many were explained."""
        with database.reading() as session:
            end = tree.end(session)
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
    new = (EntryRow.position >= since, is_access())
    first = session.scalar(select(func.min(EntryRow.at)).where(*new))
    last = session.scalar(select(func.max(EntryRow.at)).where(*new))
    if log_keys is None or first is None or last is None:
        return {}
    waiting = (EntryRow.observed == true(), ExplanationRow.position.is_(None))
    span = EntryRow.at.between(first - WITHIN, last + WITHIN + LONGEST)
    open_ones = list(explanations.sides(session, log_keys, *waiting, span))
    if not open_ones:
        return {}
    around = (min(one.at for one in open_ones), max(one.at for one in open_ones))
    near = EntryRow.at.between(around[0] - WITHIN - LONGEST, around[1] + WITHIN)
    declared = Declared(explanations.sides(session, log_keys, EntryRow.observed.is_(False), near))
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
    about = select(AboutRow.person_id).where(AboutRow.position == observed).limit(1)
    return session.scalar(explanations.beyond(about, declared)) is None
