"""Promises over time: when each was kept, broken or not known."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, literal, plain
from pages.shell import words

# Each found thing with a colour, a pattern and a height of its own, so that none has to be told by its colour.
_LOOKS = {
    "Kept": (INK, "", 0.32),
    "Broken": ("#D55E00", "x", 0.72),
    "Not known": ("rgba(128,128,128,0.6)", "/", 0.52),
}
_SHOWN = 34


def controls(frame: Frame, first: datetime, last: datetime) -> Chart:
    """`frame`: [control, start, end (zone-aware, the reader's), found (Kept, Broken, Not known)], in the order of the
    rows to draw, from the top; `first` and `last` bound what is drawn."""
    least = (last - first).total_seconds() * 1000 / 250  # so wide that what was found only once can be seen
    names = list(dict.fromkeys(frame["control"])) if len(frame) else []
    figure = go.Figure()
    for found, (colour, pattern, width) in _LOOKS.items():
        chosen: Frame = frame[frame["found"] == found] if len(frame) else frame
        if len(chosen):
            figure.add_trace(_bars(chosen, names, found, (colour, pattern, width), least))
    plain(figure, height=max(150, 34 * len(names) + 60), barmode="overlay")
    bounds = [first.replace(tzinfo=None), last.replace(tzinfo=None) + (last - first) / 100]
    figure.update_xaxes(type="date", tickformat="%-d %b", nticks=7, range=bounds)
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[literal(name, _SHOWN) for name in names],
        range=[max(len(names), 1) - 0.4, -0.6],
        fixedrange=True,
        automargin=True,
    )
    table = pd.DataFrame(
        {
            "Promise": list(frame["control"]),
            "From": [f"{at:%Y-%m-%d %H:%M}" for at in frame["start"]],
            "To": [f"{at:%Y-%m-%d %H:%M}" for at in frame["end"]],
            "Found": list(frame["found"]),
        }
    )
    return Chart(figure, _alt(frame, len(names)), table)


def _bars(chosen: Frame, names: list[str], found: str, look: tuple[str, str, float], least: float) -> go.Bar:
    colour, pattern, width = look
    start: Frame = chosen["start"].dt.tz_localize(None)
    end: Frame = chosen["end"].dt.tz_localize(None)
    length: Frame = ((end - start).dt.total_seconds() * 1000).clip(lower=least)
    return go.Bar(
        orientation="h",
        base=start,
        x=length,
        y=[names.index(name) for name in chosen["control"]],
        width=width,
        marker={
            "color": colour,
            "pattern": {"shape": pattern, "solidity": 0.3, "fillmode": "overlay"},
            "line": {"width": 0},
        },
        customdata=[
            [literal(name), f"{one:%-d %b, %H:%M}", f"{other:%-d %b, %H:%M}"]
            for name, one, other in zip(chosen["control"], start, end, strict=True)
        ],
        hovertemplate=f"<b>{found}</b><br>"
        "%{customdata[0]}<br>%{customdata[1]} to %{customdata[2]}<extra></extra>",
    )


def _alt(frame: Frame, rows: int) -> str:
    if not rows:
        return "Nothing was looked at in this span."
    broken: Frame = frame[frame["found"] == "Broken"]
    said = f"{words.count(rows, 'promise')} over time."
    if not len(broken):
        return f"{said} None was found broken."
    times = words.count(len(broken), "time")
    return f"{said} Found broken {times}, {words.count(broken['control'].nunique(), 'of them', 'of them')}."
