"""The access log: append only, gapless, one entry for each time somebody touched somebody's data.

An entry's leaf says nothing about who it concerns or who looked; that is in the details beside
it, which are sealed and which retention can destroy. An entry is durable when its transaction is;
publishing.py takes the entries into the tree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from data import instants
from data.accesses import details, entry, keys, tree
from data.accesses.accessors import Accessor, Accessors, Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, TagsRow
from data.database import lock
from data.people.viewer import Role, Viewer
from data.sealing.vault import Vault

LOCK = "access log"


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
    lock(session, LOCK)
    log_keys = keys.make(session, vault)
    tag_keys = keys.tag_keys(session, log_keys, sorted({person for one in entries for person in one.people}))
    start = tree.end(session)
    rows = _Rows(log_keys, Accessors(session, log_keys), tag_keys, instants.now())
    for position, one in enumerate(entries, start):
        rows.add(position, one)
    rows.insert(session)
    return range(start, start + len(entries))


def leaf(session: Session, position: int) -> bytes | None:
    """The bytes that the tree takes for `position`, or None beyond the end."""
    return next((found for _, found in tree.leaves(session, position, position + 1)), None)


class _Rows:
    """The rows of a batch, table by table."""

    def __init__(self, log_keys: LogKeys, accessors: Accessors, tag_keys: Mapping[int, bytes], now: int) -> None:
        self.keys, self.accessors, self.tag_keys, self.now = log_keys, accessors, tag_keys, now
        self.entries: list[dict[str, Any]] = []
        self.details: list[dict[str, Any]] = []
        self.about: list[dict[str, Any]] = []
        self.tags: list[dict[str, Any]] = []

    def add(self, position: int, one: Entry) -> None:
        about = sorted(set(one.people))
        accessor = self.accessors.of(one.source, one.accessor)
        fields = _fields(one, accessor, about, self.now)
        kept = details.made(fields, accessor.identity)
        commitment = kept.commitment
        tags = sorted(entry.tag(self.tag_keys[person], commitment) for person in about)
        at = self.now if one.at is None else one.at
        self.entries.append(
            {
                "position": position,
                "at": at,
                "recorded_at": self.now,
                "action": one.action.value,
                "source": one.source,
                "count": one.count,
                "commitment": commitment.hex(),
                "people": entry.people_root(tags).hex(),
            }
        )
        self.details.append(
            {
                "position": position,
                "details": self.keys.seal_details(position, kept.packed()),
                "accessor_id": accessor.person_id,
                "who": accessor.who,
                "automated": accessor.automated,
                "observed": one.observed,
                "purpose": fields["purpose"],
                "role": fields["role"],
                "people_count": len(about),
            }
        )
        self.about.extend({"person_id": person, "at": at, "position": position} for person in about)
        if len(tags) > 1:
            self.tags.append({"position": position, "tags": b"".join(tags)})

    def insert(self, session: Session) -> None:
        mapped = ((EntryRow, self.entries), (DetailsRow, self.details), (AboutRow, self.about), (TagsRow, self.tags))
        # Past the mapper: it looks at each row again, which takes as long as the database does.
        connection = session.connection()
        for row, rows in mapped:
            if rows:
                table: Any = row.__table__
                connection.execute(insert(table), rows)


def _fields(one: Entry, accessor: Accessor, about: Sequence[int], now: int) -> dict[str, object]:
    """The details of an entry but for `who`: in which role, why and what exactly."""
    own = isinstance(one.accessor, Viewer) and len(about) == 1 and accessor.person_id == about[0]
    purpose, ticket = Purpose.OWN if own and one.action in entry.ACCESSES else Purpose.NONE, ""
    if one.reason is not None:
        purpose, ticket = one.reason.purpose, one.reason.ticket
    return {
        "role": Role.EMPLOYEE.value if own else accessor.role,
        "team": accessor.team,
        "account": accessor.account,
        "automated": accessor.automated,
        "shared": accessor.shared,
        "observed": one.observed,
        "purpose": purpose.value,
        "ticket": ticket,
        "scope": dict(one.scope),
        "people_count": len(about),
        "recorded_at": now,
    }
