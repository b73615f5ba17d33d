"""The access log: append only, gapless, one entry for each time somebody touched somebody's data.

An entry's leaf says nothing about who it concerns or who looked; that is in the details beside
it, which are sealed and which retention destroys in time (keeping.py). An entry is durable when its transaction is;
publishing.py takes the entries into the tree.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from data import driver, instants
from data.accesses import details, entry, keys, tree
from data.accesses.accessors import Accessor, Accessors, Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, TagsRow
from data.database import Table, lock
from data.people.viewer import Role, Viewer
from data.sealing.envelope import NONCE
from data.sealing.vault import Vault
from data.tlog import merkle

LOCK = "access log"
_FRESH = NONCE + 2 * entry.SALT_BYTES


@dataclass(frozen=True)
class Entry:
    """Something to log. `people` are the ids it is about (none for an event about nobody), `scope` is a JSON object
    that says what was touched, `count` how much of it, `at` when (None: now, microseconds UTC). `observed`: an
    audit outside Daylight saw it; whoever looked did not declare it."""

    action: Action
    people: Sequence[int]
    accessor: Viewer | Outside | None
    reason: Reason | None
    scope: Mapping[str, object]
    count: int
    at: int | None = None
    source: str = entry.DAYLIGHT
    observed: bool = False


def append(
    session: Session,
    vault: Vault,
    *,
    action: Action,
    people: Sequence[int],
    accessor: Viewer | Outside | None,
    reason: Reason | None,
    scope: Mapping[str, object],
    count: int,
    at: int | None = None,
    source: str = entry.DAYLIGHT,
    observed: bool = False,
) -> int:
    """Add one entry in the caller's transaction and return its position (0, 1, 2 ... without gaps); see Entry.

    Other writers of the log wait until this transaction ends, so append late in a long one. Raises
    Unreadable when the log's key cannot be opened.
    """
    one = Entry(action, people, accessor, reason, scope, count, at, source, observed)
    return extend(session, vault, [one]).start


def extend(session: Session, vault: Vault, entries: Sequence[Entry]) -> range:
    """Add many entries at once, as `append` does one; their positions, in order."""
    lock(session, LOCK, together=True)
    session.flush()  # what the caller has added so far is read past the mapper
    log_keys, start = keys.to_append(session, vault)
    rows = _Rows(log_keys, Accessors(session), instants.now())
    fresh = os.urandom(_FRESH * len(entries))
    for number, one in enumerate(entries):
        rows.add(start + number, one, fresh[_FRESH * number : _FRESH * (number + 1)])
    rows.insert(session)
    return range(start, start + len(entries))


def leaf(session: Session, position: int) -> bytes | None:
    """The bytes that the tree takes for `position`, or None beyond the end."""
    return next((found for _, found in tree.leaves(session, position, position + 1)), None)


class _Rows:
    """The rows of a batch, table by table, each in the order of the table's columns."""

    def __init__(self, log_keys: LogKeys, accessors: Accessors, now: int) -> None:
        self.keys, self.accessors, self.now = log_keys, accessors, now
        self.entries: list[tuple[Any, ...]] = []
        self.details: list[tuple[Any, ...]] = []
        self.about: list[tuple[int, int]] = []
        self.tags: list[tuple[int, bytes]] = []

    def add(self, position: int, one: Entry, fresh: bytes) -> None:
        """Make the rows of one entry. `fresh`: random bytes, never used before, for its salts and its seal."""
        about = one.people if len(one.people) == 1 else sorted(set(one.people))
        accessor = self.accessors.of(one.source, one.accessor)
        role, purpose, ticket = _why(one, accessor, about)
        action, at = one.action.value, self.now if one.at is None else one.at
        commitment, packed = details.made(
            accessor=accessor.told if role is None else accessor.told._replace(role=details.told(role)),
            action=action,
            at=at,
            source=one.source,
            count=one.count,
            observed=one.observed,
            purpose=purpose,
            ticket=ticket,
            scope=one.scope,
            people_count=len(about),
            recorded_at=self.now,
            identity=accessor.identity,
            salts=fresh[NONCE:],
        )
        told, people = commitment.hex(), self._tagged(position, about, commitment).hex()
        self.entries.append((position, at, self.now, action, one.source, one.count, told, one.observed, people))
        sealed, who = self.keys.seal_details(position, packed, fresh[:NONCE]), self.keys.digest(accessor.known)
        self.details.append(
            (position, sealed, accessor.person_id, who, accessor.automated, purpose, role or accessor.role, len(about))
        )

    def _tagged(self, position: int, about: Sequence[int], commitment: bytes) -> bytes:
        """Write down whom the entry is about; the root of their tags."""
        if len(about) == 1:  # most are; their one tag follows from the person's key
            (person,) = about
            self.about.append((position, person))
            return merkle.leaf_hash(self.keys.tagging(person)(commitment))  # the root of a tree of one
        tags = self.keys.tags_of(about, commitment)
        self.about.extend([(position, person) for person in about])
        if tags:
            self.tags.append((position, b"".join(tags)))
        return entry.people_root(tags)

    def insert(self, session: Session) -> None:
        for table, rows in (
            (EntryRow, self.entries),
            (DetailsRow, self.details),
            (AboutRow, self.about),
            (TagsRow, self.tags),
        ):
            driver.add(session, table.__tablename__, _columns(table), rows)


@cache
def _columns(table: type[Table]) -> tuple[str, ...]:
    return tuple(table.__table__.columns.keys())


def _why(one: Entry, accessor: Accessor, about: Sequence[int]) -> tuple[str | None, str, str]:
    """In which role (None: the accessor's), for which purpose and by which ticket."""
    own = isinstance(one.accessor, Viewer) and len(about) == 1 and accessor.person_id == about[0]
    role = Role.EMPLOYEE.value if own else None
    if one.reason is not None:
        return role, one.reason.purpose.value, one.reason.ticket
    return role, (Purpose.OWN if own and one.action in entry.ACCESSES else Purpose.NONE).value, ""
