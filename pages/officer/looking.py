"""Having everything looked at now: asked for here, carried out by the worker, followed until it is done."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.controls import asking
from data.controls.asking import Asked
from pages.shell import changing, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import asked as wording

_SECONDS = 2  # between two looks whether it is done


def draw(here: Here, calendar: Calendar) -> None:
    """Draw the button, or how the round that was asked for stands."""
    found = _newest(here)
    if found is not None and found.ended_at is None:
        _follow(here)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Look now", icon=":material/search_check:", key="look-now"):
            changing.make(here, asking.ask)
        st.caption(markup.literal(wording.ended(found, calendar)))


@st.fragment(run_every=_SECONDS)
def _follow(here: Here) -> None:
    """Say that it goes on; once it is done the page is drawn anew, with what was found."""
    found = _newest(here, active=False)
    if found is None or found.ended_at is not None:
        st.rerun(scope="app")
    st.html(wording.going_on(found, Calendar(here.zone, instants.now())))


def _newest(here: Here, *, active: bool = True) -> Asked | None:
    viewer = here.viewer(active=active)
    with here.store.database.reading() as session:
        return asking.newest(session, viewer, here.store.vault)
