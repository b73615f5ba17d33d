"""What became of the copies that a request reaches, and saying it by hand where a holder does not."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.copies import tasks as domain
from data.copies.tasks import Outcome, Task
from data.people.permissions import Permission, may
from data.rights import settling as rights
from data.rights.erasure import issuing
from data.rights.request import Request
from pages.officer import changing
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import copies

_SAID = {"It was deleted": Outcome.DONE, "It is not possible": Outcome.IMPOSSIBLE}


@st.fragment
def tasks(here: Here, found: Request, calendar: Calendar) -> None:
    """Every copy and how it stands; a form for those that are open."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        told = [one for one in domain.about(session, viewer, found.person_id) if one.request_id == found.id]
    st.html(copies.outcomes(told, calendar) or "<span></span>")
    waiting = [one for one in told if one.outcome is Outcome.OPEN]
    if not waiting or not may(viewer, Permission.DECIDE, found.person_id):
        return
    with st.form(f"settle-{found.id}"):
        chosen = st.selectbox("Copy", waiting, format_func=copies.choice)
        said = st.radio("What became of it", list(_SAID), horizontal=True)
        reason = st.text_area(
            "How is it known, or why is it not possible? The person reads it.", max_chars=domain.LONGEST
        )
        if st.form_submit_button("Say what became of it"):
            _settle(here, chosen, _SAID[said or "It was deleted"], reason)


def _settle(here: Here, chosen: Task, outcome: Outcome, reason: str) -> None:
    settle = partial(rights.settle, name=chosen.name, outcome=outcome, reason=reason)

    def certify(_: Task) -> None:
        issuing.keep_up(here.store.database, here.store.vault)

    changing.carry_out(here, settle, path="queue", what="say what became of a copy", then=certify)
