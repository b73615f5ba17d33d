"""Merkle trees of RFC 9162 section 2.1 (the same as RFC 6962's): hashes, inclusion and consistency proofs.

Pure: bytes in, bytes out. A proof is made from a function that knows the hash of every complete subtree, however
it is stored, and is checked without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

HASH = 32  # bytes
EMPTY = hashlib.sha256(b"").digest()

# The hash of the complete subtree over the leaves [index * 2**level, (index + 1) * 2**level).
Subtree = Callable[[int, int], bytes]


def split(hashes: bytes) -> list[bytes]:
    """Hashes that lie side by side, one by one."""
    return [hashes[at : at + HASH] for at in range(0, len(hashes), HASH)]


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The tree hash over `leaves` in their order; of none at all it is SHA-256 of nothing."""
    return root_of_hashes([leaf_hash(leaf) for leaf in leaves])


def root_of_hashes(hashes: Sequence[bytes]) -> bytes:
    """As `root`, over the hashes of the leaves.

    Pairs level by level and carries an odd last one up, which gives the RFC's tree
    (split at the largest power of two) without its recursion.
    """
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired if len(level) % 2 == 0 else [*paired, level[-1]]
    return level[0] if level else EMPTY


def edge(size: int) -> Iterator[tuple[int, int]]:
    """The complete subtrees (level, index) that a tree of `size` leaves is made of, from the left."""
    start = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            yield level, start >> level
            start += 1 << level


def fold(hashes: Iterable[bytes]) -> bytes:
    """The root of the tree whose complete subtrees, from the left, have these hashes."""
    folded: bytes | None = None
    for one in reversed(list(hashes)):
        folded = one if folded is None else node_hash(one, folded)
    return EMPTY if folded is None else folded


def root_at(size: int, subtree: Subtree) -> bytes:
    """The root of the first `size` leaves."""
    return fold(subtree(level, index) for level, index in edge(size))


def inclusion(index: int, size: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 9162 section 2.1.3.1), nearest first."""
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} is not in a tree of {size}")
    return tuple(_hash(start, end, subtree) for start, end in _siblings(index, size))


def consistency(first: int, second: int, subtree: Subtree) -> tuple[bytes, ...]:
    """The proof that the tree of `second` leaves begins with the one of `first` (RFC 9162 section 2.1.4.1)."""
    if not 0 < first <= second:
        raise ValueError(f"there is no proof from {first} to {second} leaves")
    return tuple(_hash(start, end, subtree) for start, end in _between(first, second))


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that the path leads to from a leaf's hash (RFC 9162 section 2.1.3.2); None when it cannot be one."""
    if not 0 <= index < size:
        return None
    node, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return None
        if node & 1 or node == last:
            found = node_hash(one, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, one)
        node, last = node >> 1, last >> 1
    return found if last == 0 else None


def is_consistent(first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the second tree begins with the first (RFC 9162 section 2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof and first_root == EMPTY
    if not 0 < first < second:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, one)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _siblings(index: int, size: int) -> list[tuple[int, int]]:
    """The spans of leaves beside the path from leaf `index` to the root, nearest first."""
    start, end = 0, size
    found: list[tuple[int, int]] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start = middle
    return found[::-1]


def _between(first: int, second: int) -> list[tuple[int, int]]:
    start, end, whole = 0, second, True
    found: list[tuple[int, int]] = []
    while end != first:
        middle = start + _split(end - start)
        if first <= middle:
            found.append((middle, end))
            end = middle
        else:
            found.append((start, middle))
            start, whole = middle, False
    # The verifier knows the first tree's root; a subtree of it must be told.
    return ([] if whole else [(start, end)]) + found[::-1]


def _split(count: int) -> int:
    """The largest power of two below `count`."""
    return 1 << (count - 1).bit_length() - 1


def _hash(start: int, end: int, subtree: Subtree) -> bytes:
    """The hash over the leaves [start, end): a left span of the tree is complete, a right one may not be."""
    found: list[bytes] = []
    for level, index in edge(end - start):
        found.append(subtree(level, (start >> level) + index))
    return fold(found)
