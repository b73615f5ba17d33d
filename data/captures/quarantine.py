"""Quarantine: captures that were made while the programme was paused, sealed so that nobody opens them.

They are kept, until a privacy officer has reviewed that they came, as evidence of a device that does not obey: how
many, of which kind and when. Each sealed file has a key of its own under the keyring. Nothing that a viewer can ask
for opens one. The import does, to count what a second file brings again only once, a deletion of a part, to leave the
rest as it is, and retention, to count what of a file is overdue. Pictures of screens are not kept.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field

import pyarrow as pa
from sqlalchemy import delete, or_, select, tuple_
from sqlalchemy.orm import Session

from data.captures import columns, pausing, refusals, segments
from data.captures.pausing import Part, Why
from data.captures.scope import Scope
from data.captures.tables import PausedRow, QuarantineRow
from data.database import lock
from data.errors import Unreadable
from data.programme.reach import Reach
from data.sealing import envelope
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Batch:
    """One sealed file of refused captures, with the key that opens it; `parts` say how many of which."""

    person_id: int
    id: int
    import_id: int
    at: int
    digest: str
    parts: tuple[Part, ...]
    secret: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its object."""
        return segments.object_name(self.person_id, self.id)

    @property
    def first_at(self) -> int:
        """The instant of its first capture."""
        return min(one.first_at for one in self.parts)

    @property
    def last_at(self) -> int:
        """The instant of its last capture."""
        return max(one.last_at for one in self.parts)


@dataclass(frozen=True)
class Sealed:
    """A sealed file that no row names yet."""

    batch: Batch
    bytes: int


def seal(
    vault: Vault, person_id: int, import_id: int, starts: Sequence[int], table: pa.Table, names: list[str]
) -> Sealed:
    """Seal captures (SCHEMA) into a new object; its name is put into `names` before it is written."""
    secret, object_id = envelope.new_key(), segments.new_id()
    content = envelope.seal(secret, columns.pack(columns.ordered(table)), _binding(vault, person_id, object_id))
    found = pausing.parts(Why.PROGRAMME, starts, table)
    batch = Batch(person_id, object_id, import_id, 0, hashlib.sha256(content).hexdigest(), found, secret)
    names.append(batch.name)
    vault.objects.put(batch.name, content)
    return Sealed(batch, len(content))


def add(session: Session, vault: Vault, sealed: Iterable[Sealed], at: int) -> None:
    """Write the rows of what `seal` made."""
    for one in sealed:
        batch = one.batch
        binding = _binding(vault, batch.person_id, batch.id, "quarantine key")
        epoch, wrapped = vault.wrap(session, batch.secret, binding)
        session.add(
            QuarantineRow(
                person_id=batch.person_id,
                id=batch.id,
                import_id=batch.import_id,
                at=at,
                bytes=one.bytes,
                digest=batch.digest,
                epoch=epoch,
                wrapped=wrapped,
                erased_at=None,
            )
        )
        count(session, batch.person_id, batch.id, batch.parts, at)


def count(session: Session, person_id: int, number: int, found: Iterable[Part], at: int) -> None:
    """Write down how many captures of a pause were refused, with the file in quarantine or the import of this
    number."""
    session.add_all(PausedRow(person_id=person_id, id=number, at=at, **asdict(one)) for one in found)
    session.flush()


def listed(session: Session, vault: Vault, person_id: int) -> tuple[Batch, ...]:
    """The files in quarantine, oldest first. For what counts and erases; nobody else is given their keys."""
    query = select(QuarantineRow).where(QuarantineRow.person_id == person_id, QuarantineRow.wrapped.is_not(None))
    rows = session.scalars(query.order_by(QuarantineRow.id)).all()
    found = parts(session, person_id, [row.id for row in rows])
    return tuple(
        Batch(person_id, row.id, row.import_id, row.at, row.digest, found[row.id], _secret(vault, row))
        for row in rows
        if row.id in found
    )


def opened(vault: Vault, batch: Batch) -> pa.Table:
    """The captures of one file, for comparing and for erasing a part. Raises Unreadable."""
    sealed = vault.objects.get(batch.name)
    return columns.unpack(envelope.unseal(batch.secret, sealed, _binding(vault, batch.person_id, batch.id)))


def reviewed(session: Session, person_id: int) -> tuple[Reach, ...]:
    """What was reviewed and erased: a file that brings it again is refused, without a byte and without an alarm."""
    erased = select(QuarantineRow.id).where(QuarantineRow.person_id == person_id, QuarantineRow.erased_at.is_not(None))
    rows = session.scalars(
        select(PausedRow).where(PausedRow.person_id == person_id, PausedRow.id.in_(erased), PausedRow.device != "")
    )
    return tuple(
        Reach(frozenset({row.kind}), frozenset(), frozenset({row.device}), row.first_at, row.last_at + 1)
        for row in rows
    )


def names(session: Session, person_id: int) -> frozenset[str]:
    """The names of the objects in quarantine."""
    query = select(QuarantineRow.id).where(QuarantineRow.person_id == person_id, QuarantineRow.wrapped.is_not(None))
    return frozenset(segments.object_name(person_id, number) for number in session.scalars(query))


def without(session: Session, vault: Vault, person_id: int, scopes: Sequence[Scope], at: int) -> int:
    """Take what an erasure of `scopes` that began at `at` reaches out of the quarantine too; how many captures that
    was. What is left of a file is sealed anew, under another key."""
    lock(session, f"captures of {person_id}")
    taken = 0
    if any(scope.everything for scope in scopes):
        _forget_counts(session, person_id, at)
    for batch in listed(session, vault, person_id):
        first, last = batch.first_at, batch.last_at
        ended = [scope.reaching(at, segments.made_at(batch.import_id)) for scope in scopes]
        if not any(scope.overlaps(first, last) for scope in ended):
            continue
        total = sum(one.count for one in batch.parts)
        if any(not (one.kinds or one.apps or one.cuts(first, last)) and one.overlaps(first, last) for one in ended):
            taken += total
            drop(session, vault, [(person_id, batch.id)])
            continue
        table = opened(vault, batch)
        rest = columns.compact(table.filter(pa.array(~refusals.refused(ended, table))))
        if rest.num_rows == total:
            continue
        taken += total - rest.num_rows
        drop(session, vault, [(person_id, batch.id)])
        if rest.num_rows:
            starts, made = sorted({one.since for one in batch.parts}), list[str]()
            segments.after(session, "rollback", lambda made=made: segments.discard(vault, made))
            add(session, vault, [seal(vault, person_id, batch.import_id, starts, rest, made)], batch.at)
    return taken


def left(session: Session, vault: Vault, person_id: int, scope: Scope, at: int) -> int:
    """How many captures that an erasure of `scope` that began at `at` reaches are in quarantine, read back from what is
    stored."""
    held = listed(session, vault, person_id)
    meant = [(one, scope.reaching(at, segments.made_at(one.import_id))) for one in held]
    touched = [(one, ended) for one, ended in meant if ended.overlaps(one.first_at, one.last_at)]
    return sum(int(refusals.refused([ended], opened(vault, one)).sum()) for one, ended in touched)


def people(session: Session) -> tuple[int, ...]:
    """Everybody of whom something is in quarantine."""
    query = select(QuarantineRow.person_id).where(QuarantineRow.wrapped.is_not(None)).distinct()
    return tuple(sorted(session.scalars(query)))


def by_kind(session: Session, vault: Vault, person_id: int, scopes: Sequence[Scope]) -> Counter[str]:
    """How many captures of a person are in quarantine and in any of `scopes`, by kind. Only a file that a scope's time
    cuts is opened; one that does not open counts whole, as nobody can tell."""
    found = Counter[str]()
    query = select(QuarantineRow).where(QuarantineRow.person_id == person_id, QuarantineRow.wrapped.is_not(None))
    rows = session.scalars(query).all()
    counted = parts(session, person_id, [row.id for row in rows])
    for row in rows:
        held = counted.get(row.id, ())
        is_cut = any(scope.cuts(part.first_at, part.last_at) for part in held for scope in scopes)
        found += _read(vault, row, held, scopes) if is_cut else _inside(held, scopes)
    return found


def drop(session: Session, vault: Vault, batches: Sequence[tuple[int, int]]) -> None:
    """Forget files in quarantine (person, number): rows and keys now, the objects once this has committed."""
    for table in (QuarantineRow, PausedRow):
        session.execute(delete(table).where(tuple_(table.person_id, table.id).in_(batches)))
    gone = [segments.object_name(*one) for one in batches]
    segments.after(session, "commit", lambda: segments.discard(vault, gone))


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap the key of every file under the newest epoch."""
    for row in session.scalars(select(QuarantineRow).where(QuarantineRow.wrapped.is_not(None))):
        binding = _binding(vault, row.person_id, row.id, "quarantine key")
        row.epoch, row.wrapped = vault.wrap(session, _secret(vault, row), binding)
    session.flush()


def parts(session: Session, person_id: int, numbers: Sequence[int]) -> dict[int, tuple[Part, ...]]:
    """What was counted of these files in quarantine."""
    found: dict[int, tuple[Part, ...]] = {}
    wanted = set(numbers)
    if not wanted:
        return found
    query = select(PausedRow).where(PausedRow.person_id == person_id, PausedRow.why == Why.PROGRAMME.value)
    for row in session.scalars(query.order_by(PausedRow.since, PausedRow.device, PausedRow.kind)):
        if row.id in wanted:
            found[row.id] = (*found.get(row.id, ()), part(row))
    return found


def part(row: PausedRow) -> Part:
    """A row as what it says."""
    return Part(Why(row.why), row.since, row.device, row.kind, row.count, row.first_at, row.last_at)


def _inside(held: Iterable[Part], scopes: Sequence[Scope]) -> Counter[str]:
    """What of a file that no scope cuts is in one."""
    found = Counter[str]()
    for part in held:
        mine = (one for one in scopes if not one.kinds or part.kind in one.kinds)
        found[part.kind] += part.count if any(one.overlaps(part.first_at, part.last_at) for one in mine) else 0
    return found


def _read(vault: Vault, row: QuarantineRow, held: tuple[Part, ...], scopes: Sequence[Scope]) -> Counter[str]:
    """The same of a file that one cuts, opened."""
    try:
        secret = _secret(vault, row)
        table = opened(vault, Batch(row.person_id, row.id, row.import_id, row.at, row.digest, held, secret))
    except Unreadable:
        return sum((Counter({part.kind: part.count}) for part in held), Counter[str]())
    inside = table.filter(pa.array(refusals.refused(scopes, table)))
    return Counter(inside["kind"].cast(pa.string()).to_pylist())


def _forget_counts(session: Session, person_id: int, at: int) -> None:
    """Forget what was captured, or came, before `at` and is not in quarantine: the counts of own pauses and of what was
    erased after review."""
    mine = PausedRow.person_id == person_id, or_(PausedRow.last_at < at, PausedRow.at <= at)
    kept = select(QuarantineRow.id).where(QuarantineRow.person_id == person_id, QuarantineRow.wrapped.is_not(None))
    session.execute(delete(PausedRow).where(*mine, PausedRow.id.not_in(kept)))
    left = select(PausedRow.id).where(PausedRow.person_id == person_id)
    gone = QuarantineRow.person_id == person_id, QuarantineRow.wrapped.is_(None), QuarantineRow.id.not_in(left)
    session.execute(delete(QuarantineRow).where(*gone))


def _secret(vault: Vault, row: QuarantineRow) -> bytes:
    return vault.keyring.unwrap(row.epoch, row.wrapped or b"", _binding(vault, row.person_id, row.id, "quarantine key"))


def _binding(vault: Vault, person_id: int, object_id: int, what: str = "quarantined captures") -> bytes:
    return vault.binding(what, person=person_id, segment=object_id)
