"""Who opened the data, over time and by purpose, with the spans in which nobody could have seen it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, literal, plain
from pages.shell import words

_ALARM = "#D55E00"  # Okabe-Ito vermilion: told apart from the palette's first colour by every eye
_SHOWN = 28


def looks(frame: Frame, gaps: Frame) -> Chart:
    """`frame`: [at (zone-aware, the reader's), purpose, who, what, odd (why it stands out, or ''),
    known (how we know)], any order; `gaps`: [start, end (zone-aware), source] in which accesses were not recorded."""
    said = _alt(frame, gaps)
    purposes = list(dict.fromkeys(frame["purpose"])) if len(frame) else []
    rows = len(purposes)
    figure = go.Figure()
    for gap in gaps.itertuples():
        figure.add_trace(_band(gap.start, gap.end, str(gap.source), rows))
    for odd, symbol in ((False, "circle"), (True, "diamond")):
        chosen: Frame = frame[(frame["odd"] != "") == odd] if len(frame) else frame
        if len(chosen):
            figure.add_trace(_dots(chosen, purposes, symbol, _ALARM if odd else None))
    plain(figure, height=max(150, 34 * rows + 60))
    figure.update_xaxes(type="date", tickformat="%-d %b", nticks=7)
    figure.update_yaxes(
        tickvals=list(range(rows)),
        ticktext=[literal(name, _SHOWN) for name in purposes],
        range=[max(rows, 1) - 0.4, -0.6],
        fixedrange=True,
        automargin=True,
    )
    table = pd.DataFrame(
        {
            "When": [f"{at:%Y-%m-%d %H:%M}" for at in frame["at"]],
            "Why": frame["purpose"].to_numpy(),
            "Who": frame["who"].to_numpy(),
            "What": frame["what"].to_numpy(),
            "Stands out": frame["odd"].to_numpy(),
            "How we know": frame["known"].to_numpy(),
        }
    )
    return Chart(figure, said, table)


def _alt(frame: Frame, gaps: Frame) -> str:
    odd = int((frame["odd"] != "").sum()) if len(frame) else 0
    said = "Nobody is recorded to have opened your data in this span."
    if len(frame):
        first, last = frame["at"].min(), frame["at"].max()
        most = frame["purpose"].value_counts().idxmax()
        many = words.count(len(frame), "look")
        said = f"{many} from {first.day} {first:%b} to {last.day} {last:%b}, most for: {most}."
        said += f" {words.count(odd, 'stands', 'stand')} out." if odd else ""
    return said + (f" In {words.count(len(gaps), 'span')} looks were not recorded." if len(gaps) else "")


def _dots(chosen: Frame, purposes: list[str], symbol: str, colour: str | None) -> go.Scatter:
    marker: dict[str, object] = {"size": 11 if colour else 9, "symbol": symbol, "opacity": 0.85, "color": colour or INK}
    return go.Scatter(
        x=chosen["at"].dt.tz_localize(None),
        y=[purposes.index(purpose) for purpose in chosen["purpose"]],
        mode="markers",
        marker=marker,
        customdata=chosen[["who", "what", "odd"]].map(literal),
        hovertemplate="%{x|%a %-d %b, %H:%M}<br><b>%{customdata[0]}</b><br>"
        "%{customdata[1]}<br>%{customdata[2]}<extra></extra>",
    )


def _band(start: pd.Timestamp, end: pd.Timestamp, source: str, rows: int) -> go.Scatter:
    left, right = start.tz_localize(None), end.tz_localize(None)
    low, high = max(rows, 1) - 0.4, -0.6
    return go.Scatter(
        x=[left, right, right, left, left],
        y=[low, low, high, high, low],
        fill="toself",
        mode="lines",
        line={"width": 0},
        fillcolor="rgba(128,128,128,0.08)",
        fillpattern={"shape": "/", "fgcolor": "rgba(128,128,128,0.55)", "size": 7, "solidity": 0.15},
        hoveron="fills",
        name=literal(f"Not recorded: {source}"),
        hoverinfo="name",
    )
