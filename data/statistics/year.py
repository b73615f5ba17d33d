"""The figures of a year's requests, each with the method by which it is made. Pure: cases in, frames out.

A request belongs to the year in which it was received. Median: the middle one, or the mean of the two in the middle.
95th percentile: nearest rank, the smallest number of days that at least 95 of 100 did not exceed, so that somebody did
wait that long (Hyndman and Fan 1996, definition 1). Of fewer than FEWEST neither is given.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any, TypeAlias

import pandas as pd

from data.rights.states import RequestKind
from data.statistics.cases import Case, Fate, Outcome

# A pandas frame: pandas' own types call each of its cells a Series or a scalar.
Frame: TypeAlias = Any

FEWEST = 5
ALL = "all"


def by_kind(cases: Iterable[Case]) -> Frame:
    """[what (RequestKind, or ALL in the last row), received, then a column an Outcome]; every kind has a row."""
    return _outcomes(cases, RequestKind, lambda one: one.kind)


def by_jurisdiction(cases: Iterable[Case], codes: Sequence[str]) -> Frame:
    """The same by the code of the jurisdiction whose clock a request runs under; every one of `codes` has a row."""
    return _outcomes(cases, codes, lambda one: one.jurisdiction)


def clock(cases: Iterable[Case]) -> Frame:
    """[what (RequestKind or ALL), answered, in_time, late, median_days, p95_days, slowest_days, extended, stopped]:
    days from receipt to the first answer, NaN where there is no such figure. `late` counts what is late without an
    answer too, so it may be more than answered - in_time."""
    found = [(what, *_clock(group)) for what, group in _grouped(cases, RequestKind, lambda one: one.kind).items()]
    names = ["answered", "in_time", "late", "median_days", "p95_days", "slowest_days", "extended", "stopped"]
    frame = pd.DataFrame(found, columns=["what", *names])
    return frame.astype({name: float for name in names if name.endswith("_days")})


def appeals(cases: Iterable[Case]) -> Frame:
    """[what (RequestKind or ALL), appealed, then a column a Fate, late]."""
    rows = list[tuple[Any, ...]]()
    for what, group in _grouped(cases, RequestKind, lambda one: one.kind).items():
        fates = Counter(one.appeal for one in group if one.appeal is not None)
        rows.append((what, fates.total(), *(fates[fate] for fate in Fate), sum(one.appeal_late for one in group)))
    return pd.DataFrame(rows, columns=["what", "appealed", *(fate.value for fate in Fate), "late"])


def middle(days: Sequence[int]) -> float | None:
    """The median; None of fewer than FEWEST."""
    return float(median(days)) if len(days) >= FEWEST else None


def nearest_rank(days: Sequence[int], percent: int) -> int | None:
    """The percentile by nearest rank: the ceil(percent * n / 100)-th smallest; None of fewer than FEWEST."""
    if len(days) < FEWEST:
        return None
    return sorted(days)[-(-percent * len(days) // 100) - 1]


def _clock(group: Sequence[Case]) -> tuple[Any, ...]:
    days = [one.days for one in group if one.days is not None]
    return (
        len(days),
        sum(one.days is not None and not one.late for one in group),
        sum(one.late for one in group),
        middle(days),
        nearest_rank(days, 95),
        max(days, default=None),
        sum(one.extended for one in group),
        sum(one.stopped for one in group),
    )


def _outcomes(cases: Iterable[Case], groups: Iterable[Hashable], of: Callable[[Case], Hashable]) -> Frame:
    rows = list[tuple[Any, ...]]()
    for what, group in _grouped(cases, groups, of).items():
        outcomes = Counter(one.outcome for one in group)
        rows.append((what, len(group), *(outcomes[outcome] for outcome in Outcome)))
    return pd.DataFrame(rows, columns=["what", "received", *(outcome.value for outcome in Outcome)])


def _grouped(
    cases: Iterable[Case], groups: Iterable[Hashable], of: Callable[[Case], Hashable]
) -> Mapping[Hashable, Sequence[Case]]:
    """By what `of` says, each of `groups` in its order, and all together at the end."""
    found: dict[Hashable, list[Case]] = {one: [] for one in groups}
    every = list(cases)
    for one in every:
        found.setdefault(of(one), []).append(one)
    return {**found, ALL: every}
