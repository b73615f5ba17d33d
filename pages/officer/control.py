"""Pause the programme, have it resumed by two officers, and see to the devices that do not obey."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.captures import disobeying
from data.controls import resuming
from data.programme import gate
from data.programme.state import State
from data.rights import reviewing as domain
from pages.officer import obeying, pausing, reviewing
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import control as wording
from pages.wording import pauses, running


def control(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        found, sent = disobeying.current(session, viewer, here.store.vault)
        waiting = domain.waiting(session, viewer)
        missing = gate.missing(found, resuming.missing(session, here.store.vault, here.store.settings))
    st.html(running.headline(found, calendar, "Everybody in the company reads this."))
    pausing.said()
    st.html(pauses.figures(found, sent, calendar) or "<span></span>")
    state = found.state(calendar.now)
    if state is State.PAUSED:
        st.header("Resume", anchor=False)
        st.html(wording.gate((*gate.firm(found, viewer, calendar.now), *missing)))
        pausing.resuming(here, found, viewer, missing)
    elif state is State.PAUSING:
        pausing.changing_announced(here)
    else:
        pausing.pausing(here)
    obeying.draw(here, viewer)
    st.header("Quarantine", anchor=False)
    reviewing.draw(here, waiting, calendar)
    if found.lines:
        with st.expander("When it was paused and resumed, by whom and why", type="compact"):
            st.html(running.history(found, calendar))
