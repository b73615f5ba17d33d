"""The clock of one request: confirming that it arrived, putting its answer off, asking its person back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.people.permissions import Permission, may
from data.rights import clocks, timing
from data.rights.exchange import Need
from data.rights.request import Request
from data.rights.states import APPEALS, State
from data.rights.texts import Use
from pages.officer import deciding, writing
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import clock


@st.fragment
def draw(here: Here, found: Request, calendar: Calendar) -> None:
    """What an officer can do with it as it stands now; nothing for whoever may not decide it."""
    if not found.waiting or found.state in APPEALS or not may(here.viewer(), Permission.DECIDE, found.person_id):
        return
    law = clocks.clock(found.jurisdiction)
    if found.confirm_by is not None:
        st.caption(clock.to_confirm(found, calendar))
        if st.button(f"Confirm receipt of {found.id}", key=f"confirm-{found.id}"):
            deciding.carry_out(here, found, timing.confirm)
    if found.extended_at is None and found.state is not State.STOPPED and not found.overdue:
        with st.expander("Put the answer off", type="compact"):
            _extend(here, found, law.extension)
    if law.stops and found.state is State.OPEN:
        with st.expander("Ask back first", type="compact"):
            _ask_back(here, found)


def _extend(here: Here, found: Request, said: str) -> None:
    st.caption(f"{markup.literal(said)} {markup.literal(found.person)} reads your reason at once.")
    reason = writing.box(here, "Why it takes longer", key=f"extend-why-{found.id}", use=Use.EXTENSION)
    if st.button(f"Put off request {found.id}", key=f"extend-{found.id}"):
        deciding.carry_out(here, found, partial(timing.extend, reason=reason))


def _ask_back(here: Here, found: Request) -> None:
    st.caption(f"The clock stands until {markup.literal(found.person)} answers; these days do not count.")
    need = st.radio("What you need it for", list(Need), format_func=lambda one: one.plain, key=f"need-{found.id}")
    text = writing.box(here, "What you need to know", key=f"back-{found.id}", use=Use.ASK_BACK)
    if st.button(f"Ask back about {found.id}", key=f"ask-back-{found.id}"):
        deciding.carry_out(here, found, partial(timing.ask_back, need=need, text=text))
