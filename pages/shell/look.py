"""Daylight's own look, on top of the theme in .streamlit/config.toml, and charts with their tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from pages.charts.chart import Chart
from pages.shell import markup

_STYLE = Path(__file__).with_name("look.css")


def apply() -> None:
    """Load the style; every page calls it first."""
    st.html(_STYLE)


def draw(chart: Chart, title: str, key: str, *, on_press: Callable[[], None] | None = None, note: str = "") -> None:
    """A chart under its title, with its table one click away. With `on_press`, pressing a mark calls it; what was
    pressed is in st.session_state[key]."""
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header(title, anchor=False, width="content")
            with st.popover("As a table", type="tertiary", icon=":material/table_rows:"):
                st.dataframe(markup.cells(chart.table), hide_index=True, alt=f"{title}, as a table", key=f"{key}-table")
        if note:
            st.caption(note)
        st.plotly_chart(
            chart.figure,
            key=key,
            alt=chart.alt,
            config={"displayModeBar": False, "displaylogo": False, "plotlyServerURL": ""},
            on_select=on_press or "ignore",
            selection_mode="points",
        )
