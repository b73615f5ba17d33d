"""Segments: a person's captures as sealed files, and the rows that say which there are."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace

import pyarrow as pa
from sqlalchemy import delete, event, select, update
from sqlalchemy.orm import Session

from data import instants
from data.captures import columns, merging, references, vocabulary
from data.captures.schema import COLUMNS
from data.captures.tables import SegmentRow
from data.errors import Unreadable
from data.sealing import envelope, keys
from data.sealing.keys import PersonKey
from data.sealing.vault import Vault

ROWS = 2**17  # in a segment: opens in 15 ms; more rows save 1 % of the bytes, fewer cost it


@dataclass(frozen=True)
class Segment:
    """One sealed file: captures from `first_at` to `last_at`, both inclusive, microseconds UTC."""

    person_id: int
    id: int
    first_at: int
    last_at: int
    count: int
    bytes: int
    digest: str
    key_version: int
    wrapped_key: bytes = field(repr=False)
    import_id: int


@dataclass(frozen=True)
class Beside:
    """What is kept beside a segment, sealed under its key, so that it need not be opened. None: too much to keep."""

    vocabulary: bytes | None
    pictures: bytes | None


SealedSegment = tuple[Segment, Beside]


def seal(vault: Vault, key: PersonKey, person_id: int, import_id: int, table: pa.Table) -> tuple[SealedSegment, ...]:
    """Seal captures into new objects, each with what is kept beside it. No row names them until `add`."""
    table = columns.ordered(table)
    first_id = new_id()
    starts = range(0, table.num_rows, ROWS)
    try:
        return tuple(
            _seal_one(vault, key, person_id, import_id, first_id + number, table.slice(start, ROWS))
            for number, start in enumerate(starts)
        )
    except BaseException:
        discard(vault, [object_name(person_id, first_id + number) for number in range(len(starts))])
        raise


def add(session: Session, sealed: Iterable[SealedSegment]) -> None:
    """Write the rows of segments that `seal` made."""
    session.add_all(SegmentRow(**asdict(segment), **asdict(beside)) for segment, beside in sealed)
    session.flush()


def write(session: Session, vault: Vault, person_id: int, import_id: int, table: pa.Table) -> tuple[Segment, ...]:
    """Seal captures (SCHEMA, any order) into segments sorted by time. The objects go again if this is rolled back."""
    sealed = seal(vault, keys.current(session, vault, person_id), person_id, import_id, columns.checked(table))
    names = [name_of(segment) for segment, _ in sealed]
    after(session, "rollback", lambda: discard(vault, names))
    add(session, sealed)
    return tuple(segment for segment, _ in sealed)


def listed(session: Session, person_id: int, start: int | None = None, end: int | None = None) -> tuple[Segment, ...]:
    """The segments that touch [start, end), by (first_at, id)."""
    query = select(SegmentRow).where(SegmentRow.person_id == person_id)
    if start is not None:
        query = query.where(SegmentRow.last_at >= start)
    if end is not None:
        query = query.where(SegmentRow.first_at < end)
    rows = session.scalars(query.order_by(SegmentRow.first_at, SegmentRow.id))
    names = Segment.__dataclass_fields__
    return tuple(Segment(**{name: getattr(row, name) for name in names}) for row in rows)


def read(
    session: Session,
    vault: Vault,
    person_id: int,
    *,
    columns: Sequence[str] = COLUMNS,
    start: int | None = None,
    end: int | None = None,
    newest_first: bool = False,
    places: bool = False,
    only: Sequence[Segment] | None = None,
) -> Iterator[pa.Table]:
    """The captures in [start, end), table after table; each table ascending by (at, segment, row).

    Tables come in ascending order, or the newest first (each still ascending inside). `places` adds the int64
    columns `segment` and `row`: with `at` they are a total order and name each capture. `only` opens no other
    segments (as `may_hold` picks them). Keys are fetched now; the objects are opened one by one as they are asked
    for. Raises Unreadable for a destroyed key and for an altered or removed object.
    """
    chosen = listed(session, person_id, start, end) if only is None else tuple(only)
    opened = {v: keys.find(session, vault, person_id, v) for v in {segment.key_version for segment in chosen}}
    wanted = columns if "at" in columns else ("at", *columns)

    def load(segment: Segment) -> pa.Table:
        found = merging.placed(_open(vault, opened[segment.key_version], segment, wanted), segment.id)
        return merging.between(found, start, end)

    extra = ["segment", "row"] if places else []
    return (table.select([*columns, *extra]) for table in merging.merged(chosen, load, newest_first=newest_first))


def open_keys(session: Session, vault: Vault, person_id: int) -> dict[int, PersonKey]:
    """The versions of the person's key that its segments are under. Raises Unreadable where one was destroyed."""
    query = select(SegmentRow.key_version).where(SegmentRow.person_id == person_id).distinct()
    return {version: keys.find(session, vault, person_id, version) for version in session.scalars(query)}


def open_with(vault: Vault, key: PersonKey, segment: Segment, columns: Sequence[str] = COLUMNS) -> pa.Table:
    """The rows of one segment, under the version of the person's key that it names. Raises Unreadable."""
    return _open(vault, key, segment, columns)


def content(vault: Vault, key: PersonKey, segment: Segment) -> bytes:
    """One segment opened, as it was packed: a Parquet file. Raises Unreadable."""
    sealed = vault.objects.get(name_of(segment))
    return envelope.unseal(_secret(vault, key, segment), sealed, _binding(vault, segment, "segment"))


def open_one(session: Session, vault: Vault, segment: Segment) -> pa.Table:
    """Every row of one segment. Raises Unreadable."""
    key = keys.find(session, vault, segment.person_id, segment.key_version)
    return _open(vault, key, segment, COLUMNS)


def may_hold(session: Session, vault: Vault, segments: Sequence[Segment], text: str) -> tuple[Segment, ...]:
    """Those of one person's `segments` that may hold `text` in app, title, text or value, in any case."""
    if not segments or not text:
        return tuple(segments)
    found = _beside(session, vault, segments, "vocabulary")
    return tuple(segment for segment, words in found if vocabulary.may_hold(words, text))


def pictures(session: Session, vault: Vault, segments: Sequence[Segment]) -> Iterator[tuple[Segment, pa.Table | None]]:
    """Which pictures the captures of one person's `segments` show, as references.read has it; None: open it to see."""
    for segment, kept in _beside(session, vault, segments, "pictures"):
        yield segment, None if kept is None else references.read(kept)


def remove(session: Session, vault: Vault, person_id: int, ids: Iterable[int]) -> None:
    """Remove the rows now and the objects once this transaction has committed."""
    gone = list(ids)
    session.execute(delete(SegmentRow).where(SegmentRow.person_id == person_id, SegmentRow.id.in_(gone)))
    names = [object_name(person_id, segment_id) for segment_id in gone]
    after(session, "commit", lambda: discard(vault, names))


def rewrapped(vault: Vault, segment: Segment, old: PersonKey, new: PersonKey) -> Segment:
    """The segment with its own key wrapped under `new` instead of `old`; its object stays as it is."""
    where = {"person": segment.person_id, "segment": segment.id}
    secret = envelope.unseal(old.secret, segment.wrapped_key, wrapping(vault, "segment key", old.version, **where))
    wrapped = envelope.seal(new.secret, secret, wrapping(vault, "segment key", new.version, **where))
    return replace(segment, key_version=new.version, wrapped_key=wrapped)


def keep_keys(session: Session, changed: Iterable[Segment]) -> None:
    """Write the keys of segments that `rewrapped` gave."""
    names = ("person_id", "id", "key_version", "wrapped_key")
    rows = [{name: getattr(segment, name) for name in names} for segment in changed]
    if rows:
        session.execute(update(SegmentRow), rows)
    session.expire_all()


def object_name(person_id: int, object_id: int) -> str:
    """The name of a segment's or screen's object."""
    return f"{person_id}/{object_id}"


def name_of(segment: Segment) -> str:
    """The name of a segment's object."""
    return object_name(segment.person_id, segment.id)


def new_id() -> int:
    """An id for an object: microseconds now, and 10 random bits, so that two writers need not agree on numbers."""
    return instants.now() << 10 | secrets.randbits(10)


def made_at(object_id: int) -> int:
    """When `new_id` gave this id, microseconds UTC."""
    return object_id >> 10


def wrapping(vault: Vault, what: str, version: int, **where: int | str) -> bytes:
    """The binding of a key that is wrapped under a person's key."""
    return vault.binding(what, key=version, **where)


def discard(vault: Vault, names: Iterable[str]) -> None:
    """Delete objects that no row names (any more)."""
    for name in names:
        vault.objects.delete(name)


def after(session: Session, outcome: str, act: Callable[[], None]) -> None:
    """Do `act` once when this transaction ends with `outcome`: "commit" or "rollback"."""
    event.listen(session, f"after_{outcome}", lambda _session: act(), once=True)


def _seal_one(
    vault: Vault, key: PersonKey, person_id: int, import_id: int, segment_id: int, table: pa.Table
) -> SealedSegment:
    secret = envelope.new_key()
    sealed = envelope.seal(secret, columns.pack(table), vault.binding("segment", person=person_id, segment=segment_id))
    where = {"person": person_id, "segment": segment_id}
    segment = Segment(
        person_id=person_id,
        id=segment_id,
        first_at=table["at"][0].as_py(),
        last_at=table["at"][-1].as_py(),
        count=table.num_rows,
        bytes=len(sealed),
        digest=hashlib.sha256(sealed).hexdigest(),
        key_version=key.version,
        wrapped_key=envelope.seal(key.secret, secret, wrapping(vault, "segment key", key.version, **where)),
        import_id=import_id,
    )
    kept = {"vocabulary": vocabulary.collect(table), "pictures": references.collect(table)}
    vault.objects.put(name_of(segment), sealed)
    return segment, Beside(
        **{what: plain and envelope.seal(secret, plain, _binding(vault, segment, what)) for what, plain in kept.items()}
    )


def _beside(
    session: Session, vault: Vault, segments: Sequence[Segment], what: str
) -> Iterator[tuple[Segment, bytes | None]]:
    """What is kept beside each of one person's `segments` as `what`, opened."""
    if not segments:
        return
    person_id = segments[0].person_id
    query = select(SegmentRow.id, SegmentRow.__table__.c[what]).where(SegmentRow.person_id == person_id)
    kept = {row[0]: row[1] for row in session.execute(query)}
    opened = {v: keys.find(session, vault, person_id, v) for v in {segment.key_version for segment in segments}}
    for segment in segments:
        sealed = kept.get(segment.id)
        if sealed:
            secret = _secret(vault, opened[segment.key_version], segment)
            sealed = envelope.unseal(secret, sealed, _binding(vault, segment, what))
        yield segment, sealed


def _open(vault: Vault, key: PersonKey, segment: Segment, wanted: Sequence[str]) -> pa.Table:
    table = columns.unpack(content(vault, key, segment), wanted)
    if table.num_rows != segment.count:
        raise Unreadable(f"Segment {segment.id} of person {segment.person_id} does not hold what its row says.")
    return table


def _secret(vault: Vault, key: PersonKey, segment: Segment) -> bytes:
    where = {"person": segment.person_id, "segment": segment.id}
    return envelope.unseal(key.secret, segment.wrapped_key, wrapping(vault, "segment key", key.version, **where))


def _binding(vault: Vault, segment: Segment, what: str) -> bytes:
    return vault.binding(what, person=segment.person_id, segment=segment.id)
