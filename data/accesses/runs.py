"""Positions as [first, last] of those without a gap: an entry often names thousands side by side. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def of(positions: Iterable[int]) -> list[list[int]]:
    """The runs of ascending positions."""
    found: list[list[int]] = []
    for one in positions:
        if found and found[-1][1] == one - 1:
            found[-1][1] = one
        else:
            found.append([one, one])
    return found


def every(runs: Iterable[Sequence[int]]) -> Iterator[int]:
    """The positions again."""
    return (one for first, last in runs for one in range(first, last + 1))
