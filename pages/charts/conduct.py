"""The programme's conduct over weeks: what was taken and refused, and what people's data was opened for."""

from __future__ import annotations

from itertools import cycle

import pandas as pd
import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, plain

# Okabe and Ito's colours, as in the theme; vermilion is for what stands out.
_ALARM = "#D55E00"
_COLOURS = (INK, "#E69F00", "#009E73", "#CC79A7", "#8A8F94", "#56B4E9", "#B9A800")


def captures(frame: Frame) -> Chart:
    """`frame`: [week (date, its Monday), taken, refused], one row a week."""
    week = pd.to_datetime(frame["week"])
    bars = [
        go.Bar(
            x=week,
            y=frame[column],
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate=f"Week of %{{x|%-d %b %Y}}<br><b>%{{y:,}}</b> {column}<extra></extra>",
        )
        for column, name, colour, pattern in (("taken", "Taken", INK, ""), ("refused", "Refused", _ALARM, "/"))
    ]
    figure = _weekly(bars, week, height=260)
    taken, refused = int(frame["taken"].sum()), int(frame["refused"].sum())
    said = f"Captures a week over {len(frame)} weeks: {taken:,} taken, {refused:,} refused."
    return Chart(figure, said, frame.rename(columns={"week": "Week of", "taken": "Taken", "refused": "Refused"}))


def looks(frame: Frame, unexplained: str) -> Chart:
    """`frame`: [week (date), purpose (plain words), count]. `unexplained` is the purpose that stands out."""
    totals: Frame = frame.groupby("purpose")["count"].sum()
    shown = [purpose for purpose in totals.sort_values(ascending=False).index if totals[purpose]]
    bars = []
    colours = dict(zip((one for one in shown if one != unexplained), cycle(_COLOURS), strict=False))
    for purpose in shown:
        rows: Frame = frame[frame["purpose"] == purpose]
        bars.append(
            go.Bar(
                x=pd.to_datetime(rows["week"]),
                y=rows["count"],
                name=purpose,
                marker={
                    "color": colours.get(purpose, _ALARM),
                    "pattern": {"shape": "x" if purpose == unexplained else ""},
                },
                hovertemplate=f"Week of %{{x|%-d %b %Y}}<br><b>%{{y:,}}</b> {purpose}<extra></extra>",
            )
        )
    figure = _weekly(bars, pd.to_datetime(frame["week"].drop_duplicates()), height=300)
    parts = ", ".join(f"{int(totals[purpose]):,} {purpose}" for purpose in shown) or "none"
    table: Frame = frame[frame["count"] > 0].rename(columns={"week": "Week of", "purpose": "Purpose", "count": "Looks"})
    return Chart(figure, f"Looks at people's data a week, by purpose: {parts}.", table)


def _weekly(bars: list[go.Bar], weeks: Frame, height: int) -> go.Figure:
    """Stacked bars with at most eight labels, each the Monday its bar stands for: plotly's own choice is Sundays."""
    figure = plain(go.Figure(bars), height=height, barmode="stack").update_layout(showlegend=True, legend=_above())
    figure.update_xaxes(tickformat="%-d %b", tickmode="array", tickvals=weeks.iloc[:: -(-len(weeks) // 8) or 1])
    return figure.update_yaxes(fixedrange=True, nticks=4, rangemode="tozero")


def _above() -> dict[str, object]:
    return {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
