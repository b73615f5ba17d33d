"""Counts of people as intervals, never as points: departments beside each other, and one group over the quarters.

All are people of every 100, as groups differ in size, on an axis that is the same in every quarter.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

import plotly.graph_objects as go

from data.statistics.comparison import Mark, Stand
from pages.charts.chart import INK, Chart, Frame, literal, plain
from pages.shell import markup

# Told by the pattern too. Grey is for what cannot be told apart, as it says least.
_GREY = "#8A8F94"
_STANDS = {
    Stand.WHOLE: ("#B5588B", ""),
    Stand.MORE: (INK, ""),
    Stand.ALIKE: (_GREY, "."),
    Stand.FEWER: ("#E69F00", "/"),
}
_ALARM = "#D55E00"
_ROW, _FRAME, _NAME = 50, 104, 30  # pixels a bar and around them; letters of a name
_PANEL, _HEAD, _LINE = 142, 48, 15  # pixels of a panel without its head, of the head, and of each line more in it
_WIDE, _NARROW = 44, 30  # letters of a line over a panel, and below an axis on a phone
_ABOVE: Mapping[str, object] = {
    "xref": "paper",
    "yref": "paper",
    "xanchor": "left",
    "yanchor": "bottom",
    "align": "left",
    "font": {"size": 11},
    "showarrow": False,
}
_PAD = "\u00a0" * 4  # in a saved picture letters are wider than the page's, for which plotly makes room


def departments(every: Frame, legend: Mapping[Stand, str], top: float, what: tuple[str, str], most: int) -> Chart:
    """`every`: [group, about, low, high, of_low, of_high, words, stand], a row a bar, the company first; the first
    `most` are drawn, the table has all. `legend` says each stand in words, `top` is where the axis ends, `what` what
    the people that are counted have in common, and of which quarter."""
    frame = every.head(most + 1).reset_index(drop=True)
    bars = [_bars(frame, stand, said) for stand, said in legend.items()]
    axis = _counted(f"{what[0]} in {what[1]}", _NARROW)
    height = len(frame) * _ROW + _FRAME + _LINE * axis.count("<br>")
    figure = plain(go.Figure([one for one in bars if one is not None]), height=height)
    figure.update_layout(showlegend=True, barmode="overlay", legend=_legend())
    figure.update_xaxes(range=[0, top * 1.02], nticks=6, title={"text": axis, "standoff": 6})
    figure.update_yaxes(
        fixedrange=True,
        automargin=True,
        range=[len(frame) - 0.4, -0.6],
        showgrid=False,
        tickmode="array",
        tickvals=list(range(len(frame))),
        ticktext=[
            f"{_PAD}<b>{literal(row['group'], _NAME)}</b><br>{_PAD}{row['low']:,} to {row['high']:,} of about"
            f" {row['about']:,}"
            for row in frame.to_dict("records")
        ],
    )
    if len(frame) > 1:
        whole = frame.iloc[0]
        figure.add_vrect(
            x0=whole["of_low"], x1=whole["of_high"], fillcolor="#B5588B", opacity=0.14, line_width=0, layer="below"
        )
    said = "; ".join(f"{markup.seen(row['group'])}: {row['words']}" for row in frame.to_dict("records"))
    order = ", the whole company and then its parts, the largest share first" if len(frame) > 1 else ""
    return Chart(figure, f"People who {what[0]} in {what[1]}{order}. {said}.", _table(every, legend))


def quarters(name: str, what: str, frame: Frame, legend: Mapping[Mark, str], top: float) -> Chart:
    """One group, called `name`: `frame` is [quarter, mark, about, low, high, of_low, of_high, words], a row a quarter;
    `what` the people that are counted have in common, `legend` says in words why there is nothing to show. A quarter
    without a figure is a gap that is seen."""
    shown, gone = frame[frame["mark"] == Mark.SHOWN], frame[frame["mark"] != Mark.SHOWN]
    # What is counted is said in each, as each is saved as a picture of its own.
    counts = _counted(what, _WIDE)
    head = _HEAD + _LINE * counts.count("<br>")
    figure = plain(go.Figure([_gaps(gone, legend, top), *_intervals(shown)]), height=_PANEL + head, barmode="overlay")
    figure.add_annotation(text=counts, x=0, y=1, yshift=4, **_ABOVE)
    figure.update_layout(
        bargap=0.5,
        margin={"t": head, "l": 8, "r": 8, "b": 4},
        title={
            "text": literal(name, 38),
            "font": {"size": 14},
            "x": 0.01,
            "y": 1 - 4 / (_PANEL + head),
            "yanchor": "top",
        },
    )
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=frame["quarter"].tolist(),
        range=[-0.5, len(frame) - 0.5],
        showgrid=False,
        tickmode="array",
        tickvals=frame["quarter"].tolist(),
        ticktext=[_short(one, number) for number, one in enumerate(frame["quarter"])],
    )
    figure.update_yaxes(fixedrange=True, range=[0, top], nticks=4, automargin=True, title=None)
    said = f"people who {what}: " + "; ".join(
        f"{row['quarter']} {row['words'] or legend.get(row['mark'], '')}" for row in frame.to_dict("records")
    )
    return Chart(figure, markup.seen(f"{name}, {said}."), by_quarter(name, frame, legend))


def _counted(what: str, wide: int) -> str:
    """What an axis counts, in lines of so many letters."""
    return "<br>".join(textwrap.wrap(f"people of every 100 who {what}", wide))


def by_quarter(name: str, frame: Frame, legend: Mapping[Mark, str]) -> Frame:
    """The same figures for reading."""
    told = [row["words"] or legend.get(row["mark"], "") for row in frame.to_dict("records")]
    table = frame.assign(words=told).drop(columns="mark").astype(dict.fromkeys(("about", "low", "high"), "Int64"))
    table.insert(0, "group", name)
    return _ordered(table)


_COLUMNS = {
    "group": "Group",
    "quarter": "Quarter",
    "words": "In words",
    "stand": "Beside the whole company",
    "about": "People, about",
    "low": "From",
    "high": "To",
    "of_low": "Of every 100, from",
    "of_high": "Of every 100, to",
}


def _table(frame: Frame, legend: Mapping[Stand, str]) -> Frame:
    told = frame.assign(stand=[legend.get(one, "") for one in frame["stand"]])
    return _ordered(told)


def _ordered(table: Frame) -> Frame:
    return table[[one for one in _COLUMNS if one in table.columns]].rename(columns=_COLUMNS).round(1)


def _bars(frame: Frame, stand: Stand, said: str) -> go.Bar | None:
    rows = frame[frame["stand"] == stand]
    if rows.empty:
        return None
    colour, pattern = _STANDS[stand]
    return go.Bar(
        y=rows.index,
        base=rows["of_low"],
        x=rows["of_high"] - rows["of_low"],
        width=0.42,
        orientation="h",
        name=said,
        customdata=[[literal(row["group"]), literal(row["words"])] for row in rows.to_dict("records")],
        marker={
            "color": colour,
            "cornerradius": 4,
            "line": {"color": colour, "width": 2},
            "pattern": {"shape": pattern, "solidity": 0.35, "fgcolor": colour, "fillmode": "replace"}
            if pattern
            else {},
        },
        hovertemplate="<b>%{customdata[0]}</b><br>%{customdata[1]}<extra></extra>",
    )


def _intervals(shown: Frame) -> list[go.Bar]:
    """A bar from the lower to the upper end of each."""
    return [
        go.Bar(
            x=shown["quarter"],
            base=shown["of_low"],
            y=shown["of_high"] - shown["of_low"],
            width=0.34,
            marker={"color": INK, "cornerradius": 3, "line": {"color": INK, "width": 2}},
            customdata=[literal(one) for one in shown["words"]],
            hovertemplate="%{x}<br><b>%{customdata}</b><extra></extra>",
        )
    ]


def _gaps(gone: Frame, legend: Mapping[Mark, str], top: float) -> go.Bar:
    colours = [_ALARM if one is Mark.ALTERED else _GREY for one in gone["mark"]]
    signs = {Mark.OTHERS: "≠", Mark.NO_GROUP: "–", Mark.UNNUMBERED: "?", Mark.ALTERED: "✕"}
    return go.Bar(
        x=gone["quarter"],
        y=[top] * len(gone),
        width=0.92,
        marker={
            "opacity": 0.4,
            "color": "rgba(0,0,0,0)",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": colours, "size": 7, "solidity": 0.16, "fillmode": "replace"},
        },
        text=[signs.get(one, "") for one in gone["mark"]],
        textposition="inside",
        insidetextanchor="middle",
        textfont={"size": 18, "color": colours},
        customdata=[legend.get(one, "") for one in gone["mark"]],
        hovertemplate="%{x}<br>%{customdata}<extra></extra>",
    )


def _short(quarter: str, number: int) -> str:
    """'2026-Q3' as 'Q3', with the year below where it begins."""
    year, part = quarter.split("-")
    return f"{part}<br>{year}" if number == 0 or part == "Q1" else part


def _legend() -> dict[str, object]:
    return {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}, "traceorder": "normal"}
