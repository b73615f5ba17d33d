"""The tree hash against published vectors, and against the RFC's recursion written out."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from data.accesses import merkle

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
