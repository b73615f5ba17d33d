"""The log's Merkle tree, kept as tiles in the database: growing it, its root, its proofs, what is served of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import Select, bindparam, false, func, or_, select
from sqlalchemy.orm import Session

from data import driver
from data.accesses import entry
from data.accesses.tables import CheckpointRow, EntryRow, TileRow
from data.database import insert
from data.errors import NotFound, Unreadable
from data.tlog import merkle, tiles
from data.tlog.merkle import HASH, Subtree
from data.tlog.tiles import WIDTH

_NEWEST = "SELECT max(position) FROM access_entries"
_ENTRIES = """SELECT "position", "at", "action", "source", "count", "commitment", "observed", "people"
    FROM access_entries WHERE "position" >= ? AND "position" < ? ORDER BY "position" LIMIT ?"""
_LIST = """INSERT INTO access_listed ("person_id", "at", "position")
    SELECT about."person_id", entry."at", about."position" FROM access_people about
    JOIN access_entries entry ON entry."position" = about."position"
    WHERE about."position" >= ? AND about."position" < ? ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING"""
_CHUNK = 10_000  # entries in memory at a time
# position, at, action, source, count, commitment, observed, people
Held = tuple[int, int, str, str, int, str, bool, str]

T = TypeVar("T")


def size(session: Session) -> int:
    """How many entries the tree holds; there may be newer ones that it has not taken in yet."""
    last = session.execute(
        select(TileRow.index, func.length(TileRow.hashes))
        .where(TileRow.level == 0)
        .order_by(TileRow.index.desc())
        .limit(1)
    ).one_or_none()
    return 0 if last is None else last[0] * WIDTH + last[1] // HASH


def end(session: Session) -> int:
    """The position that the next entry gets, whether the tree holds the newest ones yet or not."""
    (newest,) = driver.run(session, _NEWEST).fetchone()
    return 0 if newest is None else newest + 1


def missing(session: Session) -> int:
    """How many entries are not there of as many as the tree holds, the log has signed or the newest position counts:
    whoever takes the newest of them out has to take all of that along. It counts them, so not for each page."""
    signed = session.scalar(select(func.max(CheckpointRow.size))) or 0
    held = session.scalar(select(func.count()).select_from(EntryRow)) or 0
    return max(end(session), size(session), signed) - held


def leaves(session: Session, start: int, end: int) -> Iterator[tuple[int, bytes]]:
    """(position, leaf) of the entries in [start, end), in order. One that is missing is left out."""
    return ((held[0], leaf_of(held)) for chunk in entries(session, start, end) for held in chunk)


def entries(session: Session, start: int, end: int) -> Iterator[Sequence[Held]]:
    """The entries in [start, end), in order, as the leaves are made of them; many at a time. A gap costs nothing,
    however wide it is."""
    while True:
        # By the driver itself: a check of the whole log reads each of them.
        rows: list[Held] = driver.run(session, _ENTRIES, (start, end, _CHUNK)).fetchall()
        if rows:
            yield rows
        if len(rows) < _CHUNK:
            return
        start = rows[-1][0] + 1


def leaf_of(held: Held) -> bytes:
    """The bytes that the tree takes for an entry."""
    _, at, action, source, count, commitment, observed, people = held
    return entry.leaf(
        at=at, action=action, source=source, count=count, commitment=commitment, people=people, observed=observed
    )


def grow(session: Session) -> int:
    """Take the entries that the tree does not hold yet into it, and each into the list of whom it is about; the tree's
    size. The caller holds the log's lock.

    Raises Unreadable when an entry is missing among them, or there are tiles of more entries than there are.
    """
    held, until = size(session), end(session)
    if held > until:
        raise Unreadable(
            f"The access log has tiles of {held} entries and holds {until}; run `python -m data log check`."
        )
    while held < until:
        hashes: list[bytes] = []
        for position, leaf in leaves(session, held, min(held + _CHUNK, until)):
            if position != held + len(hashes):
                break
            hashes.append(merkle.leaf_hash(leaf))
        if not hashes:
            raise Unreadable(f"Entry {held} of the access log is missing; run `python -m data log check`.")
        _store(session, tiles.extended(held, hashes, lambda level, index: _tile(session, level, index)))
        driver.run(session, _LIST, (held, held + len(hashes)))
        held += len(hashes)
    return held


def root(session: Session, size: int) -> bytes:
    """The root of the first `size` entries. Raises NotFound beyond the tree."""
    return _proved(session, lambda subtree: merkle.root_at(size, subtree))


def inclusion(session: Session, position: int, size: int) -> tuple[bytes, ...]:
    """The proof that entry `position` is in the tree of `size`, nearest first. Raises NotFound beyond the tree."""
    if not 0 <= position < size:
        raise NotFound(f"Entry {position} is not among the first {size} of the access log.")
    return _proved(session, lambda subtree: merkle.inclusion(position, size, subtree))


def consistency(session: Session, first: int, second: int) -> tuple[bytes, ...]:
    """The proof that the tree of `second` entries begins with the one of `first`; of none there is nothing to prove."""
    if not 0 <= first <= second:
        raise NotFound(f"A log of {second} entries never had {first} before.")
    return () if first == 0 else _proved(session, lambda subtree: merkle.consistency(first, second, subtree))


def tile(session: Session, level: int, index: int, width: int = WIDTH) -> bytes:
    """The first `width` hashes of a tile, 32 bytes each. Raises NotFound when it does not hold as many (yet)."""
    found = _tile(session, level, index)[: width * HASH]
    if not found or len(found) != width * HASH:
        raise NotFound(f"There is no tile {index} of level {level} with {width} hashes.")
    return found


def bundle(session: Session, index: int, width: int = WIDTH) -> bytes:
    """A bundle of entries (C2SP tlog-tiles): `width` leaves from index * 256 on, each after its length in two bytes.
    Raises NotFound when the tree does not hold as many (yet)."""
    start = index * WIDTH
    if start + width > size(session):
        raise NotFound(f"There is no bundle {index} with {width} entries.")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for _, leaf in leaves(session, start, start + width))


def _proved(session: Session, make: Callable[[Subtree], T]) -> T:
    """What `make` computes from subtrees; it is called twice, first to learn which tiles to fetch, all together."""
    wanted = set[tuple[int, int]]()

    def ask(level: int, index: int) -> bytes:
        wanted.add(tiles.holding(level, index))
        return merkle.EMPTY

    make(ask)
    # Not `(level, index) IN (...)`: SQLite reads every tile for it.
    places = {level: [index for _, index in group] for level, group in groupby(sorted(wanted), key=itemgetter(0))}
    asked = {f"of_{level}": indices for level, indices in places.items()}
    rows = session.connection().execute(_tiles(tuple(places)), asked)
    held = {(level, index): hashes for level, index, hashes in rows}

    def look(level: int, index: int) -> bytes:
        try:
            return tiles.subtree(held[tiles.holding(level, index)], level, index)
        except LookupError:
            raise NotFound("The access log's tree is not that large.") from None

    return make(look)


# Built once: to build a statement takes longer than to run one of these.
@cache
def _tiles(levels: tuple[int, ...]) -> Select[int, int, bytes]:
    of_level = (
        (TileRow.level == level) & TileRow.index.in_(bindparam(f"of_{level}", expanding=True)) for level in levels
    )
    return select(TileRow.level, TileRow.index, TileRow.hashes).where(or_(false(), *of_level))


def _tile(session: Session, level: int, index: int) -> bytes:
    return session.scalar(select(TileRow.hashes).where(TileRow.level == level, TileRow.index == index)) or b""


def _store(session: Session, changed: dict[tuple[int, int], bytes]) -> None:
    rows = [{"level": level, "index": index, "hashes": hashes} for (level, index), hashes in changed.items()]
    statement = insert(session, TileRow)
    session.execute(
        statement.on_conflict_do_update(index_elements=["level", "index"], set_={"hashes": statement.excluded.hashes}),
        rows,
    )
