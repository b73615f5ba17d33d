"""Every chart draws what the table says, has a sentence for those who cannot see it, and survives having nothing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from pages.charts.apps import apps
from pages.charts.chart import Chart
from pages.charts.clicks import Outline, clicks
from pages.charts.days import CALENDAR_FROM, days, hours
from pages.charts.looks import looks
from pages.charts.week import week

NO_DAYS = pd.DataFrame({"day": [], "kind": [], "count": []})
NO_HOURS = pd.DataFrame({"hour": pd.to_datetime([], utc=True), "kind": [], "count": []})
NO_WEEK = pd.DataFrame({"weekday": [], "hour": [], "count": []})
NO_APPS = pd.DataFrame({"app": [], "count": []})
NO_CLICKS = pd.DataFrame({"x": [], "y": [], "count": []})
NO_LOOKS = pd.DataFrame(
    {"at": pd.to_datetime([], utc=True), "purpose": [], "who": [], "what": [], "odd": [], "known": []}
)
NO_GAPS = pd.DataFrame({"start": pd.to_datetime([], utc=True), "end": pd.to_datetime([], utc=True), "source": []})


def traces(chart: Chart) -> list[Any]:
    return list(chart.figure.data)


@pytest.mark.parametrize(
    "chart",
    [days(NO_DAYS), hours(NO_HOURS), week(NO_WEEK), apps(NO_APPS), clicks(NO_CLICKS, ()), looks(NO_LOOKS, NO_GAPS)],
    ids=["days", "hours", "week", "apps", "clicks", "looks"],
)
def test_a_chart_of_nothing_says_so_instead_of_failing(chart: Chart) -> None:
    assert chart.alt.startswith("No")
    assert not chart.figure.layout.title.text


def some_days(length: int) -> pd.DataFrame:
    first = date(2026, 1, 1)
    rows = [(first + timedelta(n), kind, n) for n in range(length) for kind in ("key", "click")]
    return pd.DataFrame(rows, columns=["day", "kind", "count"])


def test_kinds_of_one_day_are_added_up_and_days_without_captures_are_drawn_as_nothing() -> None:
    frame = some_days(10).query("day != @date(2026, 1, 5)")
    chart = days(frame)
    assert list(chart.table["Captures"]) == [0, 2, 4, 6, 0, 10, 12, 14, 16, 18]
    assert list(traces(chart)[0].y) == list(chart.table["Captures"])
    assert chart.alt == "Captures a day from Thu 1 Jan 2026 to Sat 10 Jan 2026, most on Sat 10 Jan 2026: 18."


def test_many_days_become_a_calendar_whose_cells_can_be_pressed() -> None:
    chart = days(some_days(CALENDAR_FROM + 1))
    cells, points = traces(chart)
    assert cells.type == "heatmap"
    assert points.customdata[5][0] == "2026-01-06"
    assert (str(points.x[5])[:10], points.y[5]) == ("2026-01-05", "Tue")


def test_hours_are_drawn_on_the_readers_clock() -> None:
    hour = pd.to_datetime(["2026-07-01T08:00Z", "2026-07-01T08:00Z", "2026-07-01T09:00Z"]).tz_convert("Europe/London")
    chart = hours(pd.DataFrame({"hour": hour, "kind": ["key", "click", "key"], "count": [3, 4, 5]}))
    assert list(chart.table["Hour"]) == ["Wed 1 Jul 2026, 09:00", "Wed 1 Jul 2026, 10:00"]
    assert list(traces(chart)[0].y) == [7, 5]
    assert str(traces(chart)[0].x[0])[11:16] == "09:00"


def test_the_week_has_all_its_hours_and_names_the_quiet_days() -> None:
    frame = pd.DataFrame({"weekday": [0, 1, 2, 3, 4], "hour": [9, 9, 9, 9, 16], "count": [1, 2, 3, 4, 9]})
    chart = week(frame)
    assert traces(chart)[0].z.shape == (7, 24)
    assert traces(chart)[0].z[4][16] == 9
    assert chart.figure.layout.xaxis.type == "category"
    assert chart.alt == ("Captures by weekday and hour, most on Fridays from 16:00 to 17:00; none on Saturday, Sunday.")


def test_an_app_called_like_markup_is_only_text() -> None:
    chart = apps(pd.DataFrame({"app": ["<b>Evil</b> & Sons", "Mail"], "count": [5, 3]}))
    assert chart.figure.layout.yaxis.ticktext[0] == "&lt;b&gt;Evil&lt;/b&gt; &amp; Sons"
    assert chart.table["App"].iloc[0] == "<b>Evil</b> & Sons"


def test_two_long_app_names_that_begin_alike_keep_a_bar_each() -> None:
    names = ["A very long name of an app, one", "A very long name of an app, two"]
    chart = apps(pd.DataFrame({"app": names, "count": [5, 3]}))
    assert len(set(traces(chart)[0].y)) == 2


def test_the_apps_that_are_not_drawn_are_counted_and_in_the_table() -> None:
    chart = apps(pd.DataFrame({"app": [f"App {n}" for n in range(14)], "count": range(14, 0, -1)}))
    assert len(traces(chart)[0].x) == 10
    assert len(chart.table) == 14
    assert chart.alt.endswith("4 more in the table.")


def test_screens_keep_their_proportions_and_stand_side_by_side() -> None:
    frame = pd.DataFrame({"x": [100.0, -500.0], "y": [50.0, 60.0], "count": [9, 1]})
    chart = clicks(frame, (Outline(0, 0, 1920, 1080), Outline(-1280, 0, 1280, 1024)))
    assert chart.figure.layout.yaxis.scaleanchor == "x"
    assert [shape.x0 for shape in chart.figure.layout.shapes] == [0, -1280]
    assert chart.figure.layout.xaxis.range[0] < -1280
    assert chart.figure.layout.xaxis.range[1] < 1980
    assert chart.alt == "10 clicks by place on the screen, most around 100 across and 50 down."


def test_looks_that_stand_out_differ_in_shape_and_colour_and_unknown_spans_are_hatched() -> None:
    at = pd.to_datetime(["2026-11-02T09:00Z", "2026-11-03T03:00Z"]).tz_convert("Europe/London")
    frame = pd.DataFrame(
        {
            "at": at,
            "purpose": ["Fixing a fault", "No reason given"],
            "who": ["Security team", "A service account"],
            "what": ["3 screens", "everything"],
            "odd": ["", "no reason given"],
            "known": ["", ""],
        }
    )
    gaps = pd.DataFrame({"start": at[:1], "end": at[1:], "source": ["database audit"]})
    chart = looks(frame, gaps)
    band, ordinary, odd = traces(chart)
    assert band.fillpattern.shape == "/"
    assert (ordinary.marker.symbol, odd.marker.symbol) == ("circle", "diamond")
    assert ordinary.marker.color != odd.marker.color
    assert chart.alt.startswith("2 looks from 2 Nov to 3 Nov")
    assert chart.alt.endswith("1 stands out. In 1 span looks were not recorded.")
    assert looks(frame[1:], gaps).alt.startswith("1 look from ")
    assert looks(frame.assign(odd="late"), gaps).alt.endswith("2 stand out. In 1 span looks were not recorded.")


def test_no_chart_changes_the_frame_it_was_given() -> None:
    frame = some_days(5)
    before = frame.copy()
    days(frame)
    pd.testing.assert_frame_equal(frame, before)
