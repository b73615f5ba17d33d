"""Promises over time: when each was kept, broken or not known."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, literal, plain

# Each found thing with a colour, a pattern and a height of its own, so that none has to be told by its colour.
_LOOKS = {
    "Kept": (INK, "", 0.32),
    "Broken": ("#D55E00", "x", 0.72),
    "Not known": ("rgba(128,128,128,0.35)", "/", 0.52),
}
_SHOWN = 34


def controls(frame: Frame) -> Chart:
    """`frame`: [control, start, end (zone-aware, the reader's), found (Kept, Broken, Not known)], in the order of the
    rows to draw, from the top."""
    names = list(dict.fromkeys(frame["control"])) if len(frame) else []
    figure = go.Figure()
    for found, (colour, pattern, width) in _LOOKS.items():
        chosen: Frame = frame[frame["found"] == found] if len(frame) else frame
        if len(chosen):
            figure.add_trace(_bars(chosen, names, found, colour, pattern, width))
    plain(figure, height=max(150, 34 * len(names) + 60), barmode="overlay")
    figure.update_xaxes(type="date", tickformat="%-d %b", nticks=7)
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


def _bars(chosen: Frame, names: list[str], found: str, colour: str, pattern: str, width: float) -> go.Bar:
    start: Frame = chosen["start"].dt.tz_localize(None)
    end: Frame = chosen["end"].dt.tz_localize(None)
    # At least an hour, so that what was found once can be seen.
    length: Frame = (end - start).dt.total_seconds().clip(lower=3600) * 1000
    return go.Bar(
        orientation="h",
        base=start,
        x=length,
        y=[names.index(name) for name in chosen["control"]],
        width=width,
        marker={"color": colour, "pattern": {"shape": pattern, "solidity": 0.3}, "line": {"width": 0}},
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
    said = f"{rows} promises over time."
    if len(broken):
        which = broken["control"].nunique()
        return f"{said} {len(broken)} spans in which one was found broken, of {which} of them."
    return f"{said} None was found broken."
