"""Whether what lies beside the entries is what they committed to: the sealed details, and whom they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses import entry, opening
from data.accesses.accessors import known_as
from data.accesses.details import Details
from data.accesses.keys import LogKeys
from data.accesses.opening import Lost
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, EvidenceRow, TagsRow
from data.accesses.told import digest as digest_of
from data.accesses.told import record_of
from data.proofs import explained, listed
from data.proofs.destroyed import Destructions
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from data.tlog.merkle import HASH

_CHUNK = 5_000
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
_UNFOUNDED = "a record is called known that this entry does not hold"
_FORGOTTEN = "the record that this entry holds is no longer called known"
# What lists and figures are found by. The details say what each of them has to be; of an entry that is not in the tree
# yet, nothing else does.
_COLUMNS = (
    EntryRow.action,
    EntryRow.at,
    EntryRow.source,
    EntryRow.count,
    EntryRow.observed,
    DetailsRow.accessor_id,
    DetailsRow.who,
    DetailsRow.automated,
    DetailsRow.purpose,
    DetailsRow.role,
    DetailsRow.people_count,
)
_NAMES = tuple(column.key for column in _COLUMNS)
_HELD, _SAID = attrgetter(*_NAMES), itemgetter(*_NAMES)


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
    digest, first, others = cache(log_keys.digest), _LOWEST, set[int]()
    destructions = Destructions(session, vault, log_keys, size)
    while True:
        rows = _rows(session, first)
        # Up to where the next ones begin, so that what stands beside no entry at all is looked at too.
        last = rows[-1].position if len(rows) == _CHUNK else _HIGHEST
        for finding in _damaged(session, log_keys, digest, destructions, rows, (first, last)):
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
    digest: Callable[[str], str],
    destructions: Destructions,
    rows: Sequence[Any],
    span: tuple[int, int],
) -> Iterator[Finding]:
    """What is wrong with the entries `rows`, and with what stands beside the positions of `span` (both ends)."""
    people, evidence = _people(session, span), _evidence(session, span)
    for row in rows:
        details = opening.details(log_keys, row, row.details)
        kept, about = evidence.pop(row.position, ()), people.pop(row.position, ())
        if isinstance(details, Lost) and details.destroyed is not None:
            yield from destructions.wrong(row, details.destroyed, len(about))
            yield from _recorded(row, details.destroyed.record, kept)
        else:
            yield from _details(digest, row, details)
        if isinstance(details, Details):
            yield from _recorded(row, record_of(details.read["scope"]), kept)
        if not _is_about(row, about, log_keys):
            yield Finding(What.PEOPLE_CHANGED, row.position, row.position)
    for position in people:
        yield Finding(What.NEWER_MISSING, position, position)
    for position in evidence:
        yield Finding(What.EVIDENCE_CHANGED, position, position, _UNFOUNDED)


def _rows(session: Session, first: int) -> Sequence[Any]:
    columns = (EntryRow.position, EntryRow.recorded_at, EntryRow.commitment, EntryRow.people, *_COLUMNS)
    query = (
        select(*columns, DetailsRow.details, TagsRow.tags)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .outerjoin(TagsRow, TagsRow.position == EntryRow.position)
        .where(EntryRow.position >= first)
        .order_by(EntryRow.position)
        .limit(_CHUNK)
    )
    return session.execute(query).all()


def _details(digest: Callable[[str], str], row: Any, found: Details | Lost) -> Iterator[Finding]:
    if found is Lost.MISSING:
        yield Finding(What.DETAILS_MISSING, row.position, row.position)
        return
    if isinstance(found, Lost) or found.read["recorded_at"] != row.recorded_at:
        yield Finding(What.DETAILS_CHANGED, row.position, row.position)
        return
    held, said = _HELD(row), _SAID(_committed(digest, found))
    if held != said:
        wrong = [name for name, one, other in zip(_NAMES, held, said, strict=True) if one != other]
        yield Finding(What.COLUMNS_CHANGED, row.position, row.position, ", ".join(wrong))


def _recorded(row: Any, record: str, kept: Sequence[str]) -> Iterator[Finding]:
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


def _committed(digest: Callable[[str], str], found: Details) -> dict[str, Any]:
    accessor = found.accessor
    known = known_as(found.read["source"], accessor)
    return {**found.read, "accessor_id": accessor.get("person"), "who": digest(known)}


def _is_about(row: Any, people: Sequence[int], log_keys: LogKeys) -> bool:
    kept = row.tags
    try:
        commitment = bytes.fromhex(row.commitment)
        tags = sorted([log_keys.tagging(person)(commitment) for person in people])
    except (TypeError, ValueError):  # a column holds what no entry can
        return False
    if len(tags) > 1 and kept != b"".join(tags):
        return False
    return entry.people_root(tags).hex() == row.people and len(kept or b"") // HASH in (0, len(tags))


def _people(session: Session, span: tuple[int, int]) -> dict[int, list[int]]:
    """Whom each entry is said to be about."""
    rows = session.execute(
        select(AboutRow.position, AboutRow.person_id)
        .where(AboutRow.position.between(*span))
        .order_by(AboutRow.position)
    )
    return {position: [person for _, person in group] for position, group in groupby(rows, key=itemgetter(0))}
