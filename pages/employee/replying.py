"""Answering what an officer asked back: the request's clock stands until then."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.rights import timing
from data.rights.request import Request
from data.rights.states import State
from pages.shell.here import Here
from pages.wording import clock

_MOST = 4000  # characters


def draw(here: Here, one: Request) -> None:
    """What was asked back so far, and the form while an answer is awaited."""
    st.html(clock.asked_back(one) or "<span></span>")
    if one.state is not State.STOPPED:
        return
    with st.form(f"reply-form-{one.id}", border=False):
        text = st.text_area("Your answer", key=f"reply-{one.id}", max_chars=_MOST)
        if not st.form_submit_button("Send the answer", key=f"send-{one.id}"):
            return
    viewer = here.viewer()
    try:
        with here.store.database.writing() as session:
            timing.reply(session, viewer, here.store.vault, one.id, text)
    except Error as failure:
        st.error(str(failure))
        return
    st.rerun(scope="app")
