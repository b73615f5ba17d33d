"""Where on the screen the clicks were: drawn over the screen's outline in its true proportions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, plain


@dataclass(frozen=True)
class Outline:
    """One screen of the desk, in its own pixels, at its place among the others."""

    x: float
    y: float
    width: float
    height: float


def clicks(frame: Frame, screens: Sequence[Outline]) -> Chart:
    """`frame`: [x, y, count] in screen pixels (the middle of a grid cell). Screens are drawn as they stand.

    Nothing outside the screens is drawn: the caller says how many clicks had no place on them.
    """
    total = int(frame["count"].sum()) if len(frame) else 0
    said = "No clicks with a place on the screen in this span."
    if total:
        top: Frame = frame.loc[frame["count"].idxmax()]
        said = f"{total:,} clicks by place on the screen, most around {top['x']:.0f} across and {top['y']:.0f} down."
    largest = math.sqrt(frame["count"].max()) if total else 1.0
    dots = go.Scatter(
        x=frame["x"],
        y=frame["y"],
        mode="markers",
        marker={
            # Area follows the count: the eye compares areas.
            "size": [4 + 22 * math.sqrt(count) / largest for count in frame["count"]],
            "opacity": 0.55,
            "color": INK,
            "line": {"width": 0},
        },
        customdata=frame["count"],
        hovertemplate="%{x:.0f} across, %{y:.0f} down<br><b>%{customdata:,}</b> clicks<extra></extra>",
    )
    left = min((s.x for s in screens), default=0)
    right = max((s.x + s.width for s in screens), default=1)
    upper = min((s.y for s in screens), default=0)
    lower = max((s.y + s.height for s in screens), default=1)
    edge = (right - left) * 0.01
    # As high as the screens are where the chart is about 440 pixels wide, so that no empty band surrounds them.
    height = round(min(max(440 * (lower - upper) / max(right - left, 1), 140), 320)) + 24
    figure = plain(go.Figure(dots), height=height, shapes=[_frame(screen) for screen in screens])
    figure.update_xaxes(visible=False, range=[left - edge, right + edge], constrain="domain")
    figure.update_yaxes(
        visible=False, range=[lower + edge, upper - edge], scaleanchor="x", scaleratio=1, fixedrange=True
    )
    columns = {"x": "Across (pixels)", "y": "Down (pixels)", "count": "Clicks"}
    table = frame.sort_values("count", ascending=False).rename(columns=columns)
    return Chart(figure, said, table)


def _frame(screen: Outline) -> dict[str, object]:
    return {
        "type": "rect",
        "x0": screen.x,
        "y0": screen.y,
        "x1": screen.x + screen.width,
        "y1": screen.y + screen.height,
        "layer": "below",
        "line": {"width": 1.5, "color": "rgba(128,128,128,0.7)"},
        "fillcolor": "rgba(128,128,128,0.06)",
    }
