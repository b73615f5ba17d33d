"""Sweeping: objects that no row names, left by an import that was cut off."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.captures import quarantine, segments
from data.captures.tables import ScreenRow, SegmentRow
from data.database import Database, lock
from data.sealing import durable
from data.sealing.vault import Vault

SPARED = instants.DAY  # an object this young may belong to an import that is still at work
_TOGETHER = 16  # objects that are deleted while whoever writes for the same person waits


def sweep(database: Database, vault: Vault, person_id: int, spared: int = SPARED) -> int:
    """Delete a person's objects that no row names and that are older than `spared` microseconds; returns how many.

    Not inside of a transaction: a few at a time are looked up once more and deleted in one that imports wait for, so
    that none goes which an import has named meanwhile, and none is named which went.
    """
    names = vault.objects.list(str(person_id))
    if not names:
        return 0
    with database.reading() as session:
        known = _named(session, person_id)
    latest = instants.now() - spared
    old = [name for name in names if name not in known and _made_at(name) <= latest]
    swept = 0
    for first in range(0, len(old), _TOGETHER):
        with database.writing() as session:
            lock(session, f"captures of {person_id}")
            known = _named(session, person_id)
            gone = [name for name in old[first : first + _TOGETHER] if name not in known]
            segments.discard(vault, gone)
            swept += len(gone)
    return swept


def _named(session: Session, person_id: int) -> set[str]:
    ids = {*session.scalars(select(SegmentRow.id).where(SegmentRow.person_id == person_id))}
    ids |= {*session.scalars(select(ScreenRow.id).where(ScreenRow.person_id == person_id))}
    return {segments.object_name(person_id, one) for one in ids} | quarantine.names(session, person_id)


def _made_at(name: str) -> int:
    """When an object was begun, also one whose write was cut off; 0 for what is not named as one."""
    number = name.rpartition("/")[2].removeprefix(durable.TEMPORARY).partition("-")[0]
    return segments.made_at(int(number)) if number.isdigit() else 0
