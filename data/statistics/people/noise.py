"""Noise: how a person's budget is divided over what is measured, and the drawing itself, by OpenDP."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from data.statistics.people.release import Level
from data.statistics.tables import BUDGET

# Of what one figure may spend: the cells, from which totals are added up too, get most.
_SHARES = ((Level.CELL, 80), (Level.DIVISION, 10), (Level.COMPANY, 10))


def shares(figures: int, levels: frozenset[Level]) -> Mapping[Level, int]:
    """What is spent on each level of each of so many figures, in millionths of epsilon: never more than the budget for
    all of them together, as a person is in one group of each level. What is not measured leaves its share to the
    cells."""
    each = BUDGET // figures
    found = {level: each * percent // 100 for level, percent in _SHARES if level in levels and level is not Level.CELL}
    return {Level.CELL: each - sum(found.values()), **found}


def spent(figures: int, found: Mapping[Level, int]) -> int:
    """What so many figures spend of each person's budget, in millionths of epsilon."""
    return figures * sum(found.values())


def drawn(counts: Sequence[int], share: int) -> list[int]:
    """Counts of disjoint groups with discrete Laplace noise. One person's answer changes one of them by one; `share` is
    what that spends, in millionths of epsilon. Never ask twice about the same answers."""
    return [int(one) for one in _measurement(share)(list(counts))] if counts else []


@lru_cache(16)
def _measurement(share: int) -> Callable[[list[int]], Any]:
    # Here, because it takes its time to load, and only a drawing needs it.
    from opendp.domains import atom_domain, vector_domain
    from opendp.measurements import make_laplace
    from opendp.metrics import l1_distance
    from opendp.mod import enable_features

    enable_features("contrib")  # as OpenDP calls what has no written proof that its authors have vetted
    epsilon = share / BUDGET
    space = vector_domain(atom_domain(T=int)), l1_distance(T=int)
    scale = 1 / epsilon
    found = make_laplace(*space, scale=scale)
    while found.map(1) > epsilon:  # by a rounding of the division
        scale = math.nextafter(scale, math.inf)
        found = make_laplace(*space, scale=scale)
    return found


def variance(share: int) -> float:
    """Of the noise of one count: 2p / (1 - p)^2 with p = exp(-epsilon)."""
    p = math.exp(-share / BUDGET)
    return 2 * p / (1 - p) ** 2


def margin(share: int, percent: int = 95) -> int:
    """How far from its count a single noisy one is in so many of 100 cases, at most: the least m for which
    P(|noise| > m) = 2 p^(m+1) / (1 + p) is small enough."""
    epsilon = share / BUDGET
    tail = 1 - percent / 100
    return max(0, math.ceil(math.log(2 / (tail * (1 + math.exp(-epsilon)))) / epsilon - 1))
