"""Addresses of pages, for links between them."""

from __future__ import annotations

import streamlit as st

_TITLES = {
    "captures": "What was collected",
    "accesses": "Who opened it",
    "requests": "My requests",
    "incidents": "Incidents",
    "controls": "Promises and checks",
    "programme": "The programme",
    "conduct": "The programme's conduct",
    "people": "Figures about people",
    "people-method": "How people are counted",
    "watching": "Watch the programme",
}


def to(path: str) -> st.Page:
    """The page at `path` ('' is the first one) as st.page_link and st.switch_page take it; pages/menu.py draws it."""

    def registered_in_the_menu() -> None:
        pass

    return st.Page(
        registered_in_the_menu, title=_TITLES.get(path, "Overview"), url_path=path or "overview", default=not path
    )
