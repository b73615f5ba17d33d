"""The tree in the database is the naive tree over the same leaves, whatever the sizes it grew in."""

from __future__ import annotations

import pytest

from data.accesses import log, tree
from data.accesses.tables import TileRow
from data.database import Database
from data.errors import NotFound, Unreadable
from data.sealing.vault import Vault
from data.tlog import merkle, tiles
from tests.data.accesses.logging import fill

# Beyond 65,536 entries the tree has a third level of tiles; 600 show two levels, full and partial ones.
STEPS = (1, 1, 3, 250, 1, 1, 255, 88)


def leaves(database: Database, size: int) -> list[bytes]:
    with database.reading() as session:
        return [log.leaf(session, position) or b"" for position in range(size)]


def test_the_tree_is_the_naive_one_at_every_size_it_grew_to(database: Database, vault: Vault) -> None:
    size = 0
    for step in STEPS:
        fill(database, vault, step, first=size)
        size += step
        with database.writing() as session:
            assert tree.grow(session) == tree.size(session) == size
    every = leaves(database, size)
    with database.reading() as session:
        for at in range(1, size + 1, 7):
            assert tree.root(session, at) == merkle.root(every[:at])
        root = tree.root(session, size)
        for position in range(0, size, 13):
            proof = tree.inclusion(session, position, size)
            found = merkle.root_from_inclusion(merkle.leaf_hash(every[position]), position, size, proof)
            assert found == root
        for first in range(1, size, 17):
            old = merkle.root(every[:first])
            assert merkle.is_consistent(first, old, size, root, tree.consistency(session, first, size))


def test_tiles_and_bundles_are_served_as_the_specification_lays_them_out(database: Database, vault: Vault) -> None:
    fill(database, vault, 600)
    with database.writing() as session:
        tree.grow(session)
    every = leaves(database, 600)
    hashes = [merkle.leaf_hash(leaf) for leaf in every]
    with database.reading() as session:
        assert tree.tile(session, 0, 1) == b"".join(hashes[256:512])
        assert tree.tile(session, 0, 2, 88) == b"".join(hashes[512:])
        assert tree.tile(session, 0, 2, 5) == b"".join(hashes[512:517])
        assert tree.tile(session, 1, 0, 2) == merkle.root(every[:256]) + merkle.root(every[256:512])
        assert tree.bundle(session, 2, 2) == b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in every[512:514])
        for wrong in ((0, 2, 89), (0, 3, 1), (1, 0, 3), (2, 0, 1)):
            with pytest.raises(NotFound):
                tree.tile(session, *wrong)
        with pytest.raises(NotFound):
            tree.bundle(session, 2, 89)


def test_nothing_is_known_beyond_the_end_and_before_the_beginning(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        assert tree.grow(session) == tree.size(session) == 0
    fill(database, vault, 3)
    with database.writing() as session:
        tree.grow(session)
        assert tree.consistency(session, 0, 3) == ()
        for ask in (
            lambda: tree.root(session, 4),
            lambda: tree.inclusion(session, 3, 3),
            lambda: tree.inclusion(session, 0, 4),
            lambda: tree.consistency(session, 3, 4),
            lambda: tree.consistency(session, 3, 2),
        ):
            with pytest.raises(NotFound):
                ask()


def test_the_tree_does_not_grow_over_an_entry_that_is_missing(database: Database, vault: Vault) -> None:
    from sqlalchemy import delete

    from data.accesses.tables import EntryRow

    fill(database, vault, 5)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == 2))
    with pytest.raises(Unreadable, match="Entry 2"), database.writing() as session:
        tree.grow(session)


def test_every_tile_of_a_tree_is_named_once(database: Database, vault: Vault) -> None:
    fill(database, vault, 600)
    with database.writing() as session:
        tree.grow(session)
    with database.reading() as session:
        held = {(tile.level, tile.index, tile.width) for tile in tiles.all_of(600)}
        assert held == {(0, 0, 256), (0, 1, 256), (0, 2, 88), (1, 0, 2)}
        assert all(tree.tile(session, level or 0, index, width) for level, index, width in held)


def test_a_tile_that_was_altered_is_in_the_next_proof(database: Database, vault: Vault) -> None:
    """What follows from a tile is remembered by the tile's bytes: no proof hides behind what was there before."""
    fill(database, vault, 300)
    with database.writing() as session:
        size = tree.grow(session)
        root, leaf = tree.root(session, size), merkle.leaf_hash(log.leaf(session, 7) or b"")
        for _ in range(2):
            assert merkle.root_from_inclusion(leaf, 7, size, tree.inclusion(session, 7, size)) == root
        row = session.get_one(TileRow, (0, 0))
        row.hashes = row.hashes[: 200 * 32] + bytes(32) + row.hashes[201 * 32 :]
        session.flush()
        assert merkle.root_from_inclusion(leaf, 7, size, tree.inclusion(session, 7, size)) != root
