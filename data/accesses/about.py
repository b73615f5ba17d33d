"""Whom entries are about, as each committed to it: the rows beside the log are believed only where they fit."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import driver
from data.accesses import entry
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow, TagsRow

_CHUNK = 500
_PEOPLE = (
    """SELECT "position", "person_id" FROM access_people WHERE "position" >= ? AND "position" <= ? ORDER BY 1, 2"""
)
_UNTAGGED = """SELECT "position", "person_id" FROM access_people WHERE "position" >= ? AND "position" <= ?
    AND "position" NOT IN (SELECT "position" FROM access_tags WHERE "position" >= ? AND "position" <= ?)
    ORDER BY 1, 2"""


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
        made = tags(self._keys, one.commitment, people)
        return made is not None and entry.people_root(made).hex() == one.people


def tags(keys: LogKeys, commitment: str, people: Iterable[int]) -> list[bytes] | None:
    """The sorted tags of an entry with this commitment (hex) that is about these people; None where a column holds what
    no entry can."""
    try:
        return keys.tags_of(people, bytes.fromhex(commitment))
    except (TypeError, ValueError):
        return None


def several(session: Session, first: int, last: int) -> dict[int, bytes]:
    """The tags that are kept of those entries from `first` to `last` that are about several people, joined."""
    inside = TagsRow.position.between(first, last)
    return dict(session.execute(select(TagsRow.position, TagsRow.tags).where(inside)).all())


def listed(session: Session, first: int, last: int) -> dict[int, list[int]]:
    """Whom each of the entries from `first` to `last` is said to be about, by id."""
    # By the driver itself: a check of the whole log reads each of them.
    return _by_entry(driver.run(session, _PEOPLE, (first, last)).fetchall())


def untagged(session: Session, first: int, last: int) -> dict[int, list[int]]:
    """As `listed`, of those of which no tags are kept: of one that is about thousands, they usually are."""
    return _by_entry(driver.run(session, _UNTAGGED, (first, last, first, last)).fetchall())


def _by_entry(rows: Iterable[tuple[int, int]]) -> dict[int, list[int]]:
    return {position: [person for _, person in group] for position, group in groupby(rows, key=itemgetter(0))}
