"""The tree hash against published vectors, and against the RFC's recursion written out."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from data.tlog import merkle

# The reference tree of Certificate Transparency (merkle_tree_test.cc, also in RFC 9162 implementations).
LEAVES = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def recursive(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return merkle.leaf_hash(leaves[0])
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(recursive(leaves[:split]), recursive(leaves[split:]))


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert merkle.root([]) == hashlib.sha256(b"").digest()


def test_the_roots_are_those_of_the_published_reference_tree() -> None:
    assert tuple(merkle.root(LEAVES[: size + 1]).hex() for size in range(8)) == ROOTS


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70))
def test_the_level_by_level_root_is_the_recursive_one(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == recursive(leaves)


def path(index: int, leaves: list[bytes]) -> list[bytes]:
    """PATH(m, D[n]) of RFC 9162 section 2.1.3.1, written out."""
    if len(leaves) == 1:
        return []
    split = merkle_split(len(leaves))
    if index < split:
        return [*path(index, leaves[:split]), recursive(leaves[split:])]
    return [*path(index - split, leaves[split:]), recursive(leaves[:split])]


def subproof(first: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """SUBPROOF(m, D[n], b) of RFC 9162 section 2.1.4.1, written out."""
    if first == len(leaves):
        return [] if whole else [recursive(leaves)]
    split = merkle_split(len(leaves))
    if first <= split:
        return [*subproof(first, leaves[:split], whole), recursive(leaves[split:])]
    return [*subproof(first - split, leaves[split:], False), recursive(leaves[:split])]


def merkle_split(count: int) -> int:
    split = 1
    while split * 2 < count:
        split *= 2
    return split


def leaves_of(size: int) -> list[bytes]:
    return [str(number).encode() for number in range(size)]


def subtrees(leaves: list[bytes]) -> merkle.Subtree:
    return lambda level, index: recursive(leaves[index << level : (index + 1) << level])


def test_every_proof_of_every_small_tree_is_the_one_of_the_rfc_and_holds() -> None:
    for size in range(1, 34):
        leaves = leaves_of(size)
        root = recursive(leaves)
        assert merkle.root_at(size, subtrees(leaves)) == root
        for index in range(size):
            proof = merkle.inclusion(index, size, subtrees(leaves))
            assert list(proof) == path(index, leaves)
            assert merkle.root_from_inclusion(merkle.leaf_hash(leaves[index]), index, size, proof) == root
        for first in range(1, size + 1):
            between = merkle.consistency(first, size, subtrees(leaves))
            assert list(between) == subproof(first, leaves, True)
            assert merkle.is_consistent(first, recursive(leaves[:first]), size, root, between)


def test_the_published_proofs_of_the_reference_tree_are_made() -> None:
    # The same test file's inclusion path of leaf 5 in 8 and consistency proof from 6 to 8.
    told = merkle.inclusion(5, 8, subtrees(LEAVES))
    assert [one.hex()[:8] for one in told] == ["bc1a0643", "ca854ea1", "d37ee418"]
    between = merkle.consistency(6, 8, subtrees(LEAVES))
    assert [one.hex()[:8] for one in between] == ["0ebc5d34", "ca854ea1", "d37ee418"]


@given(st.data())
def test_no_altered_shortened_or_moved_proof_holds(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 60))
    leaves = leaves_of(size)
    root, get = recursive(leaves), subtrees(leaves)
    index, first = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size - 1))
    proof, between = list(merkle.inclusion(index, size, get)), list(merkle.consistency(first, size, get))
    old, leaf = recursive(leaves[:first]), merkle.leaf_hash(leaves[index])

    for wrong in altered(data, proof):
        assert merkle.root_from_inclusion(leaf, index, size, wrong) != root
    assert merkle.root_from_inclusion(merkle.leaf_hash(b"other"), index, size, proof) != root
    for at in {index ^ 1, size - 1 - index} - {index}:
        assert at >= size or merkle.root_from_inclusion(leaf, at, size, proof) != root
    for wrong in altered(data, between):
        assert not merkle.is_consistent(first, old, size, root, wrong)
    assert not merkle.is_consistent(first, bytes(32), size, root, between)
    assert not merkle.is_consistent(first, old, size, bytes(32), between)
    assert not merkle.is_consistent(size, root, first, old, between)


def altered(data: st.DataObject, proof: list[bytes]) -> list[list[bytes]]:
    if not proof:
        return [[bytes(32)]]
    at, bit = data.draw(st.integers(0, len(proof) - 1)), data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[at], "big") ^ 1 << bit).to_bytes(32, "big")
    return [[*proof[:at], flipped, *proof[at + 1 :]], proof[:-1], [*proof, bytes(32)], [*proof[:at], *proof[at + 1 :]]]


def test_only_the_same_tree_is_consistent_with_itself_and_all_are_with_nothing() -> None:
    root = recursive(leaves_of(5))
    assert merkle.is_consistent(5, root, 5, root, [])
    assert not merkle.is_consistent(5, root, 5, bytes(32), [])
    assert not merkle.is_consistent(5, root, 5, root, [root])
    assert merkle.is_consistent(0, merkle.EMPTY, 5, root, [])
    assert not merkle.is_consistent(0, root, 5, root, [])
