"""Tiles: their addresses as the specification writes them, and growth against the naive tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.tlog import merkle, tiles
from data.tlog.tiles import Tile


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        # The examples of c2sp.org/tlog-tiles.
        (Tile(0, 1234067), "0/x001/x234/067"),
        (Tile(1, 0, 17), "1/000.p/17"),
        (Tile(0, 256), "0/256"),
        (Tile(None, 1000, 1), "entries/x001/000.p/1"),
    ],
)
def test_a_tile_is_addressed_as_the_specification_says(tile: Tile, path: str) -> None:
    assert tiles.path(tile) == path
    assert tiles.parse(path) == tile


@given(st.integers(0, 10**12), st.integers(1, 256), st.none() | st.integers(0, 63))
def test_every_address_is_read_back(index: int, width: int, level: int | None) -> None:
    tile = Tile(level, index, width)
    assert tiles.parse(tiles.path(tile)) == tile


@pytest.mark.parametrize(
    "address",
    [
        *("", "0", "0/0", "0/0001", "0/1234", "64/000", "00/000", "-1/000", "0/x000/000", "0/000.p/256"),
        *(
            "0/000.p/0",
            "0/000.p/01",
            "0/000.p/300",
            "0/000.p/",
            "0/../000",
            "0/٠٠٠",
            "entries/",
            "tile/0/000",
            "0/000\n",
            "0//000",
        ),
    ],
)
def test_any_other_address_is_none(address: str) -> None:
    assert tiles.parse(address) is None


@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_tiles_that_grow_in_steps_are_those_of_the_whole(steps: list[int]) -> None:
    held: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        hashes = [merkle.leaf_hash(str(number).encode()) for number in range(size, size + step)]
        held.update(tiles.extended(size, hashes, lambda level, index: held[level, index]))
        size += step
    whole = [str(number).encode() for number in range(size)]
    at_once = tiles.extended(0, [merkle.leaf_hash(leaf) for leaf in whole], lambda _level, _index: b"")
    assert held == at_once
    assert {(tile.level, tile.index, tile.width * 32) for tile in tiles.all_of(size)} == {
        (level, index, len(hashes)) for (level, index), hashes in held.items()
    }

    def subtree(level: int, index: int) -> bytes:
        return tiles.subtree(held[tiles.holding(level, index)], level, index)

    assert merkle.root_at(size, subtree) == merkle.root(whole)
