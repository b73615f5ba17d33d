"""Intervals: how far an agreed figure is from the truth in 95 of 100 cases, whatever the truth is. Pure.

An agreed figure is a sum of measurements with fixed weights, so its error is the same sum of their noise: it follows
from the shape of the tree and the budget alone, and is simulated with a seed that everybody can read here.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from data.statistics.people import adjusting
from data.statistics.people.adjusting import Agreed, Numbers, Shape
from data.statistics.people.method import COVERAGE

SEED = 20_260_101
DRAWS = 20_000
_AT_ONCE = 1_000
# Of the simulated errors, a few more than 95 in 100 (three standard deviations of how many fall below): so that by
# the luck of the simulation no interval is too narrow.
_RANK = math.ceil(DRAWS * COVERAGE / 100 + 3 * math.sqrt(DRAWS * COVERAGE / 100 * (1 - COVERAGE / 100)))


@lru_cache(8)
def half_widths(shape: Shape, cell: float, part: float, company: float) -> Agreed:
    """Half the width of each interval, as real numbers. `cell`, `part`, `company`: epsilon spent on one of each."""
    draw = np.random.Generator(np.random.PCG64(SEED))
    cells, parts = sum(shape.widths), len(shape.widths)
    errors = np.empty((DRAWS, cells + parts + 1), np.float32)
    for first in range(0, DRAWS, _AT_ONCE):
        found = adjusting.least_squares(
            shape,
            noise(draw, cell, (_AT_ONCE, cells)),
            noise(draw, part, (_AT_ONCE, parts)) if shape.part is not None else np.zeros((_AT_ONCE, parts)),
            noise(draw, company, (_AT_ONCE,)) if shape.company is not None else np.zeros(_AT_ONCE),
        )
        errors[first : first + _AT_ONCE] = np.abs(np.column_stack((found.cells, found.parts, found.company)))
    errors.partition(_RANK - 1, axis=0)
    widest = errors[_RANK - 1].astype(float)
    return Agreed(widest[:cells], widest[cells:-1], widest[-1])


def noise(draw: np.random.Generator, epsilon: float, size: tuple[int, ...]) -> Numbers:
    """Discrete Laplace noise as the difference of two geometric numbers. For simulations alone: what protects people is
    drawn by OpenDP."""
    p = 1 - math.exp(-epsilon)
    return (draw.geometric(p, size) - draw.geometric(p, size)).astype(float)


def interval(estimate: float, half: float, value: int, size: int) -> tuple[int, int]:
    """The whole numbers of an interval, from 0 to the size of the group, the shown `value` among them."""
    # A hair wider, so that the arithmetic of real numbers cuts none off.
    low, high = math.ceil(estimate - half - 1e-4), math.floor(estimate + half + 1e-4)
    return min(max(low, 0), size, value), max(min(high, size), 0, value)
