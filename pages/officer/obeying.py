"""Devices that do not do what the programme wants: counted for the officer, and named at a press, which is logged."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.people.viewer import Viewer
from data.programme import obeying, wanted
from data.programme.obeying import MOST, Stance
from pages.organizer import devices as counts
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import devices as wording

_ASKED = {"Name those that capture": Stance.CAPTURING, "Name those that are silent": Stance.UNKNOWN}


def draw(here: Here, viewer: Viewer) -> None:
    """Draw the counts, and the names that are asked for."""
    counts.draw(here, viewer)
    st.caption("Whoever is named reads in “Who opened it” that you looked.")
    with st.container(horizontal=True):
        asked = [stance for label, stance in _ASKED.items() if st.button(label, key=f"obeying-{stance.value}")]
    for stance in asked:
        _named(here, viewer, stance)


def _named(here: Here, viewer: Viewer, stance: Stance) -> None:
    calendar = Calendar(here.zone, instants.now())
    with here.store.database.writing() as session:
        told = wanted.shown(session, here.store.vault)
        found = obeying.named(session, viewer, here.store.vault, told, calendar.now, stance)
    if not found:
        st.caption("There is none.")
        return
    if len(found) == MOST:
        st.caption(f"The {MOST} that have been so for the longest.")
    st.html(wording.named(found, told.pause(calendar.now), calendar))
