"""Copies of the person's data outside this store: where they are, since when, and for what."""

from __future__ import annotations

import streamlit as st

from data.copies import deleted, snapshot
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import copies as wording


def copies(here: Here, person_id: int, calendar: Calendar) -> None:
    """Draw the list, below who looked."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        found = snapshot.of(session, viewer, person_id)
        gone = deleted.of(session, viewer, here.store.vault, person_id)
    st.header("Copies of your data", anchor=False)
    st.markdown(wording.headline(found, gone))
    st.html(wording.held(found, gone, calendar) or "<span></span>")
