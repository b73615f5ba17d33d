"""Whether details that are gone may be: an entry of the log says so, of these accesses, once the promise was kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import false, func, select
from sqlalchemy.orm import Session

from data.accesses import keeping
from data.accesses.destroyed import MARK, ROLE, Destroyed
from data.accesses.keys import LogKeys
from data.accesses.tables import DetailsRow, EntryRow
from data.looks import explanations
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault


class Destructions:
    """Judges each access whose details were destroyed, and at the end what entries say was. Of the entries before
    `size` the tree holds the time and the kind."""

    def __init__(self, session: Session, vault: Vault, log_keys: LogKeys, size: int) -> None:
        self._kept = keeping.read(session, vault)
        self._said = {one.position: one for one in self._kept.said}
        self._size, self._seen = size, Counter[int]()
        gone = func.substr(DetailsRow.details, 1, len(MARK)) == MARK
        open_ = select(EntryRow.position).join(DetailsRow, DetailsRow.position == EntryRow.position)
        is_open = explanations.is_open(session, log_keys) if self._said else false()
        self._open = set(session.scalars(open_.where(gone, is_open)))

    def wrong(self, row: Any, found: Destroyed, people: int) -> Iterator[Finding]:
        """What is wrong with an entry (`row`), of which `found` stands in the place of its details; `people`: how many
        it is about."""
        said = self._said.get(found.said)
        if said is None:
            yield Finding(What.DESTROYED_UNSAID, row.position, row.position)
            return
        self._seen[found.said] += row.position in said.accesses
        why = self._kept.refusal(row.position, row.at, row.action, said)
        if not why and row.position in self._open:
            why = "an audit saw this look and nothing explains it"
        if not why and row.position >= self._size:
            why = "the log has not taken it into its tree"
        if why:
            yield Finding(What.DESTROYED_EARLY, row.position, row.position, why)
        held = row.accessor_id, row.who, bool(row.automated), row.purpose, row.role, row.people_count, row.observed
        names = "accessor_id", "who", "automated", "purpose", "role", "people_count", "observed"
        wanted = None, "", False, found.purpose, ROLE, people, found.observed
        if held != wanted:
            wrong = [name for name, one, other in zip(names, held, wanted, strict=True) if one != other]
            yield Finding(What.COLUMNS_CHANGED, row.position, row.position, ", ".join(wrong))

    def unfulfilled(self) -> Iterator[Finding]:
        """Entries that say of details that they were destroyed, which are there or are gone in another way."""
        for one in self._kept.said:
            if self._seen[one.position] != len(one.accesses):
                yield Finding(What.DESTROYED_NOT, one.position, one.position)
