"""Saying that a broken promise is kept again: the officer's part of the page of controls."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.controls import lifecycle, record
from data.controls.record import Seen
from data.rights import written
from pages.officer import changing
from pages.shell.here import Here
from pages.wording import controls as wording

_DONE = "fix-claimed"


def said() -> None:
    """What was done before the page was drawn anew."""
    if done := st.session_state.pop(_DONE, None):
        st.success(done, icon=":material/hourglass_top:")


@st.fragment
def claim(here: Here, one: Seen) -> None:
    """Say that it is fixed, where it is broken."""
    here.viewer()
    if not lifecycle.may_claim(one.standing):
        return
    with st.expander("Say that it is fixed", type="compact"):
        st.caption(wording.CLAIM.format(days=one.days))
        words = st.text_area("What was done", key=f"fix-{one.name}", max_chars=written.LONGEST)
        if st.button("It is fixed", type="primary", key=f"claim-{one.name}"):
            claims = partial(record.claim, name=one.name, words=words, days=one.days)
            changing.carry_out(here, claims, path="controls", what="say that it is fixed", then=_note)


def _note(_found: Seen) -> None:
    st.session_state[_DONE] = "That is on record. It counts once a look has found it so, within minutes."
