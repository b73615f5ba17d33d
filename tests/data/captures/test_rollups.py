"""Rollups hold exactly what a count over the rows finds."""

from __future__ import annotations

from collections import Counter
from math import isnan

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from data.captures import rollups
from data.instants import DAY, MINUTE
from tests.data.captures.rows import START, Row, drawn_rows, row, table


@given(drawn_rows())
def test_days_hold_what_the_rows_hold(rows: list[Row]) -> None:
    """An independent count, row by row, agrees in number, presses, first and last of each day and kind."""
    found = rollups.count(table(rows))
    for (day, kind), tally in found.days.items():
        mine = [one for one in rows if one["kind"] == kind and one["at"] // DAY == day]
        assert tally.count == len(mine)
        assert tally.downs == sum(1 for one in mine if one["down"])
        assert (tally.first_at, tally.last_at) == (min(one["at"] for one in mine), max(one["at"] for one in mine))
        assert tally.quarters == Counter(one["at"] % DAY // (15 * MINUTE) for one in mine)
    assert found.total == len(rows)


@given(drawn_rows())
def test_apps_and_devices_hold_what_the_rows_hold(rows: list[Row]) -> None:
    found = rollups.count(table(rows))
    apps = Counter((one["at"] // DAY, one["kind"], one["app"]) for one in rows if one["app"] is not None)
    assert {key: tally.count for key, tally in found.apps.items()} == apps
    assert {name: tally.count for name, tally in found.devices.items()} == Counter(one["device"] or "" for one in rows)


@given(drawn_rows())
def test_the_click_grid_counts_each_press_with_a_position_once(rows: list[Row]) -> None:
    found = rollups.count(table(rows))
    pressed = [
        one
        for one in rows
        if one["kind"] == "click" and one["down"] is not False and None not in (one["x"], one["y"])
        if not isnan(one["x"]) and not isnan(one["y"])
    ]
    assert sum(sum(cells.values()) for cells in found.clicks.values()) == len(pressed)


def test_a_click_lies_in_the_cell_of_its_position() -> None:
    clicks = [row(START, "click", x=x, y=y) for x, y in ((0.0, 31.9), (32.0, -0.5), (65535.0, 1e12))]
    cells = rollups.count(table(clicks)).clicks[START // DAY]
    assert set(cells) == {(None, 0, 0, 0), (None, 0, 1, -1), (None, 0, rollups.FARTHEST, rollups.FARTHEST)}


@given(st.lists(st.integers(0, 2**40), min_size=96, max_size=96), st.integers(0, 95), st.integers(0, 96))
def test_a_packed_day_unpacks_to_itself(counts: list[int], begin: int, end: int) -> None:
    day = np.array(counts, np.int64)
    day[:begin] = 0
    day[end:] = 0
    assert (rollups.unpack([rollups.pack(day), rollups.pack(np.zeros(96, np.int64))]) == [day, day * 0]).all()


def test_weeks_begin_on_monday() -> None:
    monday = 20_514  # 2026-03-02
    assert {rollups.week_of(day) for day in range(monday, monday + 7)} == {monday}
    assert rollups.week_of(monday - 1) == monday - 7
    assert rollups.week_of(-4) == -10  # Sunday 1969-12-28
