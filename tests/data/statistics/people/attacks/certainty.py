"""Whether a release ever makes an answer certain: how likely each of all that can be published is, exactly, for each
true count. Through the real code, of which only the noise is put in, with the probability that it has."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from unittest.mock import patch

import numpy as np

from data.statistics.people import noise
from data.statistics.people.figure import Figure
from data.statistics.people.release import Level
from tests.data.statistics.people.attacks import analyst
from tests.data.statistics.people.attacks.analyst import Cell, Result
from tests.data.statistics.people.attacks.guessing import ONE

SIZE = ONE[0].people
SHARE = noise.shares(1, frozenset({Level.CELL}))[Level.CELL]  # of a company that is a single group: all of it
EPSILON = SHARE / noise.BUDGET
_FARTHEST = 3 * SIZE  # beyond it what is published is 0 or the size of the group, whatever the count is


def likelihood(drawn: int) -> float:
    """How likely the discrete Laplace noise of that share is to be `drawn` (Ghosh, Roughgarden, Sundararajan 2012)."""
    p = math.exp(-EPSILON)
    return (1 - p) / (1 + p) * p ** abs(drawn)


@cache
def published(count: int) -> Mapping[Cell, float]:
    """Each line that can be published of a company of 130 in which so many answered yes, and how likely it is."""
    found: dict[Cell, float] = defaultdict(float)
    for drawn in range(-_FARTHEST, _FARTHEST + 1):
        with patch.object(noise, "drawn", lambda counts, _, drawn=drawn: [one + drawn for one in counts]):
            found[_line(count)] += likelihood(drawn)
    return dict(found)


def certain(runs: int, seed: int = 11) -> Result:
    """How often a release, drawn by OpenDP, could not have come from the other answer of the one person who is unknown:
    then that answer would be known for certain."""
    draw, sure, rest = np.random.default_rng(seed), 0, 60
    for _ in range(runs):
        answer = int(draw.integers(2))
        sure += not published(rest + 1 - answer).get(_line(rest + answer))
    return Result("one answer known for certain, all others known: Daylight", runs, sure, 0, 0)


def _line(count: int) -> Cell:
    return analyst.daylight()(ONE, {"All": count})[Figure.OPTED_OUT.value, analyst.WHOLE]
