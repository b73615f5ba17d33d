"""Sweeping: objects that no row names, left by an import that was cut off."""

from __future__ import annotations

from sqlalchemy import select

from data import instants
from data.captures import quarantine, segments
from data.captures.tables import ScreenRow, SegmentRow
from data.database import Database
from data.sealing import durable
from data.sealing.vault import Vault

SPARED = instants.DAY  # an object this young may belong to an import that is still at work


def sweep(database: Database, vault: Vault, person_id: int, spared: int = SPARED) -> int:
    """Delete a person's objects that no row names and that are older than `spared` microseconds; returns how many."""
    names = vault.objects.list(str(person_id))
    if not names:
        return 0
    with database.reading() as session:
        ids = {*session.scalars(select(SegmentRow.id).where(SegmentRow.person_id == person_id))}
        ids |= {*session.scalars(select(ScreenRow.id).where(ScreenRow.person_id == person_id))}
        apart = quarantine.names(session, person_id)
    known = apart | {segments.object_name(person_id, object_id) for object_id in ids}
    latest = instants.now() - spared
    old = [name for name in names if name not in known and _made_at(name) <= latest]
    segments.discard(vault, old)
    return len(old)


def _made_at(name: str) -> int:
    """When an object was begun, also one whose write was cut off; 0 for what is not named as one."""
    number = name.rpartition("/")[2].removeprefix(durable.TEMPORARY).partition("-")[0]
    return segments.made_at(int(number)) if number.isdigit() else 0
