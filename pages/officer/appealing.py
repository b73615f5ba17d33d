"""Deciding an appeal: uphold the refusal or overturn it, with reasons its person reads."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data import instants
from data.rights import appeals
from data.rights.request import Request
from data.rights.texts import Use
from pages.officer import deciding, writing
from pages.shell import markup
from pages.shell.here import Here
from pages.wording import standing

_CHOICES = {"Uphold the refusal": False, "Overturn it": True}


@st.fragment
def decide(here: Here, found: Request) -> None:
    """The form, under what was refused and why."""
    here.viewer()
    st.header("Decide the appeal", anchor=False)
    st.caption(f"{markup.literal(found.decider)} decided:")
    st.html(standing.refusal(found))
    choice = st.radio("Decision", list(_CHOICES), horizontal=True, key=f"appeal-{found.id}")
    label = "The reason, in words the person understands"
    reason = writing.box(here, label, key=f"appeal-reason-{found.id}", use=Use.APPEAL)
    if st.button(f"Decide the appeal of request {found.id}", type="primary", key=deciding.key(found)):
        delay = here.store.settings.erasure_seconds * instants.SECOND
        given = {"overturn": _CHOICES[choice or "Uphold the refusal"], "reason": reason, "delay": delay}
        deciding.carry_out(here, found, partial(appeals.decide, **given))
