"""Review of the quarantine: whose devices sent what from a pause, in counts, and having it erased."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.rights import reviewing as domain
from data.rights import written
from data.rights.reviewing import Erased, Review
from pages.officer import changing, pausing
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import control as wording


@st.fragment
def draw(here: Here, waiting: int, calendar: Calendar) -> None:
    """How much waits; once asked for, of whom, which they will see."""
    viewer = here.viewer()
    st.markdown(wording.waiting(waiting))
    if not waiting:
        return
    st.caption(f"{wording.SEALED} Everybody whose captures these are sees that you looked.")
    # Once for each press: whatever else the page is drawn anew for is no look.
    if not st.button("Show of whom, and from which devices", icon=":material/visibility:", key="review-open"):
        return
    with here.store.database.writing() as session:
        found = domain.review(session, viewer, here.store.vault)
    _listed(here, found, calendar)


@st.fragment
def _listed(here: Here, found: Review, calendar: Calendar) -> None:
    """What is in quarantine, and the way to erase it; it reruns alone, so that the list is not looked at again."""
    here.viewer()
    st.markdown(wording.reviewed(found))
    st.dataframe(wording.table(found, calendar), hide_index=True, alt="What is in quarantine", key="review")
    reason = st.text_area("What the review found; they read it", key="review-why", max_chars=written.LONGEST)
    # What came in since is not on the list, and stays.
    if st.button("Erase what is listed", type="primary", icon=":material/delete_forever:", key="review-erase"):
        erase = partial(domain.erase, until=found.until, reason=reason)
        changing.carry_out(here, erase, path="control", what="erase what is in quarantine", then=_note)


def _note(found: Erased) -> None:
    st.session_state[pausing.DONE] = wording.erased(found)
