"""The tiles of a log (C2SP tlog-tiles): 256 hashes of one level side by side, and how each is addressed.

The hashes of level 0 are those of the leaves; a hash of level n + 1 is the root over a full tile of level n. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from data.tlog import merkle
from data.tlog.merkle import HASH

HEIGHT = 8
WIDTH = 1 << HEIGHT
_HIGHEST = 63
_REMEMBERED = 64  # tiles of which the hashes within are kept, 40 kB each: the upper ones are in every proof
_PATH = re.compile(r"(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)


@dataclass(frozen=True)
class Tile:
    """Where a tile lies: its level (None: a bundle of entries), its index there and how many hashes it holds."""

    level: int | None
    index: int
    width: int = WIDTH


def path(tile: Tile) -> str:
    """The address of a tile below `tile/`, as `0/x001/x234/067` or, when it is not full, with `.p/WIDTH`."""
    digits = f"{tile.index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    place = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    level = "entries" if tile.level is None else str(tile.level)
    return f"{level}/{place}" + ("" if tile.width == WIDTH else f".p/{tile.width}")


def parse(address: str) -> Tile | None:
    """What `path` writes, read back; None for anything that it would not have written."""
    found = _PATH.fullmatch(address) if len(address) < 64 else None
    if found is None:
        return None
    level = None if found[1] == "entries" else int(found[1])
    width = int(found[3] or WIDTH)
    tile = Tile(level, int(found[2].replace("x", "").replace("/", "")), width)
    return tile if width <= WIDTH and path(tile) == address else None


def all_of(size: int) -> Iterator[Tile]:
    """Every tile of a tree of `size` leaves, level by level."""
    level = 0
    while size:
        full, rest = divmod(size, WIDTH)
        for index in range(full):
            yield Tile(level, index)
        if rest:
            yield Tile(level, full, rest)
        level, size = level + 1, full


def extended(size: int, leaves: Sequence[bytes], load: Callable[[int, int], bytes]) -> dict[tuple[int, int], bytes]:
    """The tiles, by (level, index), that change when a tree of `size` leaves gets the leaf hashes `leaves`.

    `load` gives the hashes of a tile that is there and not full.
    """
    changed: dict[tuple[int, int], bytes] = {}
    level, start, hashes = 0, size, list(leaves)
    while hashes:
        upper: list[bytes] = []
        index = start // WIDTH
        held = merkle.split(load(level, index)) if start % WIDTH else []
        while hashes:
            room = WIDTH - len(held)
            held, hashes = held + hashes[:room], hashes[room:]
            changed[level, index] = b"".join(held)
            if len(held) == WIDTH:
                upper.append(merkle.root_of_hashes(held))
            index, held = index + 1, []
        level, start, hashes = level + 1, start // WIDTH, upper
    return changed


def holding(level: int, index: int) -> tuple[int, int]:
    """The tile (level, index) in which the hash of the subtree (level, index) of the tree is found or computed."""
    return level // HEIGHT, (index << level % HEIGHT) // WIDTH


def subtree(hashes: bytes, level: int, index: int) -> bytes:
    """The hash of the subtree (level, index) of the tree, from the tile that `holding` names.

    Raises IndexError when the tile does not hold all of it.
    """
    count = 1 << level % HEIGHT
    start = (index * count) % WIDTH
    if (start + count) * HASH > len(hashes):
        raise IndexError(f"the tile holds no whole subtree {index} of level {level}")
    return levels(hashes)[level % HEIGHT][start // count]


@lru_cache(_REMEMBERED)
def levels(hashes: bytes) -> tuple[tuple[bytes, ...], ...]:
    """The hashes of all complete subtrees in a tile, level by level from the tile's own: a proof asks for several.

    Remembered by the tile's bytes, of which they are nothing but a function: a tile that was altered is another.
    """
    found = [tuple(merkle.split(hashes))]
    for _ in range(1, HEIGHT):
        below = found[-1]
        found.append(tuple(merkle.node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)))
    return tuple(found)
