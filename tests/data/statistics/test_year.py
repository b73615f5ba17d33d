"""A year's figures are exact, and none is given where it would pretend to be more than a few cases."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rights.states import RequestKind
from data.statistics import year
from data.statistics.cases import Case, Fate, Outcome

DAY = date(2026, 3, 2)
X, E = RequestKind.ERASURE, RequestKind.EXPORT


def case(
    kind: RequestKind = X,
    outcome: Outcome = Outcome.GRANTED,
    took: int | None = 3,
    *,
    late: bool = False,
    **more: object,
) -> Case:
    answered = None if took is None else DAY + timedelta(days=took)
    return Case(kind, str(more.pop("jurisdiction", "gdpr")), DAY, outcome, answered, late, **more)  # pyright: ignore[reportArgumentType] (by name)


@pytest.mark.parametrize(
    ("days", "middle", "p95"),
    [
        ([], None, None),
        ([1, 2, 3, 4], None, None),
        ([1, 2, 3, 4, 50], 3, 50),
        ([5, 1, 4, 2, 3, 10], 3.5, 10),
        (list(range(1, 20)), 10, 19),
        (list(range(1, 21)), 10.5, 19),
        (list(range(1, 41)), 20.5, 38),
        (list(range(1, 101)), 50.5, 95),
    ],
)
def test_median_and_95th_percentile_are_as_documented(days: list[int], middle: float | None, p95: int | None) -> None:
    """Nearest rank: for 20 numbers the 19th, for 19 the last; of fewer than five there is none."""
    assert (year.middle(days), year.nearest_rank(days, 95)) == (middle, p95)


@given(st.lists(st.integers(0, 400), min_size=year.FEWEST), st.integers(1, 100))
def test_the_nearest_rank_is_the_smallest_that_covers_its_share(days: list[int], percent: int) -> None:
    """As it is defined, counted the slow way, without any float."""
    found = year.nearest_rank(days, percent)
    assert found in days
    covering = [one for one in days if sum(other <= one for other in days) * 100 >= percent * len(days)]
    assert found == min(covering)


def test_counts_of_every_kind_and_of_all_are_exact() -> None:
    found = [
        case(took=2),
        case(took=40, late=True, extended=True),
        case(outcome=Outcome.REFUSED, took=9, appeal=Fate.UPHELD, appeal_late=True),
        case(outcome=Outcome.REFUSED, took=9, appeal=Fate.WAITING, stopped=True),
        case(outcome=Outcome.WAITING, took=None, late=True, jurisdiction="uk"),
        case(E, Outcome.PART),
    ]
    kinds = year.by_kind(found).set_index("what")
    assert list(kinds.index) == [*RequestKind, year.ALL]
    assert list(kinds.loc[X]) == [5, 2, 0, 2, 0, 1]
    assert list(kinds.loc[E]) == [1, 0, 1, 0, 0, 0]
    assert list(kinds.loc[year.ALL]) == [6, 2, 1, 2, 0, 1]
    places = year.by_jurisdiction(found, ["gdpr", "uk", "california"]).set_index("what")["received"]
    assert dict(places) == {"gdpr": 5, "uk": 1, "california": 0, year.ALL: 6}
    clock = year.clock(found).set_index("what")
    assert list(clock.loc[X, ["answered", "in_time", "late", "slowest_days", "extended", "stopped"]]) == [
        4,
        3,
        2,
        40,
        1,
        1,
    ]
    assert math.isnan(clock.loc[X, "median_days"])
    assert clock.loc[year.ALL, "median_days"] == 9
    assert math.isnan(clock.loc[RequestKind.REVEAL, "slowest_days"])
    appeals = year.appeals(found).set_index("what")
    assert list(appeals.loc[X]) == [2, 1, 0, 1, 1]
    assert list(appeals.loc[year.ALL]) == [2, 1, 0, 1, 1]
