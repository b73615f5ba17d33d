"""One picture of a screen on which a part is chosen by drawing a box, with what is black already."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from pages.charts.chart import plain

Box = tuple[int, int, int, int]  # left, top, right, bottom, in pixels of the picture
_WIDE = 900  # about as many pixels of a page as it gets


def picture(source: str, width: int, height: int, black: Sequence[Box], chosen: Box | None) -> go.Figure:
    """The picture at the address `source`, in its own pixels; `black` is filled, `chosen` outlined."""
    shapes = [_shape(box, fill="#000") for box in black]
    shapes += [_shape(chosen, line={"color": "#D55E00", "width": 3, "dash": "dot"})] if chosen else []
    # A box can be drawn only where there are points to choose; these are not seen.
    corners = go.Scatter(
        x=[0, width, 0, width], y=[0, 0, height, height], mode="markers", marker={"opacity": 0}, hoverinfo="skip"
    )
    figure = plain(go.Figure(corners), height=round(min(_WIDE * height / width, 640)) + 16, shapes=shapes)
    figure.add_layout_image(
        source=source,
        xref="x",
        yref="y",
        x=0,
        y=0,
        sizex=width,
        sizey=height,
        sizing="stretch",
        layer="below",
    )
    figure.update_layout(dragmode="select", plot_bgcolor="rgba(0,0,0,0)")
    figure.update_xaxes(visible=False, range=[0, width], constrain="domain")
    figure.update_yaxes(visible=False, range=[height, 0], scaleanchor="x", scaleratio=1, fixedrange=True)
    return figure


def _shape(box: Box, *, fill: str = "rgba(0,0,0,0)", line: dict[str, object] | None = None) -> dict[str, object]:
    left, top, right, bottom = box
    line = line or {"width": 0}
    return {"type": "rect", "x0": left, "y0": top, "x1": right, "y1": bottom, "fillcolor": fill, "line": line}
