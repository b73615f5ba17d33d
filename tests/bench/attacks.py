"""Attacks on the figures about people: how often each is right, beside how often one is without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from data.statistics.people import groups
from tests.bench import releasing
from tests.bench.statistics import PEOPLE, company
from tests.data.statistics.people.attacks import analyst, certainty, guessing
from tests.data.statistics.people.attacks.analyst import Publisher, Result

RUNS = 2_000
Report = Callable[[str], None]


def run(report: Report, runs: int = RUNS) -> None:
    """Each attack many times on fresh releases, then the same on what others publish, and attacks on one release."""
    report("attacks on figures about people: how often they are right, without the figures, and at most by epsilon")
    report(f"  {analyst.HEADER}")
    for found in _guessed(runs):
        report(f"  {found}")
    report(
        "  of leavers who answered yes it is certain afterwards:"
        f" rounded to 5 {guessing.sure(analyst.rounded, runs):.1%},"
        f" exact, below 10 left out {guessing.sure(analyst.suppressed, runs):.1%}"
    )
    _groups(report)
    releasing.run(report)


def _guessed(runs: int) -> Iterator[Result]:
    yield guessing.membership(4 * runs, 1)
    yield guessing.membership(4 * runs, 2)
    yield certainty.certain(runs)
    yield guessing.measured(runs)
    yield guessing.stable(4, runs)
    yield guessing.stable(8, runs)
    yield from _between(runs, "Daylight, one figure", analyst.daylight(), (analyst.bound(1), analyst.bound(2)))
    yield from _between(runs, "Daylight, two figures", analyst.daylight(2), (analyst.bound(0.5), analyst.bound(1)))
    yield guessing.told(runs)
    yield from _between(runs, "rounded to 5", analyst.rounded, (None, None))
    yield from _between(runs, "exact, below 10 left out", analyst.suppressed, (None, None))


def _between(runs: int, name: str, publish: Publisher, bounds: tuple[float | None, float | None]) -> Iterator[Result]:
    once, twice = bounds
    yield guessing.leaver(name, publish, runs, once)
    yield guessing.mover(name, publish, runs, twice)
    yield guessing.siblings(name, publish, runs)
    yield guessing.merged(name, publish, runs)
    yield guessing.split(name, publish, runs)
    yield guessing.renamed(name, publish, runs)
    yield guessing.count(name, publish, runs)


def _groups(report: Report) -> None:
    """What any sum of groups with any factors can say of a company of 70,000 in 500 departments."""
    roster = company(PEOPLE)
    shown = [frozenset(one.departments) for one in groups.tree(roster).groups()]
    alike = dict[tuple[bool, ...], int]()
    for one in roster:
        key = tuple(one.name in group for group in shown)
        alike[key] = alike.get(key, 0) + one.people
    few = sum(people < 100 for people in alike.values())
    small = sum(one.people < 100 for one in roster)
    pairs = len(shown) * (len(shown) - 1) // 2
    report(
        f"  {pairs:,} pairs of {len(shown)} groups, and every other sum of them: {few} sets of fewer than 100 people"
        f" ({small} departments have fewer), smallest {min(alike.values())}"
    )
