"""The programme's conduct over weeks, as small multiples: the same weeks in each, and one scale where they compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, literal, plain

# Okabe and Ito's colours, as in the theme; vermilion is for what stands out.
_ALARM = "#D55E00"
_COLOURS = (INK, "#E69F00", "#009E73", "#CC79A7", "#8A8F94", "#56B4E9", "#B9A800")
_HEIGHT = 290  # pixels; the same for each, so that bars of one scale compare
_LEGEND = 92  # of them above the bars, where it needs no more
_MARK = {"pattern": {"shape": "x", "size": 5}, "color": _ALARM}


def captures(frame: Frame) -> Chart:
    """`frame`: [week (date, its Monday), taken, refused], one row a week."""
    marks = {"taken": {"color": INK}, "refused": {"color": _ALARM, "pattern": {"shape": "/"}}}
    taken, refused = int(frame["taken"].sum()), int(frame["refused"].sum())
    said = f"Captures a week over {len(frame)} weeks: {taken:,} taken, {refused:,} refused."
    return Chart(_columns(frame, marks), said, frame.rename(columns={"week": "Week of", **_titled(marks)}))


def asked(frame: Frame) -> Chart:
    """`frame`: [week (date), received, answered] of requests, one row a week; side by side, as they are no parts."""
    marks = {"received": {"color": INK}, "answered": {"color": "#009E73", "pattern": {"shape": "\\"}}}
    figure = _columns(frame, marks).update_layout(barmode="group").update_yaxes(dtick=_whole(frame, list(marks)))
    got, done = int(frame["received"].sum()), int(frame["answered"].sum())
    said = f"Requests a week over {len(frame)} weeks: {got:,} received, {done:,} answered."
    return Chart(figure, said, frame.rename(columns={"week": "Week of", **_titled(marks)}))


def stacked(
    frame: Frame, column: str, title: str, counts: str, what: str, *, standing_out: str = "", top: int = 0
) -> Chart:
    """`frame`: [week (date), `column` (words for people), count], stacked in the order of how many each is in all.
    `title` and `counts` head the table, `what` begins the sentence, `standing_out` is drawn as an alarm; `top`: the
    scale ends there at the earliest, so that it is the same as of others."""
    totals: Frame = frame.groupby(column, sort=False)["count"].sum()
    shown = [one for one in totals.sort_values(ascending=False, kind="stable").index if totals[one]]
    colours = dict(zip((one for one in shown if one != standing_out), cycle(_COLOURS), strict=False))
    bars = list[go.Bar]()
    for one in shown:
        rows: Frame = frame[frame[column] == one]
        mark = {"color": colours[one]} if one in colours else _MARK
        bars.append(_bar(rows["week"], rows["count"], literal(str(one)), mark))
    figure = _weekly(bars, frame["week"].drop_duplicates())
    highest: Frame = frame.groupby("week")["count"].sum()
    figure.update_yaxes(
        range=[0, 1.05 * max(top, int(highest.max()), 1)], dtick=1 if max(top, highest.max()) < 4 else None
    )
    parts = ", ".join(f"{int(totals[one]):,} {one}" for one in shown) or "none"
    table: Frame = frame[frame["count"] > 0].rename(columns={"week": "Week of", column: title, "count": counts})
    return Chart(figure, f"{what}: {parts}.", table)


def single(frame: Frame, name: str, *, top: int = 0) -> Chart:
    """`frame`: [week (date), count] of what stands out, called `name`, on the scale that ends at `top`."""
    figure = _weekly([_bar(frame["week"], frame["count"], name, _MARK)], frame["week"]).update_layout(showlegend=False)
    figure.update_yaxes(range=[0, 1.05 * max(top, int(frame["count"].max()), 1)])
    said = f"{name} a week over {len(frame)} weeks: {int(frame['count'].sum()):,} in all."
    return Chart(figure, said, frame.rename(columns={"week": "Week of", "count": name}))


def _columns(frame: Frame, marks: Mapping[str, Mapping[str, object]]) -> go.Figure:
    return _weekly(
        [_bar(frame["week"], frame[one], one.capitalize(), mark) for one, mark in marks.items()], frame["week"]
    )


def _titled(names: Mapping[str, object]) -> dict[str, str]:
    return {one: one.capitalize() for one in names}


def _whole(frame: Frame, columns: Sequence[str]) -> int | None:
    """A step of one where there are so few that plotly would label halves of them."""
    return 1 if int(frame[columns].to_numpy().max(initial=0)) < 4 else None


def _bar(weeks: Frame, counts: Frame, name: str, marker: Mapping[str, object]) -> go.Bar:
    hover = f"Week of %{{x|%-d %b %Y}}<br><b>%{{y:,}}</b> {name}<extra></extra>"
    return go.Bar(x=pd.to_datetime(weeks), y=counts, name=name, marker=dict(marker), hovertemplate=hover)


def _weekly(bars: list[go.Bar], weeks: Frame) -> go.Figure:
    """Stacked bars with at most six labels, each the Monday its bar stands for: plotly's own choice is Sundays. Every
    week has its place, also one without anything."""
    weeks = pd.to_datetime(weeks)
    figure = plain(go.Figure(bars), height=_HEIGHT, barmode="stack")
    figure.update_layout(showlegend=True, legend=_above(), margin={"t": _LEGEND, "l": 44, "b": 26})
    half = pd.Timedelta(days=3.5)
    figure.update_xaxes(
        tickformat="%-d %b",
        tickmode="array",
        tickvals=weeks.iloc[:: -(-len(weeks) // 6) or 1],
        range=[weeks.iloc[0] - half, weeks.iloc[-1] + half],
    )
    return figure.update_yaxes(fixedrange=True, nticks=4, rangemode="tozero")


def _above() -> dict[str, object]:
    return {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
