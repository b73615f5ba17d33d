"""A year's requests: what they came to, and how long they took."""

from __future__ import annotations

import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, plain
from pages.shell import words

# An outcome is told by its pattern too. Vermilion is for what stands out: what still waits, or took longest.
_LOOKS = (("#009E73", ""), ("#56B4E9", "/"), ("#E69F00", "x"), ("#8A8F94", "."), (INK, "-"))
_ALARM = "#D55E00"
_ROW, _FRAME = 30, 140  # pixels a bar, and around them


def outcomes(frame: Frame, of: str) -> Chart:
    """`frame`: [what (plain words), received, then a column an outcome], a row a bar; `of` says what a bar is of."""
    names = [column for column in frame.columns if column not in ("what", "received")]
    shown = frame[frame["received"] > 0].iloc[::-1]
    bars = [
        go.Bar(
            y=shown["what"],
            x=shown[name],
            name=name.capitalize(),
            orientation="h",
            marker={"color": colour, "pattern": {"shape": shape}},
            hovertemplate=f"%{{y}}<br><b>%{{x:,}}</b> {name}<extra></extra>",
        )
        for name, (colour, shape) in zip(names, _LOOKS, strict=True)
    ]
    figure = _lying(bars, len(shown), barmode="stack")
    parts = ", ".join(f"{int(frame[name].sum()):,} {name}" for name in names if frame[name].sum()) or "none"
    table = frame.rename(columns={"what": of, "received": "Received", **{name: name.capitalize() for name in names}})
    return Chart(figure, f"Requests by {of.lower()} and what they came to: {parts}.", table)


def days(frame: Frame) -> Chart:
    """`frame`: [what, answered, in_time, late, median_days, p95_days, slowest_days, extended, stopped]; of what has no
    median there is no bar, and the table says so."""
    shown = frame[frame["median_days"].notna()].iloc[::-1]
    bar = go.Bar(
        y=shown["what"],
        x=shown["median_days"],
        name="Median",
        orientation="h",
        marker={"color": INK},
        hovertemplate="%{y}<br>half within <b>%{x:.1f}</b> days<extra></extra>",
    )
    marks = [
        go.Scatter(
            y=shown["what"],
            x=shown[column],
            name=name,
            mode="markers",
            marker={"color": _ALARM, "symbol": symbol, "size": 12, "line": {"width": 2}},
            hovertemplate=f"%{{y}}<br>{said} <b>%{{x:.0f}}</b> days<extra></extra>",
        )
        for column, name, symbol, said in (
            ("p95_days", "95th percentile", "line-ns-open", "95 of 100 within"),
            ("slowest_days", "Slowest", "diamond", "the slowest took"),
        )
    ]
    figure = _lying([bar, *marks], len(shown))
    parts = "; ".join(
        f"{row.what}: median {row.median_days:g}, 95th percentile {row.p95_days:g}" for row in shown[::-1].itertuples()
    )
    said = f"Days to the first answer. {parts}." if parts else "Days to the first answer: too few answers for any."
    return Chart(figure, said, timed(frame))


def timed(frame: Frame) -> Frame:
    """The same figures for reading; where a number of days is not given, a word says so."""
    table = frame.copy()
    for column in ("median_days", "p95_days", "slowest_days"):
        table[column] = [
            words.days(value, int(answered)) for value, answered in zip(frame[column], frame["answered"], strict=True)
        ]
    return table.rename(
        columns={
            "what": "Asked for",
            "answered": "Answered",
            "in_time": "Within the clock",
            "late": "Late",
            "median_days": "Median days",
            "p95_days": "95th percentile",
            "slowest_days": "Slowest",
            "extended": "Put off once",
            "stopped": "Clock stood",
        }
    )


def _lying(traces: list[go.Bar | go.Scatter] | list[go.Bar], bars: int, **layout: object) -> go.Figure:
    figure = plain(go.Figure(traces), height=max(bars, 1) * _ROW + _FRAME, **layout)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}, "traceorder": "normal"}
    figure.update_layout(showlegend=True, legend=legend)
    figure.update_xaxes(rangemode="tozero", nticks=6, tickformat=",d")
    return figure.update_yaxes(fixedrange=True, automargin=True, title=None, type="category")
