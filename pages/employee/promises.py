"""Promises kept or broken, with the day of the last look: everybody's part of the programme's page."""

from __future__ import annotations

import streamlit as st

from data.controls import record
from data.people.permissions import Permission, may
from pages.shell import links
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import controls as wording


def draw(here: Here, calendar: Calendar) -> None:
    """Each promise, how it stands, and since when."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        found = record.public(session, viewer, here.store.vault, days=here.store.settings.fix_days)
    st.header("Promises kept or broken", anchor=False)
    st.markdown(wording.summary(found, calendar.now))
    st.html(wording.promises(found, calendar) or "<span></span>")
    if may(viewer, Permission.SEE_CONTROLS):
        st.page_link(links.to("controls"), label="See what was found, and when", icon=":material/arrow_forward:")
