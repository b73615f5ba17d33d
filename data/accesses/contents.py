"""Whether what lies beside the entries is what they committed to: the sealed details, and whom they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import entry, keys, tree
from data.accesses.findings import Finding, What
from data.accesses.keys import LogKeys
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, TagKeyRow, TagsRow
from data.errors import Unreadable
from data.sealing.vault import Vault
from data.tlog.merkle import HASH

_CHUNK = 5_000


def damaged(session: Session, vault: Vault) -> Iterator[Finding]:
    """Entries whose details do not open or are others, and entries listed for others than they committed to.

    Details that retention destroyed are no damage; that an entry is about somebody is kept as long as the entry.
    """
    log_keys = keys.find(session, vault)
    if log_keys is None:
        return
    tag_keys = _tag_keys(session, log_keys)
    for first in range(0, tree.end(session), _CHUNK):
        inside = (EntryRow.position >= first, EntryRow.position < first + _CHUNK)
        people = _people(session, first)
        rows: Any = session.execute(
            select(EntryRow.position, EntryRow.recorded_at, EntryRow.commitment, EntryRow.people)
            .add_columns(DetailsRow.details, TagsRow.tags)
            .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
            .outerjoin(TagsRow, TagsRow.position == EntryRow.position)
            .where(*inside)
            .order_by(EntryRow.position)
        )
        for row in rows:
            if row.details is not None and not _opens(log_keys, row):
                yield Finding(What.DETAILS_CHANGED, row.position, row.position)
            if not _is_about(row, people.get(row.position, ()), tag_keys):
                yield Finding(What.PEOPLE_CHANGED, row.position, row.position)


def _opens(log_keys: LogKeys, row: Any) -> bool:
    try:
        told = keys.opened(log_keys, row, row.details).read
    except Unreadable:
        return False
    return told["recorded_at"] == row.recorded_at


def _is_about(row: Any, people: Sequence[int], tag_keys: dict[int, bytes]) -> bool:
    commitment, kept = bytes.fromhex(row.commitment), row.tags
    try:
        tags = sorted(entry.tag(tag_keys[person], commitment) for person in people)
    except KeyError:
        return False
    if len(tags) > 1 and kept != b"".join(tags):
        return False
    return entry.people_root(tags).hex() == row.people and len(kept or b"") // HASH in (0, len(tags))


def _people(session: Session, first: int) -> dict[int, list[int]]:
    rows = session.execute(
        select(AboutRow.position, AboutRow.person_id, EntryRow.at == AboutRow.at)
        .join(EntryRow, EntryRow.position == AboutRow.position)
        .where(AboutRow.position >= first, AboutRow.position < first + _CHUNK)
        .order_by(AboutRow.position)
    ).all()
    return {
        position: [person if in_time else 0 for _, person, in_time in group]
        for position, group in groupby(rows, key=itemgetter(0))
    }


def _tag_keys(session: Session, log_keys: LogKeys) -> dict[int, bytes]:
    rows = session.execute(select(TagKeyRow.person_id, TagKeyRow.sealed))
    return {person: log_keys.open_tag_key(person, sealed) for person, sealed in rows}
