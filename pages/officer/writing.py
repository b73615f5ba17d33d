"""Writing to a person: a box, and the saved texts that can be put into it and changed there."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data.rights import texts, written
from data.rights.texts import Use
from pages.shell.here import Here


def box(here: Here, label: str, *, key: str, use: Use) -> str:
    """Draw it; what stands in it."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        saved = {one.number: one for one in texts.listed(session, viewer, use)}
    if saved:
        chooser = f"{key}-{use.value}"
        st.selectbox(
            "Insert a saved text",
            list(saved),
            index=None,
            format_func=lambda number: saved[number].title,
            key=chooser,
            placeholder="It can be changed below before anybody reads it",
            on_change=_insert,
            args=(chooser, key, {number: one.words for number, one in saved.items()}),
        )
    return st.text_area(label, key=key, max_chars=written.LONGEST)


def _insert(chooser: str, key: str, saved: Mapping[int, str]) -> None:
    """Put the chosen text below what is written already, of which nothing is lost."""
    words = saved.get(st.session_state[chooser], "")
    before = str(st.session_state.get(key) or "").rstrip()
    st.session_state[key] = f"{before}\n\n{words}".strip()[: written.LONGEST]
    st.session_state[chooser] = None
