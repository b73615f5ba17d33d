"""Looks that an audit outside saw and nothing explains: the officer explains them, or says that nothing does."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data import instants
from data.incidents import looks as about
from data.incidents import record
from data.incidents.incident import Incident
from data.looks import unexplained as looks
from data.looks.unexplained import LONGEST, Case, Group
from pages.officer import changing, recording
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import unexplained as wording

PAGE = 20
_DONE = "explained"


def unexplained(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        count, cases = looks.waits(session, here.store.vault)
        going = [one for one in record.read(session, viewer, here.store.vault).incidents if not one.is_closed]
    st.html(wording.headline(count, cases))
    recording.said()
    said = st.session_state.pop(_DONE, None)
    if said:
        st.success(said, icon=":material/check_circle:")
    if not cases:
        st.caption("Looks that bypassed Daylight appear here once an audit's log is brought in.")
        return
    pages = -(-cases // PAGE)
    page = st.pagination(pages, key="unexplained-page") if pages > 1 else 1
    with here.store.database.reading() as session:
        found = looks.groups(session, viewer, here.store.vault, skip=(page - 1) * PAGE, limit=PAGE)
        own = about.own(session, viewer, here.store.vault, going)
    for one in found:
        with st.container(border=True):
            st.html(wording.group(one, calendar))
            if one.lost is not None:
                st.caption(
                    "Nobody can explain what can no longer be read. Tell the auditor, and keep the database as it is."
                )
            elif one.is_own:
                st.caption("These looks are your own, so another officer must explain them.")
            else:
                _explain(here, one, [each for each in going if each.number not in own])


@st.fragment
def _explain(here: Here, one: Group, going: list[Incident]) -> None:
    here.viewer()
    with st.form(f"explain-{one.position}", border=False):
        reason = st.text_area(
            "What was it, in words that the people concerned understand?",
            key=f"why-{one.position}",
            max_chars=LONGEST,
            help="Everybody whose data it was reads this.",
        )
        with st.container(horizontal=True):
            explained = st.form_submit_button("This explains it", type="primary")
            nothing = st.form_submit_button("No good reason was found")
            incident = st.form_submit_button("Open an incident")
        chosen = None
        if going:
            key = f"incident-{one.position}"
            chosen = st.selectbox("Incident", [None, *going], format_func=wording.incident, key=key)
    if explained or nothing:
        _say(here, one, reason, justified=explained)
    elif incident:
        recording.about_looks(here, one, wording.title(one), reason, chosen.number if chosen else None)


def _say(here: Here, one: Group, reason: str, *, justified: bool) -> None:
    def note_done(case: Case) -> None:
        st.session_state[_DONE] = wording.said(case)

    explain = partial(looks.explain, position=one.position, reason=reason, expected=one.count, justified=justified)
    changing.carry_out(here, explain, path="unexplained", what="explain a look", then=note_done)
