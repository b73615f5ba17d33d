"""What is said to compare does: a range is never read more closely than it was drawn, and no gap is filled."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.statistics import comparison
from data.statistics.comparison import Mark, Stand
from data.statistics.people.figure import Figure
from data.statistics.people.release import Estimate, Group, Level, Record, Release, about
from data.statistics.quarter import Quarter

COMPANY = Group("company", "The whole company", Level.COMPANY, None, ("Law", "Sales", "Support"), 350, (3, 2, 1))
SUPPORT = Group("department 1", "Support", Level.CELL, "company", ("Support",), 100, (1,))
SALES = Group("department 2", "Sales", Level.CELL, "company", ("Law", "Sales"), 250, (3, 2))
RANGES = {"company": (60, 90), "department 1": (50, 64), "department 2": (10, 24)}


def released(
    quarter: Quarter,
    *groups: Group,
    figure: Figure = Figure.OPTED_OUT,
    ranges: dict[str, tuple[int, int]] = RANGES,
) -> Release:
    """A release that says these ranges."""
    found = tuple(
        Estimate(figure, key, (low + high) // 2, low, high)
        for key, (low, high) in ranges.items()
        if key in {one.key for one in groups}
    )
    return Release(quarter, 0, 1, "", (figure,), groups, found, 1.0, {Level.CELL: 0.8}, (), "code")


NOW = released(Quarter(2026, 3), COMPANY, SUPPORT, SALES)


@given(st.integers(1, 100_000))
def test_a_published_size_stands_for_every_size_that_is_written_so(people: int) -> None:
    """Shares are made of rounded sizes; one that assumed too small a department would see a difference that is none."""
    least, most = comparison.sizes(about(people))
    assert least <= people <= most


@given(st.integers(100, 5_000), st.integers(0, 5_000), st.integers(0, 5_000))
def test_the_true_share_is_within_the_bar_whenever_the_true_number_is_within_the_range(
    people: int, one: int, other: int
) -> None:
    low, high = sorted((min(one, people), min(other, people)))
    group = replace(SUPPORT, about=about(people))
    release = released(Quarter(2026, 3), group, ranges={"department 1": (low, high)})
    found = comparison.share(release, Figure.OPTED_OUT, group)
    for true in (low, high):
        assert found.low <= 100 * true / people <= found.high <= 100


def test_departments_are_sorted_by_midpoint_and_overlap_is_called_alike() -> None:
    whole = comparison.share(NOW, Figure.OPTED_OUT, COMPANY)
    parts = comparison.compared(NOW, Figure.OPTED_OUT, [SALES, SUPPORT])
    assert [one.group.name for one in parts] == ["Support", "Sales"]
    assert parts[0].above(parts[1])
    assert comparison.beside(parts, whole)["stand"].tolist() == [Stand.WHOLE, Stand.MORE, Stand.FEWER]
    near = released(Quarter(2026, 3), COMPANY, SUPPORT, SALES, ranges=RANGES | {"department 2": (80, 130)})
    parts = comparison.compared(near, Figure.OPTED_OUT, [SALES, SUPPORT])
    assert not parts[0].apart(parts[1])
    assert comparison.alike(parts) == parts


@pytest.mark.parametrize(
    ("support", "mark"),
    [
        (SUPPORT, Mark.SHOWN),
        (replace(SUPPORT, name="Care", departments=("Care",)), Mark.SHOWN),
        (replace(SUPPORT, departments=("Helpdesk", "Support"), numbers=(4, 1)), Mark.OTHERS),
        (replace(SUPPORT, name="Care", departments=("Care",), numbers=(4,)), Mark.NO_GROUP),
        (replace(SUPPORT, level=Level.DIVISION, name="The rest"), Mark.SHOWN),
    ],
    ids=["the same", "renamed", "merged or split", "made anew", "cut otherwise"],
)
def test_a_series_goes_on_only_where_the_group_is_of_the_same_departments(support: Group, mark: Mark) -> None:
    """Merged or split, a department under an old name is another one: a line through both would be a lie. Renamed, it
    is the same one: a gap would be a lie as well."""
    record = Record((NOW, released(Quarter(2026, 2), COMPANY, support, SALES)))
    assert [one.mark for one in comparison.series(record, Figure.OPTED_OUT, SUPPORT)] == [mark, Mark.SHOWN]
    assert [one.mark for one in comparison.series(record, Figure.OPTED_OUT, COMPANY)] == [Mark.SHOWN, Mark.SHOWN]


def test_two_departments_that_swap_names_are_followed_by_what_they_are() -> None:
    """By name, the figures of one would go on with those of the other."""
    one = Group("department 1", "Support", Level.CELL, "company", ("Support",), 100, (1,))
    other = Group("department 2", "Law", Level.CELL, "company", ("Law",), 250, (3,))
    then = released(Quarter(2026, 2), COMPANY, replace(one, name="Law"), replace(other, name="Support"))
    record = Record((released(Quarter(2026, 3), COMPANY, one, other), then))
    frame = comparison.over_quarters(comparison.series(record, Figure.OPTED_OUT, one))
    assert frame["called"].tolist() == ["Law", "Support"]
    assert frame["low"].tolist() == [50, 50], "of department 1 in both"


def test_a_release_that_knows_departments_by_name_alone_compares_as_a_whole_company_only() -> None:
    """Of form 1: a name may have meant something else then."""
    old = released(Quarter(2026, 2), *(replace(one, numbers=()) for one in (COMPANY, SUPPORT, SALES)))
    record = Record((NOW, old))
    assert [one.mark for one in comparison.series(record, Figure.OPTED_OUT, SUPPORT)] == [Mark.UNNUMBERED, Mark.SHOWN]
    assert [one.mark for one in comparison.series(record, Figure.OPTED_OUT, COMPANY)] == [Mark.SHOWN, Mark.SHOWN]


def test_a_quarter_without_the_figure_is_a_gap_and_says_which() -> None:
    other = released(Quarter(2025, 4), COMPANY, SUPPORT, SALES, figure=Figure.EXPOSED)
    first = released(Quarter(2025, 2), COMPANY, SUPPORT, SALES)
    record = Record((NOW, other, first), altered=(Quarter(2026, 1),))
    points = comparison.series(record, Figure.OPTED_OUT, SUPPORT)
    assert [(str(one.quarter), one.mark) for one in points] == [
        ("2025-Q2", Mark.SHOWN),
        ("2025-Q3", Mark.NO_RELEASE),
        ("2025-Q4", Mark.NOT_COUNTED),
        ("2026-Q1", Mark.ALTERED),
        ("2026-Q2", Mark.NO_RELEASE),
        ("2026-Q3", Mark.SHOWN),
    ]
    frame = comparison.over_quarters(points)
    assert frame["low"].notna().tolist() == [True, False, False, False, False, True]


def test_an_axis_of_a_figure_is_the_same_in_each_quarter() -> None:
    earlier = released(Quarter(2026, 2), COMPANY, SUPPORT, SALES, ranges=RANGES | {"department 1": (70, 75)})
    record = Record((NOW, earlier))
    assert comparison.top(record, Figure.OPTED_OUT) == 80
    assert comparison.top(Record((NOW,)), Figure.OPTED_OUT) == 80  # 64 of as few as 100
    assert comparison.counted(record) == (Figure.OPTED_OUT,)


def test_departments_that_are_counted_together_are_named_and_divisions_can_be_compared() -> None:
    assert comparison.pooled(NOW) == (SALES,)
    assert not comparison.has_divisions(NOW)
    field = Group("division 1", "Field", Level.DIVISION, "company", ("Law", "Sales", "Support"), 350)
    inside = [replace(one, parent="division 1") for one in (SUPPORT, SALES)]
    cut = released(Quarter(2026, 3), COMPANY, field, *inside)
    assert comparison.has_divisions(cut)
    assert [one.name for one in comparison.parts(cut, divisions=True)] == ["Field"]
    assert [one.name for one in comparison.parts(cut)] == ["Support", "Sales"]
