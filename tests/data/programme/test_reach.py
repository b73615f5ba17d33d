"""What a standing rule reaches: kinds, apps, devices, spans and times of day, across midnight and clock changes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import instants
from data.errors import BadInput
from data.programme.reach import Hours, Reach, check
from tests.data.captures.rows import Row, drawn_rows, row, table

BERLIN = "Europe/Berlin"
_HOURS = st.builds(
    Hours, st.just(BERLIN), st.integers(0, 700), st.integers(701, 1440), st.frozensets(st.integers(0, 6))
)
_REACHES = st.builds(
    Reach,
    st.frozensets(st.sampled_from(["key", "click"])),
    st.frozensets(st.sampled_from(["outlook", "ÜBER"])),
    st.frozensets(st.sampled_from(["ThinkPad"])),
    st.none() | st.integers(-(2**50), 2**50),
    st.none() | st.integers(-(2**50), 2**50),
    st.none() | _HOURS,
)


def inside(hours: Hours, text: str) -> bool:
    at = instants.parse(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).isoformat())
    return bool(hours.holds(np.array([at]))[0])


@settings(max_examples=40)
@given(reach=_REACHES)
def test_a_reach_is_read_back_as_it_was_written(reach: Reach) -> None:
    assert Reach.from_json(reach.as_json()) == reach


@settings(max_examples=40)
@given(rows=drawn_rows(), reach=_REACHES)
def test_what_is_reached_is_what_each_row_says(rows: list[Row], reach: Reach) -> None:
    assert reach.mask(table(rows)).tolist() == [_reached(reach, one) for one in rows]


def _reached(reach: Reach, one: Row) -> bool:
    apps = {app for app in ("Outlook", "Über") if {app.lower(), app.upper()} & reach.apps}
    if reach.apps and one["app"] not in apps:
        return False
    named = ((reach.kinds, one["kind"]), (reach.devices, one["device"]))
    if any(wanted and value not in wanted for wanted, value in named):
        return False
    if (reach.start is not None and one["at"] < reach.start) or (reach.end is not None and one["at"] >= reach.end):
        return False
    if reach.hours is None:
        return True
    local = instants.moment(one["at"]).astimezone(ZoneInfo(BERLIN))
    on_time = reach.hours.start <= local.hour * 60 + local.minute < reach.hours.end
    return on_time and (not reach.hours.days or local.weekday() in reach.hours.days)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("2026-11-06T17:59", False),
        ("2026-11-06T18:00", True),
        ("2026-11-07T07:59", True),  # Saturday morning belongs to Friday's evening
        ("2026-11-07T08:00", False),
        ("2026-11-07T18:00", False),
        ("2026-11-06T03:00", False),  # Thursday's evening is not named
    ],
)
def test_an_evening_reaches_past_midnight_from_the_day_it_began(text: str, holds: bool) -> None:
    assert inside(Hours(BERLIN, 18 * 60, 8 * 60, frozenset({4})), text) is holds


@pytest.mark.parametrize("text", ["2026-07-01T12:30", "2026-12-01T12:30"])
def test_a_time_of_day_is_that_of_the_wall_clock_in_summer_and_winter(text: str) -> None:
    assert inside(Hours(BERLIN, 12 * 60, 13 * 60), text)


def test_a_look_past_what_is_reached_touches_nothing() -> None:
    reach = Reach(frozenset({"key"}), frozenset({"Mail"}), start=10, end=20)
    none = frozenset[str]()
    assert reach.touches(none, none, None, None)
    assert reach.touches(frozenset({"key"}), frozenset({"Mail"}), 19, 25)
    for kinds, apps, start, end in (
        ({"click"}, none, None, None),
        (none, {"Word"}, None, None),
        (none, none, 20, None),
        (none, none, None, 10),
    ):
        assert not reach.touches(frozenset(kinds), frozenset(apps), start, end)


@pytest.mark.parametrize(
    "reach",
    [
        Reach(start=2, end=2),
        Reach(start=10**30),
        Reach(hours=Hours(BERLIN, 60, 60)),
        Reach(hours=Hours(BERLIN, -1, 60)),
        Reach(hours=Hours("Nowhere/Land", 1, 60)),
        Reach(hours=Hours(BERLIN, 1, 60, frozenset({7}))),
    ],
    ids=["empty", "too late", "no time of day", "negative", "no zone", "no weekday"],
)
def test_what_cannot_be_is_refused_in_a_sentence(reach: Reach) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        check(reach)


def test_a_capture_of_the_year_one_has_a_time_of_day() -> None:
    assert Reach(hours=Hours(BERLIN, 0, 1440)).mask(table([row(instants.EARLIEST), row(instants.LATEST)])).all()
