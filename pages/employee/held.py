"""What is held, on the first screen: figures by kind, and how much it is in all."""

from __future__ import annotations

import streamlit as st

from data.captures.summary import Summary
from pages.shell import links
from pages.shell.words import Calendar
from pages.wording import phrases, tiles


def draw(summary: Summary, calendar: Calendar) -> None:
    """The figures, each a way to what is behind it."""
    if not summary.total:
        st.html(phrases.held(summary, calendar) or "<span></span>")
        return
    st.html(tiles.tiles(summary, calendar))
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.html(phrases.held(summary, calendar), width="content")
        st.page_link(links.to("captures"), label="See every single one", icon=":material/arrow_forward:")
