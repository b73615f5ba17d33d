"""Which records of an outside source are in the log already. The entry of each commits to the record's id and content;
the table by which it is found again proves nothing by itself."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import opening
from data.accesses.details import Details
from data.accesses.opening import Lost
from data.accesses.tables import DetailsRow, EntryRow, EvidenceRow
from data.accesses.told import RECORD, digest
from data.canonical import canonical
from data.database import insert
from data.sealing.vault import Vault

_CHUNK = 500


@dataclass(frozen=True)
class Record:
    """A record of a source: its own id there, and the SHA-256 (hex) of what it says."""

    source: str
    id: str
    content: str

    @staticmethod
    def of(source: str, id: str, told: object) -> Record:
        """The record that says `told`, a JSON value."""
        return Record(source, id, hashlib.sha256(canonical(told)).hexdigest())

    @property
    def committed(self) -> dict[str, str]:
        """What the entry keeps of it."""
        return {"id": digest(self.source, self.id), "content": self.content}

    @property
    def again(self) -> Record:
        """The same id, said with another content: a record of its own."""
        return replace(self, id=f"{self.id} with other content {self.content[:32]}")


@dataclass(frozen=True)
class Sorted:
    """What is not in the log yet, by its number among those asked about, and under which id it is to be kept; how many
    are there already, how many of the new ones have the id of another record (`conflicts`), and how many the table
    called known although no entry says so (`unfounded`)."""

    new: dict[int, Record]
    duplicates: int
    conflicts: int
    unfounded: int


def sort(session: Session, vault: Vault, records: Sequence[Record]) -> Sorted:
    """Tell the new records from those in the log."""
    held, unfounded = _held(session, vault, records)
    again = [one.again for one in records if held.get((one.source, one.id), one.content) != one.content]
    more, beyond = _held(session, vault, again)
    held |= more
    new: dict[int, Record] = {}
    conflicts = 0
    for number, one in enumerate(records):
        is_other = held.get((one.source, one.id), one.content) != one.content
        kept = one.again if is_other else one
        if (kept.source, kept.id) not in held:
            held[kept.source, kept.id] = kept.content
            new[number] = kept
            conflicts += is_other
    return Sorted(new, len(records) - len(new), conflicts, unfounded + beyond)


def keep(session: Session, records: Iterable[Record], positions: Iterable[int]) -> None:
    """Remember at which position each record is."""
    rows = [{"source": one.source, "id": one.id, "position": at} for one, at in zip(records, positions, strict=True)]
    made = insert(session, EvidenceRow)
    again = made.on_conflict_do_update(index_elements=["source", "id"], set_={"position": made.excluded.position})
    if rows:
        session.execute(again, rows)


def _held(session: Session, vault: Vault, records: Sequence[Record]) -> tuple[dict[tuple[str, str], str], int]:
    """The content of those records that an entry commits to, and how many rows no entry stands behind."""
    log_keys = opening.log_keys(session, vault)
    found: dict[tuple[str, str], str] = {}
    unfounded = 0
    for source in {one.source for one in records}:
        content = {one.id: one.content for one in records if one.source == source}
        ids = list(content)
        for first in range(0, len(ids), _CHUNK):
            rows = session.execute(
                select(EvidenceRow.id, EntryRow.position, EntryRow.source, EntryRow.commitment, DetailsRow.details)
                .outerjoin(EntryRow, EntryRow.position == EvidenceRow.position)
                .outerjoin(DetailsRow, DetailsRow.position == EvidenceRow.position)
                .where(EvidenceRow.source == source, EvidenceRow.id.in_(ids[first : first + _CHUNK]))
            )
            for row in rows:
                details = opening.details(log_keys, row, row.details)
                told = _told(details, content[row.id])
                if told.get("id") == digest(source, row.id) and row.source == source:
                    found[source, row.id] = told["content"]
                else:
                    unfounded += 1
    return found, unfounded


def _told(details: Details | Lost, content: str) -> Mapping[str, str]:
    """What an entry keeps of its record. Where its details were destroyed as promised nobody can tell what the record
    said, and one with the same id and `content` is taken for it."""
    if isinstance(details, Details):
        return details.read["scope"].get(RECORD, {})
    return {} if details.destroyed is None else {"id": details.destroyed.record, "content": content}
