"""A person's devices: what each says about capturing, and since when."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.people.viewer import Viewer
from data.programme import obeying, wanted
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import devices as wording


def draw(here: Here, viewer: Viewer) -> None:
    """Draw the viewer's own devices under a heading."""
    if viewer.person_id is None:
        return
    calendar = Calendar(here.zone, instants.now())
    with here.store.database.reading() as session:
        asked = wanted.shown(session, here.store.vault)
        found = obeying.of_person(session, viewer, viewer.person_id, asked, calendar.now)
    st.header("Your devices", anchor=False)
    st.html(wording.mine(found, asked.pause(calendar.now, viewer.person_id), calendar))
