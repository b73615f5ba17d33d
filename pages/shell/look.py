"""Daylight's own look, on top of the theme in .streamlit/config.toml, and charts with their tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header(title, anchor=False, width="content")
            with st.popover("As a table", type="tertiary", icon=":material/table_rows:"):
                st.dataframe(markup.cells(chart.table), hide_index=True, alt=f"{title}, as a table", key=f"{key}-table")
                if csv:
                    st.link_button("Save as CSV", csv, icon=":material/download:", type="tertiary")
        if note:
            st.caption(note)
        st.plotly_chart(
            _grounded(chart.figure) if csv else chart.figure,
            key=key,
            alt=chart.alt,
            config={"displaylogo": False, "plotlyServerURL": "", **(_picture(key) if csv else _NO_BUTTONS)},
            on_select=on_press or "ignore",
            selection_mode="points",
        )


def _picture(name: str) -> dict[str, object]:
    """The one button above a chart: its picture as PNG, made in the browser."""
    options = {"format": "png", "filename": f"daylight-{name}", "scale": 2}
    return {"displayModeBar": True, "modeBarButtons": [["toImage"]], "toImageButtonOptions": options}


def _grounded(figure: go.Figure) -> go.Figure:
    return go.Figure(figure).update_layout(paper_bgcolor=_GROUND.get(str(st.context.theme.type), _GROUND["light"]))
