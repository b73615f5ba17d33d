"""Daylight's own look, on top of the theme in .streamlit/config.toml, and charts with their tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.charts.chart import Chart
from pages.shell import markup

_STYLE = Path(__file__).with_name("look.css")


def apply() -> None:
    """Load the style; every page calls it first."""
    st.html(_STYLE)


# As in .streamlit/config.toml: in the page a chart has no ground of its own, in a picture that is saved it needs one.
_GROUND = {"light": "#FCFBF8", "dark": "#14171A"}
_NO_BUTTONS = {"displayModeBar": False}


def draw(
    chart: Chart, title: str, key: str, *, on_press: Callable[[], None] | None = None, note: str = "", csv: str = ""
) -> None:
    """A chart under its title, with its table one click away. With `on_press`, pressing a mark calls it; what was
    pressed is in st.session_state[key]. With `csv`, the address of its figures, they and the picture can be saved."""
    with st.container(border=True, gap="xsmall"):
        _head(chart.table, title, key, note, csv)
        _plot(chart, key, saved=bool(csv), on_press=on_press)


def draw_many(charts: Sequence[Chart], title: str, key: str, *, note: str = "", csv: str = "", across: int = 3) -> None:
    """Small charts under one title and with one table, `across` beside each other where there is room."""
    with st.container(border=True, gap="xsmall"):
        _head(pd.concat([one.table for one in charts]), title, key, note, csv)
        for first in range(0, len(charts), across):
            for number, column in enumerate(st.columns(across, gap="small"), first):
                if number < len(charts):
                    with column:
                        _plot(charts[number], f"{key}-{number}", saved=bool(csv))


def _head(table: pd.DataFrame, title: str, key: str, note: str, csv: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.header(title, anchor=False, width="content")
        with st.popover("As a table", type="tertiary", icon=":material/table_rows:"):
            shown, alt = markup.cells(table), f"{title}, as a table"
            st.dataframe(shown, hide_index=True, alt=alt, width="content", key=f"{key}-table")
            if csv:
                st.link_button("Save as CSV", csv, icon=":material/download:", type="tertiary")
    if note:
        st.caption(note)


def _plot(chart: Chart, key: str, *, saved: bool, on_press: Callable[[], None] | None = None) -> None:
    st.plotly_chart(
        _grounded(chart.figure) if saved else chart.figure,
        key=key,
        alt=chart.alt,
        config={"displaylogo": False, "plotlyServerURL": "", **(_picture(key) if saved else _NO_BUTTONS)},
        on_select=on_press or "ignore",
        selection_mode="points",
    )


def _picture(name: str) -> dict[str, object]:
    """The one button above a chart: its picture as PNG, made in the browser."""
    options = {"format": "png", "filename": f"daylight-{name}", "scale": 2}
    return {"displayModeBar": True, "modeBarButtons": [["toImage"]], "toImageButtonOptions": options}


def _grounded(figure: go.Figure) -> go.Figure:
    return go.Figure(figure).update_layout(paper_bgcolor=_GROUND.get(str(st.context.theme.type), _GROUND["light"]))
