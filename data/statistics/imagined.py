"""An invented department, to explain by: what would be published of it, from the parameters of the real mechanism.

Nothing here is about anybody, and nothing is random: the draws are of a seed that everybody can read. Pure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from data.statistics.people import intervals, noise
from data.statistics.people.figure import MOST
from data.statistics.people.release import Level
from data.statistics.tables import BUDGET

# A pandas frame: pandas' own types call each of its cells a Series or a scalar.
Frame: TypeAlias = Any

TRUTH, PEOPLE, DRAWS, FIGURES = 60, 100, 20, 2
SEED = 47  # of those for which one draw in twenty misses, as one in twenty does on average
_LEVELS = frozenset(Level)


@dataclass(frozen=True)
class Example:
    """One department in one quarter: `truth` of `people`, `published` between `low` and `high`, `margin` to each side;
    what one figure and a department in it may spend of the budget, and how sure somebody who knew nothing can be of one
    answer afterwards, in percent, and `ratio`: how many times as often a number comes out at most, had one person done
    otherwise."""

    truth: int
    people: int
    published: int
    low: int
    high: int
    margin: int
    figure: float
    department: float
    sure: int
    sure_of_one: int
    ratio: float


@cache
def example() -> Example:
    """The first of the draws, under the plan of two figures a quarter."""
    first = draws().iloc[0]
    return Example(
        TRUTH,
        PEOPLE,
        int(first["published"]),
        int(first["low"]),
        int(first["high"]),
        margin(FIGURES),
        1 / FIGURES,
        _share(FIGURES) / BUDGET,
        sure(1),
        sure(1 / FIGURES),
        math.exp(_share(FIGURES) / BUDGET),
    )


def margin(figures: int) -> int:
    """How far a department's figure is off at most in 95 of 100 cases, of so many figures a quarter."""
    return noise.margin(_share(figures))


def sure(epsilon: float) -> int:
    """How sure, in percent, somebody who held both answers of a person for equally likely can be after what cost
    `epsilon`: odds of at most e to that power."""
    return round(100 / (1 + math.exp(-epsilon)))


@cache
def draws() -> Frame:
    """[draw (1 to 20), published, low, high, holds]: the same department, drawn again and again."""
    draw = np.random.Generator(np.random.PCG64(SEED))
    published = TRUTH + intervals.noise(draw, _share(FIGURES) / BUDGET, (DRAWS,)).astype(int)
    off = margin(FIGURES)
    found = pd.DataFrame({"draw": range(1, DRAWS + 1), "published": published})
    found = found.assign(low=(found["published"] - off).clip(0), high=(found["published"] + off).clip(upper=PEOPLE))
    return found.assign(holds=(found["low"] <= TRUTH) & (found["high"] >= TRUTH))


@cache
def both() -> Frame:
    """[published, counted, not_counted]: of 1,000 draws, in how many each number comes out, whether one person is among
    those who answered yes or not."""
    p = math.exp(-_share(FIGURES) / BUDGET)
    rows = [
        (number, *(1000 * (1 - p) / (1 + p) * p ** abs(number - truth) for truth in (TRUTH, TRUTH - 1)))
        for number in range(TRUTH - 13, TRUTH + 13)
    ]
    return pd.DataFrame(rows, columns=["published", "counted", "not_counted"])


@cache
def prices() -> Frame:
    """[figures (1 to 6), margin, low, high]: what the same department comes out as, by how many figures are drawn."""
    rows = [(one, margin(one), max(0, TRUTH - margin(one)), min(PEOPLE, TRUTH + margin(one))) for one in _numbers()]
    return pd.DataFrame(rows, columns=["figures", "margin", "low", "high"])


def averaged(times: int) -> float:
    """How far the mean of so many draws would be off in 95 of 100 cases."""
    return 1.96 * math.sqrt(noise.variance(_share(FIGURES)) / times)


def _share(figures: int) -> int:
    return noise.shares(figures, _LEVELS)[Level.CELL]


def _numbers() -> range:
    return range(1, MOST + 1)
