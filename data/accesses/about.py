"""Whom entries are about, as each committed to it: the rows beside the log are believed only where they fit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import entry
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow

_CHUNK = 500


class Committed(NamedTuple):
    """What an entry says of whom it is about: its commitment and the root of their tags, both hex."""

    position: int
    commitment: str
    people: str


class People:
    """Reads whom entries are about. The same people are held once."""

    def __init__(self, session: Session, keys: LogKeys) -> None:
        self._session, self._keys = session, keys
        self._same: dict[frozenset[int], frozenset[int]] = {}

    def of(self, entries: Iterable[Committed]) -> dict[int, frozenset[int]]:
        """Whom each is about; one that is listed for others than it committed to is left out."""
        wanted, found = list(entries), dict[int, frozenset[int]]()
        for first in range(0, len(wanted), _CHUNK):
            chunk = wanted[first : first + _CHUNK]
            listed = self._listed([one.position for one in chunk])
            for one in chunk:
                people = listed.get(one.position, [])
                if self._is_committed(one, people):
                    held = frozenset(people)
                    found[one.position] = self._same.setdefault(held, held)
        return found

    def _listed(self, positions: list[int]) -> dict[int, list[int]]:
        rows = self._session.connection().execute(
            select(AboutRow.position, AboutRow.person_id)
            .where(AboutRow.position.in_(positions))
            .order_by(AboutRow.position)
        )
        return {position: [person for _, person in group] for position, group in groupby(rows, key=itemgetter(0))}

    def _is_committed(self, one: Committed, people: list[int]) -> bool:
        try:
            commitment = bytes.fromhex(one.commitment)
            tags = self._keys.tags_of(people, commitment)
        except (TypeError, ValueError):  # a column holds what no entry can
            return False
        return entry.people_root(tags).hex() == one.people
