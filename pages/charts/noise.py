"""What noise does, in pictures of an invented department: drawn again and again, with and without one person, and what
more figures cost."""

from __future__ import annotations

import plotly.graph_objects as go

from pages.charts.chart import INK, Chart, Frame, plain

_MISS, _OTHER = "#D55E00", "#E69F00"


def draws(frame: Frame, truth: int) -> Chart:
    """`frame`: [draw, published, low, high, holds]: an interval a draw, and a line at what is true."""
    figure = plain(go.Figure(), height=430, barmode="overlay").update_layout(
        showlegend=True, legend=_above(), bargap=0.45
    )
    for holds, name, colour, pattern in ((True, "Holds the true number", INK, ""), (False, "Misses it", _MISS, "/")):
        rows = frame[frame["holds"] == holds]
        figure.add_bar(
            y=rows["draw"],
            base=rows["low"],
            x=rows["high"] - rows["low"],
            orientation="h",
            name=name,
            marker={
                "color": colour,
                "cornerradius": 3,
                "line": {"color": colour, "width": 1},
                "pattern": {"shape": pattern, "fillmode": "replace", "fgcolor": colour, "solidity": 0.4},
            },
            customdata=rows["high"],
            hovertemplate="Draw %{y}: between %{base} and %{customdata}<extra></extra>",
        )
    figure.add_vline(x=truth, line={"color": "#B5588B", "width": 2, "dash": "dash"})
    figure.add_annotation(
        x=truth, y=0.2, yref="y", yanchor="bottom", xanchor="left", text=f" {truth}: true", showarrow=False
    )
    figure.update_xaxes(range=[truth - 22, truth + 22], title={"text": "people, of 100", "standoff": 6})
    figure.update_yaxes(
        range=[len(frame) + 0.6, -0.6], fixedrange=True, showgrid=False, tickvals=[1, 5, 10, 15, 20], title=None
    )
    missed = int((~frame["holds"]).sum())
    said = f"{len(frame)} intervals, one for each imagined draw; {len(frame) - missed} hold the true number {truth}, "
    said += f"{missed} {'misses' if missed == 1 else 'miss'} it."
    table = frame.assign(holds=frame["holds"].map({True: "holds it", False: "misses it"}))
    names = {"draw": "Draw", "published": "True number and noise", "low": "From", "high": "To", "holds": "The truth"}
    return Chart(figure, said, table.rename(columns=names))


def both(frame: Frame) -> Chart:
    """`frame`: [published, counted, not_counted], of 1,000 draws each."""
    figure = plain(go.Figure(), height=280, barmode="group")
    figure.update_layout(showlegend=True, legend=_above(), bargap=0.2, bargroupgap=0.05)
    for column, name, colour, pattern in (
        ("counted", "You opted out", INK, ""),
        ("not_counted", "You did not", _OTHER, "/"),
    ):
        figure.add_bar(
            x=frame["published"],
            y=frame[column],
            name=name,
            marker={"color": colour, "pattern": {"shape": pattern}},
            hovertemplate="%{x} comes out %{y:.0f} times of 1,000<extra></extra>",
        )
    figure.update_xaxes(title={"text": "the number that comes out", "standoff": 6}, dtick=5)
    figure.update_yaxes(fixedrange=True, nticks=4, title={"text": "of 1,000 draws"})
    table = frame.round(1).rename(
        columns={"published": "Comes out", "counted": "If you opted out", "not_counted": "If you did not"}
    )
    return Chart(
        figure,
        "How often each number comes out in 1,000 draws, if you opted out and if you did not: two hills of one"
        " shape, one person apart.",
        table,
    )


def prices(frame: Frame, truth: int) -> Chart:
    """`frame`: [figures, margin, low, high]."""
    figure = plain(go.Figure(), height=270).update_layout(bargap=0.45)
    figure.add_bar(
        y=frame["figures"],
        base=frame["low"],
        x=frame["high"] - frame["low"],
        orientation="h",
        marker={"color": INK, "cornerradius": 3, "line": {"color": INK, "width": 1}},
        text=[f"{row['low']} to {row['high']}" for row in frame.to_dict("records")],
        textposition="outside",
        cliponaxis=False,
        customdata=frame["margin"],
        hovertemplate="%{y} figures: within %{customdata} people of the truth<extra></extra>",
    )
    figure.add_vline(x=truth, line={"color": "#B5588B", "width": 2, "dash": "dash"}, layer="below")
    figure.update_xaxes(range=[0, 100], title={"text": "people, of 100", "standoff": 6})
    figure.update_yaxes(
        fixedrange=True,
        autorange="reversed",
        showgrid=False,
        tickvals=frame["figures"],
        ticktext=[f"{one} {'figure' if one == 1 else 'figures'}" for one in frame["figures"]],
        title=None,
    )
    parts = "; ".join(f"{row['figures']}: {row['low']} to {row['high']}" for row in frame.to_dict("records"))
    names = {"figures": "Figures of the quarter", "margin": "Off by at most, in 95 of 100", "low": "From", "high": "To"}
    return Chart(
        figure,
        f"What {truth} of 100 come out as, by how many figures a quarter has: {parts}.",
        frame.rename(columns=names),
    )


def _above() -> dict[str, object]:
    return {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}, "traceorder": "normal"}
