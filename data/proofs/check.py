"""The full check: every entry and tile read again, every checkpoint held against them, what is damaged named."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening, tree
from data.accesses.tables import CheckpointRow, EntryRow, TileRow
from data.errors import Unreadable
from data.proofs import contents, publishing
from data.proofs.anchor import Anchor
from data.proofs.findings import Finding, What
from data.proofs.publishing import Published
from data.sealing.vault import Vault
from data.tlog import merkle, tiles
from data.tlog.checkpoint import Checkpoint
from data.tlog.merkle import HASH
from data.tlog.note import Verifier
from data.tlog.tiles import WIDTH

_CHUNK = 64 * WIDTH  # entries at a time; whole tiles, so that each is compared once
_SHOWN = 1000  # findings of a kind; a log in which more is wrong is wrong altogether
_LOOKED_AT = 100  # checkpoints, largest first, until one is the log's
# What no entry hashes to. It stands for one that no leaf can be made of, so that the tile above it differs.
_NOTHING = bytes(HASH)

Report = Callable[[int, int], None]


@dataclass(frozen=True)
class Checked:
    """One check of the whole log: when it began and how long it took (microseconds), how many entries there are and
    how many of them are in the tree, whether the sealed details were opened too, and what is damaged."""

    at: int
    took: int
    entries: int
    size: int
    with_details: bool
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing is damaged."""
        return not self.findings


@dataclass
class _Check:
    """A check on its way: the tiles made anew (all of the upper levels, the newest of level 0) and what was found."""

    session: Session
    verifier: Verifier | None
    size: int
    made: dict[tuple[int, int], bytes] = field(default_factory=dict[tuple[int, int], bytes])
    findings: list[Finding] = field(default_factory=list[Finding])
    counted: Counter[What] = field(default_factory=Counter[What])

    def tiles_with(self, first: int, hashes: list[bytes]) -> dict[tuple[int, int], bytes]:
        """The tiles that change when `hashes` follow on the first `first` ones."""
        return tiles.extended(first, hashes, lambda level, index: self.made[level, index])

    def keep(self, changed: dict[tuple[int, int], bytes]) -> None:
        """Go on with these tiles; of level 0 no others are needed any more."""
        self.made = {place: made for place, made in self.made.items() if place[0] > 0} | changed

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of a complete subtree, from the tiles made anew."""
        return tiles.subtree(self.made[tiles.holding(level, index)], level, index)

    def find(self, *found: Finding) -> None:
        """Keep what was found, up to a number of each kind, so that much of one does not hide another. Missing
        entries side by side are one gap."""
        for one in found:
            before = self.findings[-1] if self.findings else None
            if before is not None and one.what is before.what is What.ENTRY_MISSING and one.first == before.last + 1:
                self.findings[-1] = Finding(one.what, before.first, one.last)
            elif self.counted[one.what] < _SHOWN:
                self.counted[one.what] += 1
                self.findings.append(one)


def check(
    session: Session,
    vault: Vault,
    anchor: Anchor | None = None,
    *,
    with_details: bool = True,
    progress: Report | None = None,
    half: Callable[[Checked], None] | None = None,
) -> Checked:
    """Read the whole log again. `with_details` also opens each entry's sealed details and recounts its people, which
    takes most of the time: `half` hears what is known before.

    `progress` hears (entries read, entries in the tree). Changes nothing; a reading session is enough.
    """
    at, clock = instants.now(), time.monotonic_ns()
    verifier = None if opening.log_keys(session, vault) is None else publishing.verifier(session, vault)
    entries = session.scalar(select(func.count()).select_from(EntryRow)) or 0
    run = _Check(session, verifier, _size(session, verifier, entries))
    kept = _kept(run, anchor)
    for first in range(0, run.size, _CHUNK):
        last = min(first + _CHUNK, run.size)
        _leaves(run, first, last)
        _checkpoints(run, first, last, kept)
        if progress is not None:
            progress(last, run.size)
    _upper(run)
    _surplus(run)
    _newer(run)

    def found(with_details: bool) -> Checked:
        took = (time.monotonic_ns() - clock) // 1000
        return Checked(at, took, entries, run.size, with_details, tuple(run.findings))

    if with_details:
        if half is not None:
            half(found(False))
        run.find(*contents.damaged(session, vault, run.size))
    return found(with_details)


def _size(session: Session, verifier: Verifier | None, entries: int) -> int:
    """How many entries the tree has to hold: what was signed last. Tiles may be ahead of it, of entries that are there
    (a checkpoint was taken away); any others are surplus, wherever they say that the log ends."""
    claimed = tree.size(session)
    rows = session.scalars(
        select(CheckpointRow).where(CheckpointRow.size > 0).order_by(CheckpointRow.size.desc()).limit(_LOOKED_AT)
    )
    of_log = (row.size for row in rows if verifier is not None and publishing.is_signed(verifier, Published.of(row)))
    signed = next(of_log, 0)
    held = session.scalar(select(func.count()).select_from(TileRow).where(TileRow.level == 0, TileRow.index >= 0)) or 0
    if signed <= claimed <= entries and held == -(-claimed // WIDTH):
        return claimed
    return signed or min(claimed, entries)


def _kept(run: _Check, anchor: Anchor | None) -> Checkpoint | None:
    """What the anchor holds; what is wrong with it is found, and the rest is read all the same."""
    if anchor is None:
        return None
    newest = run.session.scalar(select(func.max(CheckpointRow.size)))
    try:
        kept = anchor.read(run.verifier)
    except Unreadable:
        run.find(Finding(What.ANCHOR_UNREADABLE, 0, 0))
        return None
    if kept is None and newest is not None:
        run.find(Finding(What.ANCHOR_GONE, 0, 0))
    if kept is not None and kept.size > run.size:
        run.find(Finding(What.ROLLED_BACK, run.size, kept.size))
    return kept


def _leaves(run: _Check, first: int, last: int) -> None:
    """Make the tiles of the entries [first, last) anew and compare those of level 0.

    Where an entry is not what the log took in, what was made of it then goes into the levels above, so that
    one changed entry is one finding.
    """
    stored = _stored(run.session, 0, first // WIDTH, -(-last // WIDTH))
    hashes: list[bytes] = []
    for chunk in tree.entries(run.session, first, last):
        for held in chunk:
            if held[0] != first + len(hashes):
                hashes += _missing(run, stored, first + len(hashes), held[0])
            try:
                hashes.append(merkle.leaf_hash(tree.leaf_of(held)))
            except (TypeError, ValueError):  # a column holds what no entry can
                hashes.append(_NOTHING)
    hashes += _missing(run, stored, first + len(hashes), last)
    made, is_whole = run.tiles_with(first, hashes), True
    for index in range(first // WIDTH, -(-last // WIDTH)):
        held = stored.get(index, b"")
        if len(held) != len(made[0, index]):
            run.find(Finding(What.TILE_MISSING, 0, index))
        elif made[0, index] != held:
            if _is_tile_wrong(run, index, made):
                run.find(Finding(What.TILE_DAMAGED, 0, index))
            else:
                run.find(*_changed(index, made[0, index], held))
                start = index * WIDTH - first
                hashes[start : start + WIDTH], is_whole = merkle.split(held), False
    run.keep(made if is_whole else run.tiles_with(first, hashes))


def _missing(run: _Check, stored: dict[int, bytes], first: int, last: int) -> list[bytes]:
    """Say that the entries [first, last) are missing; the hashes that the log has of them."""
    if first < last:
        run.find(Finding(What.ENTRY_MISSING, first, last - 1))
    places = ((stored.get(position // WIDTH, b""), position % WIDTH * HASH) for position in range(first, last))
    return [held[at : at + HASH].ljust(HASH, b"\0") for held, at in places]


def _is_tile_wrong(run: _Check, index: int, made: dict[tuple[int, int], bytes]) -> bool:
    """Who is wrong, a tile or the entries below it? The level above keeps the root over a full tile, and the
    newest checkpoint the root over all."""
    if len(made[0, index]) == WIDTH * HASH:
        above = _stored(run.session, 1, index // WIDTH, index // WIDTH + 1).get(index // WIDTH, b"")
        return above[index % WIDTH * HASH :][:HASH] == merkle.root_of_hashes(merkle.split(made[0, index]))
    signed = run.session.get(CheckpointRow, run.size)
    places = {**run.made, **made}
    return signed is not None and signed.root == merkle.root_at(
        run.size, lambda level, index: tiles.subtree(places[tiles.holding(level, index)], level, index)
    )


def _changed(index: int, made: bytes, held: bytes) -> Iterator[Finding]:
    pairs = zip(merkle.split(made), merkle.split(held), strict=True)
    for position, (one, other) in enumerate(pairs, index * WIDTH):
        if one != other:
            yield Finding(What.ENTRY_CHANGED, position, position)


def _checkpoints(run: _Check, first: int, last: int, kept: Checkpoint | None) -> None:
    """Hold each checkpoint of a size in (first, last], and the one kept outside, against the tree of the entries."""
    rows = run.session.scalars(
        select(CheckpointRow).where(CheckpointRow.size > first, CheckpointRow.size <= last).order_by(CheckpointRow.size)
    )
    for row in rows:
        if merkle.root_at(row.size, run.subtree) != row.root:
            run.find(Finding(What.CHECKPOINT_BROKEN, row.size, row.size))
        if run.verifier is None or not publishing.is_signed(run.verifier, Published.of(row)):
            run.find(Finding(What.CHECKPOINT_FORGED, row.size, row.size))
    if kept is not None and first < kept.size <= last:
        if merkle.root_at(kept.size, run.subtree) != kept.root:
            run.find(Finding(What.REWRITTEN, kept.size, kept.size))
        elif run.session.get(CheckpointRow, kept.size) is None:
            run.find(Finding(What.CHECKPOINT_MISSING, kept.size, kept.size))


def _upper(run: _Check) -> None:
    """Compare the tiles above level 0."""
    for tile in tiles.all_of(run.size):
        if tile.level:
            held = _stored(run.session, tile.level, tile.index, tile.index + 1).get(tile.index)
            if held is None or len(held) != tile.width * HASH:
                run.find(Finding(What.TILE_MISSING, tile.level, tile.index))
            elif held != run.made[tile.level, tile.index]:
                run.find(Finding(What.TILE_DAMAGED, tile.level, tile.index))


def _surplus(run: _Check) -> None:
    """Name tiles that no tree of this size has, and checkpoints of sizes it never had."""
    expected = {(tile.level, tile.index) for tile in tiles.all_of(run.size) if tile.level}
    others = or_(TileRow.level != 0, TileRow.index < 0, TileRow.index >= -(-run.size // WIDTH))
    places = run.session.execute(select(TileRow.level, TileRow.index).where(others))
    run.find(*(Finding(What.TILE_SURPLUS, level, index) for level, index in places if (level, index) not in expected))
    beyond = run.session.scalars(
        select(CheckpointRow.size).where(or_(CheckpointRow.size <= 0, CheckpointRow.size > run.size))
    )
    run.find(*(Finding(What.CHECKPOINT_BROKEN, size, size) for size in beyond))


def _newer(run: _Check) -> None:
    """The entries that the tree has not taken in yet: they must follow without a gap, and none stands before all."""
    before = run.session.scalars(select(EntryRow.position).where(EntryRow.position < 0))
    run.find(*(Finding(What.ENTRY_SURPLUS, position, position) for position in before))
    rule = EntryRow.position >= run.size
    count = run.session.scalar(select(func.count()).select_from(EntryRow).where(rule)) or 0
    newest = run.session.scalar(select(func.max(EntryRow.position)).where(rule))
    if newest is not None and newest - run.size + 1 != count:
        run.find(Finding(What.NEWER_MISSING, run.size, newest))


def _stored(session: Session, level: int, start: int, end: int) -> dict[int, bytes]:
    rows: Any = session.execute(
        select(TileRow.index, TileRow.hashes).where(TileRow.level == level, TileRow.index >= start, TileRow.index < end)
    )
    # SQLite keeps a text also where bytes belong.
    return {index: hashes if isinstance(hashes, bytes) else b"" for index, hashes in rows}
