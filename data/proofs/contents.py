"""Whether what lies beside the entries is what they committed to: the sealed details, and whom they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import driver
from data.accesses import about, entry, opening
from data.accesses.accessors import known_as
from data.accesses.details import Details, accessor_of
from data.accesses.keys import LogKeys
from data.accesses.opening import Lost
from data.accesses.tables import EntryRow, EvidenceRow
from data.accesses.told import digest as digest_of
from data.accesses.told import record_of
from data.proofs import explained, listed
from data.proofs.destroyed import Destructions
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault

_CHUNK = 5_000
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_UNFOUNDED = "a record is called known that this entry does not hold"
_FORGOTTEN = "the record that this entry holds is no longer called known"
# What lists and figures are found by. The details say what each of them has to be; of an entry that is not in the tree
# yet, nothing else does.
_SAID = ("action", "at", "source", "count", "observed", "automated", "purpose", "role", "people_count")
_NAMES = ("accessor_id", "who", *_SAID)
_said = itemgetter(*_SAID)
# By the driver itself: a check of the whole log reads each of them.
_ENTRIES = """SELECT entry."position", "recorded_at", "commitment", "people", "details", "tags",
    "accessor_id", "who", "action", "at", "source", "count", "observed", "automated", "purpose", "role", "people_count"
    FROM access_entries entry
    LEFT JOIN access_details details ON details."position" = entry."position"
    LEFT JOIN access_tags tags ON tags."position" = entry."position"
    WHERE entry."position" >= ? ORDER BY entry."position" LIMIT ?"""

# The columns (accessor_id, who) that follow from an entry's source and the identity in its details.
Who = Callable[[str, bytes], tuple[Any, str]]


class _Row(NamedTuple):
    """An entry with what lies beside it, and from `accessor_id` on the columns of _NAMES."""

    position: int
    recorded_at: int
    commitment: str
    people: str
    details: bytes | None
    tags: bytes | None
    accessor_id: int | None
    who: str
    action: str
    at: int
    source: str
    counted: int
    observed: bool
    automated: bool
    purpose: str
    role: str
    people_count: int


def damaged(session: Session, vault: Vault, size: int = 0) -> Iterator[Finding]:
    """Entries whose details do not open, are others or are gone, unless they were destroyed as promised; entries whose
    columns say otherwise than the details; and entries listed for others than they committed to. Of the entries
    before `size` it is known otherwise when one is missing."""
    log_keys = opening.log_keys(session, vault)
    if log_keys is None:
        if entries := session.scalar(select(func.count()).select_from(EntryRow)):
            yield Finding(What.KEY_GONE, 0, entries)
        return
    log_keys = log_keys.apart()
    who, first, others = cache(_who(log_keys)), _LOWEST, set[int]()
    destructions = Destructions(session, vault, log_keys, size)
    while True:
        rows = _rows(session, first)
        # Up to where the next ones begin, so that what stands beside no entry at all is looked at too.
        last = rows[-1].position if len(rows) == _CHUNK else _HIGHEST
        for finding in _damaged(session, log_keys, who, destructions, rows, (first, last)):
            if finding.what is What.PEOPLE_CHANGED:
                others.add(finding.first)
            if finding.what is not What.NEWER_MISSING or not 0 <= finding.first < size:
                yield finding
        if last == _HIGHEST:
            break
        first = last + 1
    yield from (Finding(What.LIST_CHANGED, at, at) for at in listed.wrong(session, size) if at not in others)
    yield from explained.damaged(session, log_keys)
    yield from destructions.unfulfilled()


def _damaged(
    session: Session,
    log_keys: LogKeys,
    who: Who,
    destructions: Destructions,
    rows: Sequence[_Row],
    span: tuple[int, int],
) -> Iterator[Finding]:
    """What is wrong with the entries `rows`, and with what stands beside the positions of `span` (both ends)."""
    people, evidence = about.listed(session, *span), _evidence(session, span)
    for row in rows:
        details = opening.once(log_keys, row.position, row.commitment, row.details)
        kept, said = evidence.pop(row.position, ()), people.pop(row.position, ())
        if isinstance(details, Lost) and details.destroyed is not None:
            yield from destructions.wrong(row, details.destroyed, len(said))
            yield from _recorded(row, details.destroyed.record, kept)
        else:
            yield from _details(who, row, details)
        if isinstance(details, Details):
            yield from _recorded(row, record_of(details.read["scope"]), kept)
        if not _is_about(row, said, log_keys):
            yield Finding(What.PEOPLE_CHANGED, row.position, row.position)
    for position in people:
        yield Finding(What.NEWER_MISSING, position, position)
    for position in evidence:
        yield Finding(What.EVIDENCE_CHANGED, position, position, _UNFOUNDED)


def _rows(session: Session, first: int) -> Sequence[_Row]:
    return [_Row._make(row) for row in driver.run(session, _ENTRIES, (first, _CHUNK)).fetchall()]


def _details(who: Who, row: _Row, found: Details | Lost) -> Iterator[Finding]:
    if found is Lost.MISSING:
        yield Finding(What.DETAILS_MISSING, row.position, row.position)
        return
    if isinstance(found, Lost) or found.read["recorded_at"] != row.recorded_at:
        yield Finding(What.DETAILS_CHANGED, row.position, row.position)
        return
    said = (*who(found.read["source"], found.identity), *_said(found.read))
    held = row[-len(_NAMES) :]
    if held != said:
        wrong = [name for name, one, other in zip(_NAMES, held, said, strict=True) if one != other]
        yield Finding(What.COLUMNS_CHANGED, row.position, row.position, ", ".join(wrong))


def _who(log_keys: LogKeys) -> Who:
    def who(source: str, identity: bytes) -> tuple[Any, str]:
        accessor = accessor_of(identity)
        return accessor.get("person"), log_keys.digest(known_as(source, accessor))

    return who


def _recorded(row: _Row, record: str, kept: Sequence[str]) -> Iterator[Finding]:
    """Whether the outside record that the entry was made of is called known, and no other at this entry."""
    committed = [record] if record else []
    if set(kept) - set(committed):
        yield Finding(What.EVIDENCE_CHANGED, row.position, row.position, _UNFOUNDED)
    if set(committed) - set(kept):
        yield Finding(What.EVIDENCE_CHANGED, row.position, row.position, _FORGOTTEN)


def _evidence(session: Session, span: tuple[int, int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for source, id, position in session.execute(
        select(EvidenceRow.source, EvidenceRow.id, EvidenceRow.position).where(EvidenceRow.position.between(*span))
    ):
        found.setdefault(position, []).append(digest_of(source, id))
    return found


def _is_about(row: _Row, people: Sequence[int], log_keys: LogKeys) -> bool:
    """Whether these are the people that the entry committed to, and their tags are kept where they are several."""
    tags = about.tags(log_keys, row.commitment, people)
    if tags is None or row.tags != (b"".join(tags) if len(tags) > 1 else None):
        return False
    return entry.people_root(tags).hex() == row.people
