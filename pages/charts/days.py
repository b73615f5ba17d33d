"""Captures over time: a bar a day (or an hour), and a calendar of weeks once there are too many days for bars."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, best, plain

CALENDAR_FROM = 120  # days: from here on a bar is too thin to be read or pressed


def days(frame: Frame) -> Chart:
    """`frame`: [day (date, the reader's), kind, count], any number of rows a day. Days without captures count as 0."""
    totals: Frame = _every_day(frame)
    top: Frame = best(totals)
    said = "No captures in this span."
    if top is not None:
        first, last = totals["day"].iloc[0], totals["day"].iloc[-1]
        said = f"Captures a day from {_date(first)} to {_date(last)}, most on {_date(top['day'])}: {top['count']:,}."
    figure = _calendar(totals) if len(totals) > CALENDAR_FROM else _bars(totals)
    return Chart(figure, said, totals.rename(columns={"day": "Day", "count": "Captures"}))


def hours(frame: Frame) -> Chart:
    """`frame`: [hour (zone-aware, the reader's), kind, count]."""
    totals: Frame = frame.groupby("hour", as_index=False)["count"].sum() if len(frame) else frame[["hour", "count"]]
    top: Frame = best(totals)
    said = "No captures in this span."
    if top is not None:
        said = f"Captures an hour, most on {_date(top['hour'])} from {top['hour']:%H:%M}: {top['count']:,}."
    bars = go.Bar(
        marker={"color": INK},
        x=totals["hour"].dt.tz_localize(None) if len(totals) else [],
        y=totals["count"],
        hovertemplate="%{x|%a %-d %b, %H:%M}<br><b>%{y:,}</b> captures<extra></extra>",
    )
    figure = plain(go.Figure(bars), height=190).update_yaxes(fixedrange=True, nticks=4, rangemode="tozero")
    table = pd.DataFrame({"Hour": [f"{_date(h)}, {h:%H:%M}" for h in totals["hour"]], "Captures": totals["count"]})
    return Chart(figure, said, table)


def _every_day(frame: Frame) -> Frame:
    """[day, count], one row for each day from the first to the last."""
    if frame.empty:
        return pd.DataFrame({"day": pd.Series(dtype="object"), "count": pd.Series(dtype="int64")})
    counts: Frame = frame.groupby("day")["count"].sum()
    every: Frame = pd.date_range(min(counts.index), max(counts.index), freq="D").date
    return counts.reindex(every, fill_value=0).rename_axis("day").reset_index()


def _bars(totals: Frame) -> go.Figure:
    bars = go.Bar(
        marker={"color": INK},
        x=pd.to_datetime(totals["day"]),
        y=totals["count"],
        hovertemplate="%{x|%a %-d %b %Y}<br><b>%{y:,}</b> captures<extra></extra>",
    )
    figure = plain(go.Figure(bars), height=190, clickmode="event+select")
    figure.update_xaxes(tickformat="%-d %b", nticks=8)
    return figure.update_yaxes(fixedrange=True, nticks=4, rangemode="tozero")


def _calendar(totals: Frame) -> go.Figure:
    """Weeks across, weekdays down; the transparent markers on the cells are what can be pressed."""
    day: Frame = pd.to_datetime(totals["day"])
    monday: Frame = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    weekday = day.dt.day_of_week.map(dict(enumerate(names)))
    cells = go.Heatmap(
        x=monday, y=weekday, z=totals["count"], xgap=2, ygap=2, showscale=False, hoverinfo="skip", zmin=0
    )
    points = go.Scatter(
        x=monday,
        y=weekday,
        mode="markers",
        marker={"size": 12, "symbol": "square", "opacity": 0},
        customdata=[[d.isoformat(), c] for d, c in zip(totals["day"], totals["count"], strict=True)],
        hovertemplate="%{customdata[0]}<br><b>%{customdata[1]:,}</b> captures<extra></extra>",
    )
    figure = plain(go.Figure([cells, points]), height=190, clickmode="event+select")
    figure.update_xaxes(tickformat="%b %Y", showgrid=False)
    return figure.update_yaxes(
        fixedrange=True, showgrid=False, categoryorder="array", categoryarray=names[::-1], type="category"
    )


def _date(on: date) -> str:
    return f"{on:%a} {on.day} {on:%b %Y}"
