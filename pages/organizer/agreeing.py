"""Agreeing, for the employees, that the programme resumes; or not."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data import instants
from data.controls import resuming
from data.people.permissions import Permission, may
from data.people.viewer import Viewer
from data.programme import gate, record
from data.programme import state as rules
from data.programme.state import State
from pages.officer import changing
from pages.shell import markup
from pages.shell.here import Here
from pages.wording import control as wording


@st.fragment
def draw(here: Here, viewer: Viewer) -> None:
    """What an officer proposed and what is missing, with the way to agree, while a proposal waits."""
    here.viewer()
    with here.store.database.reading() as session:
        found = record.read(session, viewer, here.store.vault)
        if found.state(instants.now()) is not State.PAUSED or found.proposal is None:
            return
        stale = resuming.stale(session, here.store.vault, here.store.settings, instants.now())
        missing = gate.missing(found, resuming.missing(session, here.store.vault, here.store.settings))
    st.subheader("Is the programme to resume?", anchor=False)
    said = found.proposal
    with st.container(border=True, key="agreeing"):
        st.markdown(f"{markup.literal(said.name)} proposes it: “{markup.literal(said.words)}”")
        st.html(wording.gate(missing))
        if found.agreed is not None:
            st.markdown(f"{markup.literal(found.agreed.name)} agreed: “{markup.literal(found.agreed.words)}”")
        if (found.agreed is None or stale) and may(viewer, Permission.AGREE_RESUME):
            words = st.text_area("Why you agree; everybody reads it", key="agree-why", max_chars=rules.LONGEST)
            if st.button("Agree for the employees", type="primary", key="agree"):
                change = partial(resuming.agree, settings=here.store.settings, reason=words)
                changing.carry_out(here, change, path="conduct", what="agree that the programme resumes")
