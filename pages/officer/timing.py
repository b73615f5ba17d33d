"""The clock of one request: confirming that it arrived, putting its answer off, asking its person back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.people.permissions import Permission, may
from data.rights import clocks, timing, written
from data.rights import request as requests
from data.rights.exchange import Need
from data.rights.request import Request
from data.rights.states import APPEALS, Ground, Move, State
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
    if found.confirm_by is not None and found.can(Move.CONFIRM):
        st.caption(clock.to_confirm(found, calendar))
        if st.button(f"Confirm receipt of {found.id}", key=f"confirm-{found.id}"):
            deciding.carry_out(here, found, timing.confirm)
    if found.extended_at is None and found.can(Move.EXTEND) and not found.overdue:
        with st.expander("Put the answer off", type="compact"):
            _extend(here, found, law.extension)
    if law.stops and found.can(Move.STOP):
        with st.expander("Ask back first", type="compact"):
            _ask_back(here, found)
    if found.state is State.STOPPED and found.reply_by is not None:
        _unanswered(here, found, calendar)


def _unanswered(here: Here, found: Request, calendar: Calendar) -> None:
    """What to do with what is not answered: go on without it, or close it once a month has passed."""
    person = markup.literal(found.person)
    with st.expander("Go on without the answer", type="compact"):
        st.caption(f"The clock runs again, and you decide by what you know. {person} reads your reason at once.")
        reason = st.text_area("Why you go on", key=f"go-on-why-{found.id}", max_chars=written.LONGEST)
        if st.button(f"Go on with request {found.id}", key=f"go-on-{found.id}"):
            deciding.carry_out(here, found, partial(timing.go_on, reason=reason))
    if not clock.closable(found.kind) or found.reply_by is None:
        return
    if clocks.received_on(found.jurisdiction, calendar.now) <= found.reply_by:
        st.caption(f"It can be closed without an answer after {calendar.plain_date(found.reply_by)}.")
        return
    with st.expander("Close it, as no answer came", type="compact"):
        st.caption(f"{person} reads your reason, and can appeal, or ask anew at any time. Did the question reach them?")
        reason = st.text_area(
            "What you asked for, and why it is needed", key=f"close-why-{found.id}", max_chars=written.LONGEST
        )
        if st.button(f"Close request {found.id}", key=f"close-{found.id}"):
            given = {"approve": False, "ground": Ground.NO_REPLY, "reason": reason}
            deciding.carry_out(here, found, partial(requests.decide, **given))


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
