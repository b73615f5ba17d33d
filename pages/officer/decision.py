"""One request on the officer's desk: what was asked, what it would take, and the decision with its reason."""

from __future__ import annotations

import streamlit as st

from data.accesses.entry import Purpose, Reason
from data.captures import preview as previews
from data.errors import Destroyed, Error
from data.people.permissions import Permission, may
from data.people.viewer import Viewer
from data.rights import request as requests
from data.rights.request import Request
from data.rights.states import Ground, State
from pages.shell import gateway
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import desk, standing


def one(here: Here, viewer: Viewer, chosen: str, calendar: Calendar) -> None:
    """Draw the request whose number the address holds."""
    if st.button("All requests", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params["request"]
        st.rerun()
    try:
        with here.store.database.reading() as session:
            found = requests.show(session, viewer, here.store.vault, int(chosen) if chosen.isdecimal() else -1)
    except Error as failure:
        st.warning(str(failure))
        return
    st.html(desk.heading(found, calendar))
    left, right = st.columns(2, gap="large")
    with left:
        st.header("What was asked", anchor=False)
        st.html(desk.facts(found, calendar))
        _count(here, found)
        st.header("What happened so far", anchor=False)
        st.html(standing.history(found, calendar))
    with right:
        if found.state is not State.OPEN:
            st.header("Where it stands", anchor=False)
            st.html(standing.steps(found))
            st.markdown(standing.next_step(found, calendar))
        elif not may(viewer, Permission.DECIDE, found.person_id):
            st.info(
                "This is your own request. Nobody decides their own; another officer must.", icon=":material/block:"
            )
        elif here.is_fresh():
            _decide(here, found)
        else:
            gateway.ask_anew("queue", "decide a request")


@st.fragment
def _count(here: Here, found: Request) -> None:
    """How much the request would take; counting opens the person's data, so it is logged and they see it."""
    viewer = here.viewer()
    if not found.waiting or viewer.is_person(found.person_id):
        return
    st.caption(f"Nothing of it is open. Counting looks into the data, and {found.person} will see that you looked.")
    if st.button("Count what it takes", icon=":material/calculate:", key=f"count-{found.id}"):
        reason = Reason(Purpose.REQUEST, f"request {found.id}")
        try:
            with here.store.database.writing() as session:
                taken = previews.preview(session, viewer, here.store.vault, found.person_id, found.scope, reason)
        except Destroyed as gone:
            st.info(str(gone), icon=":material/delete_sweep:")
            return
        st.markdown(desk.scope(taken))


@st.fragment
def _decide(here: Here, found: Request) -> None:
    """Approve or refuse, with the words as the person will read them."""
    viewer = here.viewer()
    st.header("Decide", anchor=False)
    choice = st.radio("Decision", ["Approve", "Refuse"], horizontal=True, key=f"decision-{found.id}")
    approve, ground = choice == "Approve", None
    if not approve:
        ground = st.selectbox("Ground", list(Ground), format_func=lambda code: code.plain, key=f"ground-{found.id}")
    label = "A word to the person (may stay empty)" if approve else "The reason, in words the person understands"
    reason = st.text_area(label, key=f"reason-{found.id}", max_chars=4000)
    with st.container(border=True):
        st.caption(f"{found.person} will read:")
        st.html(desk.letter(found, approve=approve, ground=ground, reason=reason))
    if not st.button(f"{choice} request {found.id}", type="primary", key=f"decide-{found.id}"):
        return
    if not here.is_fresh():
        gateway.ask_anew("queue", "decide a request")
        return
    try:
        with here.store.database.writing() as session:
            requests.decide(session, viewer, here.store.vault, found.id, approve, ground, reason)
    except Error as failure:
        st.error(str(failure))
        return
    st.rerun()
