"""How many devices do what the programme wants, in counts that name nobody."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.people.viewer import Viewer
from data.programme import obeying, wanted
from pages.shell.here import Here
from pages.wording import devices as wording


def draw(here: Here, viewer: Viewer) -> None:
    """Draw the counts under a heading."""
    now = instants.now()
    with here.store.database.reading() as session:
        asked = wanted.shown(session, here.store.vault)
        found = obeying.counts(session, viewer, asked, now)
    st.subheader("Devices", anchor=False)
    st.markdown(wording.enrolled(found))
    st.html(wording.counted(found, asked.pause(now)) or "<span></span>")
    st.caption(wording.METHOD)
