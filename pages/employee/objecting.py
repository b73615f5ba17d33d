"""Opting out of being captured, and having what is held sealed: choose what, say why, and it is asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import streamlit as st

from data.captures.summary import Summary
from data.errors import Error
from data.programme.reach import Hours, Reach
from data.rights import attribution, objection, restriction, written
from data.rights.exemption import Criterion
from data.rights.record import Request
from data.rights.restriction import Cause
from pages.employee import narrowing
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import exempting

DONE, FAILED = "asked", "not-asked"
OFFERED = OPT_OUT, SEALING, NOT_ME = "Opt out", "Seal it", "This was not me"
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
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
    scope = narrowing.scope(summary, calendar)
    known = [one.name for one in summary.devices]
    devices = st.multiselect(
        "Only from these devices",
        known,
        key="only_device",
        placeholder="All devices",
        format_func=markup.apart(known),
    )
    kinds = frozenset(kind.value for kind in scope.kinds)
    reach = Reach(kinds, scope.apps, frozenset(devices), scope.start, scope.end)
    cause: Cause | Criterion | None = None
    if chosen == OPT_OUT:
        reach = _times(reach, here, calendar)
        choices = [None, *Criterion]
        captions = [exempting.caption(one) for one in choices]
        cause = st.radio(exempting.CHOICE, choices, format_func=exempting.label, captions=captions, key="criterion")
    elif chosen == SEALING:
        cause = st.radio("On which ground?", list(Cause), format_func=lambda one: one.plain, key="cause")
    text = st.text_area("Why? In your own words; the officer reads it.", key="own_words", max_chars=written.LONGEST)
    asked = (here, chosen, reach, cause, text)
    st.button("Ask for it", type="primary", key="ask-standing", on_click=_ask, args=asked)


def _times(reach: Reach, here: Here, calendar: Calendar) -> Reach:
    if reach.start is None and st.toggle("Only what is captured from now on", key="from_now"):
        reach = replace(reach, start=calendar.now)
    if not st.toggle("Only at some times of the day", key="some_hours"):
        return reach
    left, middle, right = st.columns(3)
    with left:
        start = st.time_input("From", time(18), key="hours_from")
    with middle:
        end = st.time_input("Until", time(8), key="hours_until")
    with right:
        days = st.pills(
            "On",
            range(7),
            selection_mode="multi",
            format_func=lambda day: _WEEKDAYS[day],
            key="hours_on",
            wrap=True,
        )
    first, last = (one.hour * 60 + one.minute for one in (start, end))
    return replace(reach, hours=Hours(here.zone.key, first, last, frozenset(days)))


def _ask(here: Here, chosen: str, reach: Reach, cause: Cause | Criterion | None, text: str) -> None:
    viewer = here.look()
    if viewer is None or viewer.person_id is None:
        return
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
