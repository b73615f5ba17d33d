"""One look at the person's data, in full."""

from __future__ import annotations

import streamlit as st

from data.errors import NotFound, Unreadable
from data.looks import single
from data.notices import notice
from data.people.viewer import Viewer
from data.rights import request as requests
from pages.employee import inquiring
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import single as wording

LOOK = "look"


def access(here: Here, viewer: Viewer, chosen: str, calendar: Calendar) -> None:
    """Draw the look whose position the address holds, for the person it concerns."""
    person_id, store = viewer.person_id, here.store
    if person_id is None:
        return
    st.button("Every look", on_click=_leave, icon=":material/arrow_back:", type="tertiary")
    position = int(chosen) if chosen.isdecimal() and len(chosen) < 16 else -1
    try:
        with store.database.reading() as session:
            one = single.opened(session, viewer, store.vault, person_id, position, zone=here.zone)
            found = [it for it in requests.mine(session, viewer, store.vault, person_id) if it.access == position]
            is_new = notice.is_unseen(session, viewer, person_id, position)
    except Unreadable as altered:
        st.html(markup.answer("This look cannot be shown.", markup.html(str(altered)), tone="alarm", icon="gpp_bad"))
        return
    except NotFound:
        # Whether it is somebody else's or nobody's is not to be told.
        st.html(
            markup.answer("There is no such look at your data.", "Its address may be incomplete.", icon="search_off")
        )
        return
    if is_new:
        with store.database.writing() as session:
            notice.see(session, viewer, person_id, position)
    tone = "attention" if one.marks else "plain"
    st.html(markup.answer(wording.headline(one, calendar), tone=tone, icon="visibility"))
    left, right = st.columns([5, 3], gap="large")
    with left:
        if one.marks:
            st.header("Why it is marked", anchor=False)
            st.html(wording.marked(one, calendar))
        st.header("What is known", anchor=False)
        st.html(wording.facts(one, calendar))
        st.markdown(wording.receipt(person_id, position))
    with right:
        inquiring.ask(here, one, found, calendar)


def _leave() -> None:
    for name in (LOOK, inquiring.ASK):
        st.query_params.pop(name, None)
