"""An analyst who knows the roster, the code and as many answers as an attack lets them, and reads what is public.

What is public of a release is its CSV, made here by the product itself from answers that nobody else has. Beside it
stand the two ways that others publish counts: rounded to 5, and with those below 10 left out.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from data import instants
from data.statistics.people import document, drawing, groups, noise
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from data.statistics.people.release import Release
from data.statistics.quarter import Quarter

QUARTER = Quarter(2026, 1)
WHOLE = "The whole company"
CHANCE = 1e-6  # that a test fails although everything is as it should be


class Cell(NamedTuple):
    """A line of the CSV, as numbers."""

    low: int
    high: int
    value: int


# What an analyst sees: the line of a figure and of a group's name.
Seen = Mapping[tuple[str, str], Cell]
# Whoever publishes: from the roster, and how many of each department answered yes, to what is seen.
Publisher = Callable[[Sequence[Department], Mapping[str, int]], Seen]


class Result(NamedTuple):
    """What came of an attack: how often it was right, how often one is right without it, and what epsilon allows
    (None: nothing is promised there)."""

    attack: str
    runs: int
    right: int
    base: float
    bound: float | None

    @property
    def rate(self) -> float:
        """How often it was right."""
        return self.right / self.runs

    def __str__(self) -> str:
        bound = "        -" if self.bound is None else f"{self.bound:9.1%}"
        return f"{self.attack:84} {self.runs:6,} {self.rate:8.1%} {self.base:8.1%} {bound}"


HEADER = f"{'attack':84} {'runs':>6} {'right':>8} {'without':>8} {'at most':>9}"


def release(company: Sequence[Department], yes: Mapping[Figure, Mapping[str, int]]) -> Release:
    """A release drawn by the product, of these figures, from how many of each department answered yes."""
    tree, figures = groups.tree(company), [one for one in Figure if one in yes]
    shares = noise.shares(len(figures), tree.levels)
    where = dict[int, int]()
    members = {one.id: range(one.id * 1_000_000, one.id * 1_000_000 + one.people) for one in company}
    for department, people in members.items():
        where |= dict.fromkeys(people, department)
    estimates = list[document.Estimate]()
    for figure in figures:
        answered = frozenset(who for one in company for who in members[one.id][: yes[figure].get(one.name, 0)])
        estimates += drawing.estimated(tree, figure, drawing.counts(tree, where, answered), shares)
    at, spent = instants.parse("2026-04-15T00:00:00Z"), noise.spent(len(figures), shares)
    text = document.written(QUARTER, at, figures, tree.groups(), estimates, spent, shares)
    return document.read(text, 1)


def seen(found: Release) -> Seen:
    """What the CSV of a release says."""
    return read(document.as_csv(found))


def read(download: bytes) -> Seen:
    """What a downloaded CSV says."""
    lines = [line for line in csv.reader(io.StringIO(download.decode(), newline="")) if not line[0].startswith("#")]
    rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
    return {
        (row["figure"], row["group"]): Cell(int(row["low"]), int(row["high"]), int(row["estimate"])) for row in rows
    }


def daylight(figures: int = 1) -> Publisher:
    """Daylight, with so many figures in the quarter, of which the analyst wants the first."""

    def publish(company: Sequence[Department], yes: Mapping[str, int]) -> Seen:
        tree = groups.tree(company)
        shares = noise.shares(figures, tree.levels)
        cells = [sum(yes.get(one.name, 0) for one in cell.departments) for cell in tree.cells]
        names = {one.key: one.name for one in tree.groups()}
        figure = Figure.OPTED_OUT
        return {
            (figure.value, names[one.group]): Cell(one.low, one.high, one.value)
            for one in drawing.estimated(tree, figure, cells, shares)
        }

    return publish


def rounded(company: Sequence[Department], yes: Mapping[str, int]) -> Seen:
    """Every department and the total, each rounded to the nearest 5."""

    def near(count: int) -> Cell:
        return Cell(count, count, (count + 2) // 5 * 5)

    return _exact(company, yes, near)


def suppressed(company: Sequence[Department], yes: Mapping[str, int]) -> Seen:
    """Every department and the total as they are, but those below 10 left out (-1)."""
    return _exact(company, yes, lambda count: Cell(count, count, count if count >= 10 else -1))


def _exact(company: Sequence[Department], yes: Mapping[str, int], shown: Callable[[int], Cell]) -> Seen:
    figure = Figure.OPTED_OUT.value
    counts = {one.name: yes.get(one.name, 0) for one in company if one.people}
    return {(figure, name): shown(count) for name, count in {**counts, WHOLE: sum(counts.values())}.items()}


def value(found: Seen, group: str) -> int:
    """The value of a group's line."""
    return found[Figure.OPTED_OUT.value, group].value


def bound(epsilon: float) -> float:
    """How often nobody who knows all else guesses a yes or no more often than this, at even odds: e^eps / (1 + e^eps).
    As an advantage over guessing, 2 x that - 1, it is (e^eps - 1) / (e^eps + 1)."""
    return math.exp(epsilon) / (1 + math.exp(epsilon))


def most(rate: float, runs: int) -> float:
    """The share of `runs` that is passed with a probability of at most CHANCE when each succeeds with `rate`
    (Chernoff's bound: exp(-runs x KL))."""
    low, high = rate, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if runs * _divergence(middle, rate) > -math.log(CHANCE) else (middle, high)
    return high


def least(rate: float, runs: int) -> float:
    """The share of `runs` below which one is with a probability of at most CHANCE."""
    return 1 - most(1 - rate, runs)


def _divergence(one: float, other: float) -> float:
    if one >= 1:
        return math.inf if other <= 0 else -math.log(other)
    return one * math.log(one / other) + (1 - one) * math.log((1 - one) / (1 - other))
