"""Whether what lies beside the entries is what they committed to: the sealed details, and whom they are about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from data.accesses import entry, opening, tree
from data.accesses.accessors import known_as
from data.accesses.details import Details
from data.accesses.keys import LogKeys, Tag
from data.accesses.opening import Lost
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, EvidenceRow, TagKeyRow, TagsRow
from data.accesses.told import RECORD
from data.accesses.told import digest as digest_of
from data.proofs import explained
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from data.tlog.merkle import HASH

_CHUNK = 5_000
_UNFOUNDED = "a record is called known that this entry does not hold"
_FORGOTTEN = "the record that this entry holds is no longer called known"
# What lists and figures are found by. Not in the tree: the details say what each of them has to be.
_COLUMNS = (
    DetailsRow.accessor_id,
    DetailsRow.who,
    DetailsRow.automated,
    EntryRow.observed,
    DetailsRow.purpose,
    DetailsRow.role,
    DetailsRow.people_count,
)


def damaged(session: Session, vault: Vault) -> Iterator[Finding]:
    """Entries whose details do not open, are others or are gone; entries whose columns say otherwise than the details;
    and entries listed for others than they committed to. Nothing in this program takes details away."""
    log_keys = opening.log_keys(session, vault)
    if log_keys is None:
        if end := tree.end(session):
            yield Finding(What.KEY_GONE, 0, end)
        return
    log_keys = log_keys.apart()
    taggings, digest = _taggings(session, log_keys), cache(log_keys.digest)
    for first in range(0, tree.end(session), _CHUNK):
        inside = (EntryRow.position >= first, EntryRow.position < first + _CHUNK)
        people = _people(session, first)
        rows: Any = session.execute(
            select(EntryRow.position, EntryRow.recorded_at, EntryRow.source, EntryRow.commitment, EntryRow.people)
            .add_columns(DetailsRow.details, *_COLUMNS, TagsRow.tags)
            .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
            .outerjoin(TagsRow, TagsRow.position == EntryRow.position)
            .where(*inside)
            .order_by(EntryRow.position)
        )
        evidence = _evidence(session, first)
        for row in rows:
            details = opening.details(log_keys, row, row.details)
            yield from _details(digest, row, details)
            if isinstance(details, Details):
                yield from _recorded(row, details, evidence.get(row.position, ()))
            if not _is_about(row, people.get(row.position, ()), taggings):
                yield Finding(What.PEOPLE_CHANGED, row.position, row.position)
    nowhere = or_(EvidenceRow.position < 0, EvidenceRow.position >= tree.end(session))
    for position in session.scalars(select(EvidenceRow.position).where(nowhere)):
        yield Finding(What.EVIDENCE_CHANGED, position, position, _UNFOUNDED)
    yield from explained.damaged(session, log_keys)


def _details(digest: Callable[[str], str], row: Any, found: Details | Lost) -> Iterator[Finding]:
    if found is Lost.MISSING:
        yield Finding(What.DETAILS_MISSING, row.position, row.position)
        return
    if isinstance(found, Lost) or found.read["recorded_at"] != row.recorded_at:
        yield Finding(What.DETAILS_CHANGED, row.position, row.position)
        return
    committed = _committed(digest, row.source, found)
    wrong = [column.key for column in _COLUMNS if getattr(row, column.key) != committed[column.key]]
    if wrong:
        yield Finding(What.COLUMNS_CHANGED, row.position, row.position, ", ".join(wrong))


def _recorded(row: Any, details: Details, kept: Sequence[str]) -> Iterator[Finding]:
    """Whether the outside record that the entry was made of is called known, and no other at this entry."""
    told = details.read["scope"].get(RECORD)
    committed = [told["id"]] if isinstance(told, dict) and "id" in told else []
    if set(kept) - set(committed):
        yield Finding(What.EVIDENCE_CHANGED, row.position, row.position, _UNFOUNDED)
    if set(committed) - set(kept):
        yield Finding(What.EVIDENCE_CHANGED, row.position, row.position, _FORGOTTEN)


def _evidence(session: Session, first: int) -> dict[int, list[str]]:
    inside = (EvidenceRow.position >= first, EvidenceRow.position < first + _CHUNK)
    found: dict[int, list[str]] = {}
    for source, id, position in session.execute(
        select(EvidenceRow.source, EvidenceRow.id, EvidenceRow.position).where(*inside)
    ):
        found.setdefault(position, []).append(digest_of(source, id))
    return found


def _committed(digest: Callable[[str], str], source: str, found: Details) -> dict[str, Any]:
    accessor = found.accessor
    known = known_as(source, accessor)
    return {**found.read, "accessor_id": accessor.get("person"), "who": digest(known) if known else ""}


def _is_about(row: Any, people: Sequence[int], taggings: dict[int, Tag]) -> bool:
    commitment, kept = bytes.fromhex(row.commitment), row.tags
    try:
        tags = sorted(taggings[person](commitment) for person in people)
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


def _taggings(session: Session, log_keys: LogKeys) -> dict[int, Tag]:
    rows = session.execute(select(TagKeyRow.person_id, TagKeyRow.sealed))
    return {person: log_keys.tagging(person, sealed) for person, sealed in rows}
