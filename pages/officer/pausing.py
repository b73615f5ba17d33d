"""Putting on record that the programme pauses, does so earlier or not at all, and that it goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from data.controls import resuming as resuming_of
from data.people.viewer import Viewer
from data.programme import record
from data.programme import state as rules
from data.programme.state import Programme
from pages.officer import changing, moments
from pages.shell import markup
from pages.shell.here import Here

DONE = "programme-changed"
_PROPOSED = "An organizer has to agree to it now, and another officer to confirm it."


def said() -> None:
    """Say what was put on record just now, once."""
    if done := st.session_state.pop(DONE, None):
        st.success(done, icon=":material/check_circle:")


@st.fragment
def pausing(here: Here) -> None:
    """The form that pauses for everybody."""
    here.viewer()
    with st.container(border=True, key="pausing"):
        st.caption(
            "Without a day and a time it pauses at once. What is captured from then on is refused, whenever it arrives."
        )
        at = moments.ask(here, "pause")
        reason = _reason("Why it is paused", "pause-why")
        if st.button("Pause for everybody", type="primary", icon=":material/pause_circle:", key="pause"):
            change = partial(_from, record.pause, at, reason)
            _change(here, change, "The pause is on record.")


@st.fragment
def changing_announced(here: Here) -> None:
    """The form that brings an announced pause forward or calls it off."""
    here.viewer()
    with st.container(border=True, key="announced"):
        st.caption(
            "Either stays on record, with what was announced before. With neither day nor time it pauses at once."
        )
        at = moments.ask(here, "earlier")
        reason = _reason("Why", "announced-why")
        with st.container(horizontal=True):
            if st.button("Pause earlier", type="primary", key="earlier"):
                change = partial(_from, record.bring_forward, at, reason)
                _change(here, change, "The pause was brought forward.")
            if st.button("Call the pause off", key="call-off"):
                _change(here, partial(record.call_off, reason=reason), "The pause was called off.")


@st.fragment
def resuming(here: Here, found: Programme, viewer: Viewer, missing: Sequence[str]) -> None:
    """Propose to resume; for another officer, confirm it or not. `missing`: what can be gone past with a reason."""
    here.viewer()
    proposal = found.proposal
    with st.container(border=True, key="resuming"):
        if proposal is None:
            reason = _reason("Why it may go on", "resume-why")
            if st.button("Propose to resume", type="primary", key="propose"):
                _change(here, partial(record.propose_resume, reason=reason), _PROPOSED)
            return
        st.markdown(f"{markup.literal(proposal.name)} proposes it: “{markup.literal(proposal.words)}”")
        if proposal.by != viewer.person_id:
            _confirming(here, missing)
        reason = _reason("Why it may not go on yet", "decline-why")
        if st.button("Do not resume", key="decline"):
            _change(here, partial(record.decline_resume, reason=reason), "It stays paused.")


def _confirming(here: Here, missing: Sequence[str]) -> None:
    anyway = _reason("Why it resumes although something is missing", "resume-anyway") if missing else ""
    if st.button("Resume all the same" if missing else "Confirm: resume now", type="primary", key="resume"):
        change = partial(resuming_of.resume, settings=here.store.settings, anyway=anyway)
        _change(here, change, "The programme runs again.")


def _reason(label: str, key: str) -> str:
    return st.text_area(f"{label}; everybody reads it", key=key, max_chars=rules.LONGEST)


def _from(change: Callable[..., object], at: Callable[[], int | None], reason: str, *where: Any) -> object:
    """Carry out a change that counts from the moment that was chosen; raises BadInput as `moments.ask` says."""
    return change(*where, effective_at=at(), reason=reason)


def _change(here: Here, change: Callable[..., object], done: str) -> None:
    def note(_: object) -> None:
        st.session_state[DONE] = done

    changing.carry_out(here, change, path="control", what="change the state of the programme", then=note)
