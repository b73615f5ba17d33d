"""Compaction: many small segments of neighbouring times as few larger ones, which take fewer bytes and open faster."""

from __future__ import annotations

from data.captures import columns, segments
from data.captures.segments import Segment
from data.database import Database, lock
from data.sealing.vault import Vault

SMALL = segments.ROWS // 2  # captures; a segment with more is left alone


def compact(database: Database, vault: Vault, person_id: int) -> int:
    """Merge runs of small segments that follow each other in time; returns how many fewer there are.

    One merged segment a transaction: whoever writes for the same person waits only for that one. A reading that
    began before finds an object gone (Unreadable) and begins again.
    """
    before = after = 0
    while True:
        with database.writing() as session:
            lock(session, f"captures of {person_id}")
            known = segments.listed(session, person_id)
            before = before or len(known)
            after = len(known)
            run = next((run for run in runs(known) if len(run) > 1), None)
            if run is None:
                return before - after
            tables = [segments.open_one(session, vault, segment) for segment in run]
            # The oldest: a deletion takes all that had come when it began, whatever its clock said.
            oldest = min(segment.import_id for segment in run)
            segments.write(session, vault, person_id, oldest, columns.joined(tables))
            segments.remove(session, vault, person_id, [segment.id for segment in run])


def runs(known: tuple[Segment, ...]) -> list[list[Segment]]:
    """Neighbours by first instant, grouped so that each group of more than one fits into one segment."""
    found: list[list[Segment]] = []
    for segment in known:
        together = found[-1] if found else []
        small = segment.count < SMALL and all(other.count < SMALL for other in together)
        if together and small and sum(other.count for other in together) + segment.count <= segments.ROWS:
            together.append(segment)
        else:
            found.append([segment])
    return found
