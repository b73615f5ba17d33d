"""The organizer's first page: how the programme itself behaves, for the whole company, exact."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.alarms import choices
from data.captures import disobeying, ignoring
from data.notices import notice
from data.notices.notice import Why
from data.rights import exemption
from data.statistics import conduct as figures
from pages.organizer import agreeing, standing, weekly
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import alarms, exempting, pauses, proof
from pages.wording import conduct as said

WEEKS = {"4 weeks": 4, "12 weeks": 12, "26 weeks": 26, "52 weeks": 52}


def conduct(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    look.apply()
    top = st.container()
    span = st.segmented_control("Span", list(WEEKS), default="12 weeks", required=True, key="span", bind="query-params")
    length = WEEKS[span or "12 weeks"]
    with here.store.database.reading() as session:
        found = figures.conduct(session, viewer, here.store.vault, length)
        exempt = exemption.figures(session, viewer, here.store.vault)
        paused = disobeying.current(session, viewer, here.store.vault)
        ignored = ignoring.sums(session, viewer, instants.now() - length * instants.WEEK)
        told = notice.beside(session, viewer, Why.CHOSEN)
        new = choices.unseen(session, viewer, here.store.vault)
    now = standing.fetch(here, viewer, found)
    calendar = Calendar(here.zone, instants.now())
    with top:
        st.html(proof.alarm(now.behind, calendar) + said.headline(found) + pauses.figures(*paused, calendar))
        if new and told:
            until = told[0].position
            with st.container(border=True, key="alarms"):
                st.html(alarms.new(new))
                st.button("I have seen these", type="tertiary", key="seen-alarms", on_click=_see, args=(here, until))
    agreeing.draw(here, viewer)
    st.html(said.tiles(found))
    with st.expander("How these figures are made", type="compact"):
        st.markdown(said.METHOD)
    weekly.draw(found, length)
    standing.tables(found)
    st.header("Own pauses and opt-outs", anchor=False)
    st.html(pauses.sums(ignored, length))
    st.header("Exemptions", anchor=False)
    st.html(exempting.figures(exempt))
    st.caption(exempting.NOTE)
    standing.draw(here, viewer, now)


def _see(here: Here, until: int) -> None:
    viewer = here.look()
    if viewer is not None:
        with here.store.database.writing() as session:
            notice.see_beside(session, viewer, Why.CHOSEN, until)
