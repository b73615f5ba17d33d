"""Which apps the captures come from."""

from __future__ import annotations

import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, literal, plain
from pages.shell import markup

SHOWN = 10
_LONGEST = 24


def apps(frame: Frame) -> Chart:
    """`frame`: [app, count], descending. The picture shows the first ten; the table all of them."""
    top: Frame = frame.head(SHOWN)
    rest = len(frame) - len(top)
    said = "No apps in this span."
    if len(top):
        said = f"Captures by app, most in {markup.seen(top['app'].iloc[0])}: {top['count'].iloc[0]:,}."
        said += f" {rest} more in the table." if rest else ""
    bars = go.Bar(
        marker={"color": INK},
        x=top["count"],
        y=list(range(len(top))),
        orientation="h",
        text=[f" {count:,}" for count in top["count"]],
        textposition="outside",
        cliponaxis=False,
        customdata=[literal(name) for name in top["app"]],
        hovertemplate="%{customdata}<br><b>%{x:,}</b> captures<extra></extra>",
    )
    figure = plain(go.Figure(bars), height=max(110, 26 * len(top) + 16))
    longest = int(top["count"].max()) if len(top) else 1
    figure.update_xaxes(visible=False, range=[0, longest * 1.25])
    # Positions instead of names on the axis: two apps may shorten to the same label.
    figure.update_yaxes(
        tickvals=list(range(len(top))),
        ticktext=[literal(name, _LONGEST) for name in top["app"]],
        autorange="reversed",
        fixedrange=True,
        showgrid=False,
        automargin=True,
    )
    return Chart(figure, said, frame.rename(columns={"app": "App", "count": "Captures"}))
