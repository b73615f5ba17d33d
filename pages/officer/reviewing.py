"""Review of the quarantine: whose devices sent what from a pause, in counts, and having it erased."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.rights import reviewing as domain
from data.rights import written
from data.rights.reviewing import Erased
from pages.officer import changing, pausing
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import control as wording

_OPEN = "review-open"


@st.fragment
def draw(here: Here, waiting: int, calendar: Calendar) -> None:
    """How much waits; once asked for, of whom, which they will see."""
    viewer = here.viewer()
    st.markdown(wording.waiting(waiting))
    if not waiting:
        return
    st.caption(f"{wording.SEALED} Everybody whose captures these are sees that you looked.")
    if not st.toggle("Show of whom, and from which devices", key=_OPEN):
        return
    with here.store.database.writing() as session:
        found = domain.review(session, viewer, here.store.vault)
    st.markdown(wording.reviewed(found))
    st.dataframe(wording.table(found, calendar), hide_index=True, alt="What is in quarantine", key="review")
    reason = st.text_area("What the review found; they read it", key="review-why", max_chars=written.LONGEST)
    # Its key says what was listed: where more came in since, nothing is pressed, and the new list is read first.
    key = f"review-erase-{found.until}"
    if st.button("Erase what is listed", type="primary", icon=":material/delete_forever:", key=key):
        erase = partial(domain.erase, until=found.until, reason=reason)
        changing.carry_out(here, erase, path="control", what="erase what is in quarantine", then=_note)


def _note(found: Erased) -> None:
    st.session_state[pausing.DONE] = wording.erased(found)
