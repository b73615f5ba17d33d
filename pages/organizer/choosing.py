"""Choosing the alarms that one is told of: a part of the page for watching."""

from __future__ import annotations

import streamlit as st

from data.alarms import choices
from data.alarms.alarm import Kind
from data.people.viewer import Viewer
from pages.shell import changing
from pages.shell.here import Here
from pages.wording import alarms as wording


@st.fragment
def draw(here: Here, viewer: Viewer, *, by_mail: bool) -> None:
    """A box for each kind, as it is chosen now."""
    with here.store.database.reading() as session:
        chosen = choices.mine(session, viewer)
    st.header("Be told of alarms", anchor=False)
    st.markdown(wording.METHOD if by_mail else f"{wording.METHOD} {wording.NO_MAIL}")
    with st.form("alarm-choices", border=False):
        wanted = [one for one in Kind if st.checkbox(wording.PLAIN[one], one in chosen, key=f"alarm-{one.name}")]
        saved = st.form_submit_button("Keep this choice", icon=":material/notifications:")
    st.caption(wording.chosen(len(chosen)))
    if saved:
        changing.make(here, lambda session, viewer, _: choices.choose(session, viewer, wanted), scope="fragment")
