"""One request on the officer's desk: what was asked, what it would take, and where the decision is made."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.people.viewer import Viewer
from data.rights import impartiality, inquiry
from data.rights import request as requests
from data.rights.request import Request
from data.rights.states import APPEALS, Move, RequestKind, State
from pages.officer import appealing, counting, deciding, having, keeping, lifting, screening, settling, timing
from pages.shell import gateway, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import appealing as wording
from pages.wording import clock, desk, single, standing


def one(here: Here, viewer: Viewer, chosen: str, calendar: Calendar) -> None:
    """Draw the request whose number the address holds."""
    if st.button("All requests", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params["request"]
        st.rerun()
    try:
        with here.store.database.reading() as session:
            found = requests.show(session, viewer, here.store.vault, int(chosen) if chosen.isdecimal() else -1)
    except Error as failure:
        st.warning(markup.literal(str(failure)))
        return
    st.html(desk.heading(found, calendar))
    having.draw(here, found)
    left, right = st.columns(2, gap="large")
    with left:
        st.header("What was asked", anchor=False)
        st.html(desk.facts(found, calendar))
        if found.kind.nature.about_access:
            _access(here, found, calendar)
        elif found.reach is None and "field" not in found.asked:
            counting.draw(here, found, calendar)
        st.html(clock.asked_back(found) or "<span></span>")
        st.html(wording.said(found) or "<span></span>")
        keeping.draw(here, viewer, found, calendar)
        st.header("What happened so far", anchor=False)
        st.html(standing.history(found, calendar))
    with right:
        _decision(here, viewer, found, calendar)
        timing.draw(here, found, calendar)
    screening.draw(here, found, calendar)


def _decision(here: Here, viewer: Viewer, found: Request, calendar: Calendar) -> None:
    if found.state is not State.OPEN and found.state not in APPEALS:
        st.header("Where it stands", anchor=False)
        st.html(standing.steps(found))
        st.markdown(markup.literal(standing.next_step(found, calendar)))
        st.html(desk.told(found) or "<span></span>")
        settling.tasks(here, found, calendar)
        if found.kind is RequestKind.RESTRICTION and found.state is State.DONE:
            lifting.announce(here, found)
    elif barred := _bar(here, viewer, found):
        st.info(barred, icon=":material/block:")
    # A form that is on the page stays, whatever time passes while a reason is written.
    elif not here.is_fresh() and deciding.key(found) not in st.session_state:
        gateway.ask_anew("queue", "decide a request")
    elif found.state in APPEALS:
        appealing.decide(here, found)
    elif Move.ANSWER in found.kind.nature.moves:
        deciding.answer(here, found)
    else:
        deciding.decide(here, found, calendar)


def _bar(here: Here, viewer: Viewer, found: Request) -> str:
    with here.store.database.reading() as session:
        return impartiality.bar_for(session, viewer, found.id)


@st.fragment
def _access(here: Here, found: Request, calendar: Calendar) -> None:
    """The access that was asked about; opening it is a look of its own, which the person sees."""
    viewer = here.viewer()
    if not found.waiting or viewer.is_person(found.person_id):
        return
    st.caption(
        "The log's entry is closed. Opening it shows who looked, by name, and"
        f" {markup.literal(found.person)} will see that you did."
    )
    if not st.button("Open the look", icon=":material/visibility:", key=f"look-{found.id}"):
        return
    try:
        with here.store.database.writing() as session:
            opened = inquiry.look_into(session, viewer, here.store.vault, found.id, zone=here.zone)
    except Error as failure:
        st.warning(markup.literal(str(failure)))
        return
    st.html(desk.inquired(opened))
    st.html(single.marked(opened.look, calendar) or "<span></span>")
    st.html(single.facts(opened.look, calendar, mine=False))
