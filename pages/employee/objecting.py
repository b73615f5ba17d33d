"""Opting out of being captured, and having what is held sealed: choose what, say why, and it is asked for."""

from __future__ import annotations

import streamlit as st

from data.captures.summary import Summary
from data.errors import Error
from data.rights import attribution, objection, restriction, written
from data.rights.exemption import Criterion
from data.rights.record import Request
from data.rights.restriction import Cause
from pages.employee import reaching
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import exempting

DONE, FAILED = "asked", "not-asked"
OFFERED = OPT_OUT, SEALING, NOT_ME = "Opt out", "Seal it", "This was not me"
_SAID = {
    OPT_OUT: "You object to being captured. From the moment you ask, nothing of what you choose is taken in, and"
    " Daylight opens what is held of it only for you. An officer can refuse only for compelling grounds.",
    SEALING: "What is held is kept and not used: once it is granted Daylight opens it only for you, and whoever"
    " tries is refused and logged.",
    NOT_ME: "Somebody else used your device, or it was never yours: name the days or the device. Once it is granted it"
    " is marked as not yours, with your statement, and whoever holds a copy is told.",
}


def form(here: Here, chosen: str, summary: Summary, calendar: Calendar) -> None:
    """Draw the form. What came of it is said under DONE or FAILED in the session's state."""
    st.markdown(_SAID[chosen])
    reaching.draw(summary, calendar, times=chosen == OPT_OUT)
    if chosen == OPT_OUT:
        choices = [None, *Criterion]
        captions = [exempting.caption(one) for one in choices]
        st.radio(exempting.CHOICE, choices, format_func=exempting.label, captions=captions, key="criterion")
    elif chosen == SEALING:
        st.radio("On which ground?", list(Cause), format_func=lambda one: one.plain, key="cause")
    st.text_area("Why? In your own words; the officer reads it.", key="own_words", max_chars=written.LONGEST)
    asked = (here, chosen, summary, calendar)
    st.button("Ask for it", type="primary", key="ask-standing", on_click=_ask, args=asked)


def _ask(here: Here, chosen: str, summary: Summary, calendar: Calendar) -> None:
    """A callback: what was typed last may arrive with the press itself, after the form was drawn."""
    viewer = here.look()
    if viewer is None or viewer.person_id is None:
        return
    reach, held = reaching.chosen(here, summary, calendar, times=chosen == OPT_OUT), st.session_state
    text, cause = str(held.get("own_words") or ""), held.get("criterion" if chosen == OPT_OUT else "cause")
    try:
        with here.store.database.writing() as session:
            if chosen == OPT_OUT:
                made = objection.ask(session, viewer, here.store.vault, viewer.person_id, reach, text, cause)
            elif chosen == NOT_ME:
                made = attribution.ask(session, viewer, here.store.vault, viewer.person_id, reach, text)
            else:
                made = restriction.ask(session, viewer, here.store.vault, viewer.person_id, reach, cause or "", text)
    except Error as failure:
        st.session_state[FAILED] = str(failure)
        return
    st.session_state[DONE] = _asked(made, chosen)
    # The form closes: pressing once more would ask for the same again.
    st.session_state.update(ask=None, part=False, own_words="")


def _asked(made: Request, chosen: str) -> str:
    if chosen == OPT_OUT:
        return f"You object: request {made.id}. From now on nothing of it is taken in while an officer decides."
    if chosen == NOT_ME:
        return f"You said that it was not you: request {made.id}. An officer decides."
    return f"You asked for it to be sealed: request {made.id}. An officer decides."
