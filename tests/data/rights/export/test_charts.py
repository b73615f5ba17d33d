"""The charts of an export's index say what is in the export, to every eye and without anything fetched."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.instants import EARLIEST, LATEST
from data.rights.export import charts

NOON = instants.parse("2026-11-03T12:00:00Z")


def test_a_chart_of_a_few_days_has_a_bar_a_day_and_shows_the_empty_ones_as_empty() -> None:
    found = charts.captures({"2026-11-03": {"key": 3, "click": 1}, "2026-11-06": {"click": 2, "key": 6}})
    assert found is not None
    assert [label for label, _ in found.rows] == ["3 Nov 2026", "4 Nov 2026", "5 Nov 2026", "6 Nov 2026"]
    assert dict(found.rows)["5 Nov 2026"] == (0, 0)
    assert found.names == ("key", "click")
    assert "8, are in 6 Nov 2026" in found.said


@pytest.mark.parametrize(
    ("days", "first"),
    [(90, "1 Jan 2026"), (600, "week of 29 Dec 2025"), (2000, "Jan 2026"), (30_000, "2026"), (300_000, "2000 to 2099")],
)
def test_a_longer_time_is_told_in_longer_stretches(days: int, first: str) -> None:
    start = date(2026, 1, 1)
    found = charts.captures({day.isoformat(): {"key": 1} for day in (start, start + timedelta(days))})
    assert found is not None
    assert found.rows[0] == (first, (1,))
    assert 8 < len(found.rows) <= 100


@given(st.dictionaries(st.integers(EARLIEST, LATEST), st.sampled_from(["key", "click", "idle"]), min_size=1))
def test_every_capture_is_in_a_bar_whatever_the_clock_said(captures: dict[int, str]) -> None:
    days: dict[str, dict[str, int]] = {}
    for at, kind in captures.items():
        kinds = days.setdefault(charts.day_of(at), {})
        kinds[kind] = kinds.get(kind, 0) + 1
    found = charts.captures(days)
    assert found is not None
    by_kind = {name: sum(values[at] for _, values in found.rows) for at, name in enumerate(found.names)}
    assert by_kind == Counter(captures.values())
    for box in found.boxes:
        assert box.high >= 0
        assert 0 <= box.y <= box.y + box.high <= charts.FOOT + 0.02
        assert 0 <= box.x <= box.x + box.wide <= charts.WIDE


def test_hours_and_looks_are_counted_as_they_are() -> None:
    hours = charts.hours([0] * 9 + [5] + [0] * 13 + [7])
    assert hours is not None
    assert "7, are between 23:00 and 00:00" in hours.said
    looks = charts.looks([NOON, NOON + 1, NOON - instants.DAY], [True, False, False])
    assert looks is not None
    assert (looks.names, looks.rows) == (("others", "you"), (("2 Nov 2026", (1, 0)), ("3 Nov 2026", (1, 1))))
    assert charts.hours([0] * 24) is None
    assert charts.looks([], []) is None
    assert charts.captures({}) is None


def test_the_scale_is_a_round_number_that_no_bar_passes() -> None:
    for most in (1, 3, 5, 11, 39, 41, 999, 1_500_000):
        found = charts.captures({"2026-11-03": {"key": most}})
        assert found is not None
        assert re.fullmatch(r"[124]0{0,2}( k| M)?", found.grid[-1].text), (most, found.grid)
        assert 0.25 <= found.boxes[0].high / (charts.FOOT - found.grid[-1].y) <= 1
