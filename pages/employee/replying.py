"""Answering what an officer asked back: the request's clock stands until then."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.rights import timing, written
from data.rights.request import Request
from data.rights.states import State
from pages.shell import changing
from pages.shell.here import Here
from pages.wording import clock


def draw(here: Here, one: Request) -> None:
    """What was asked back so far, and the form while an answer is awaited."""
    st.html(clock.asked_back(one) or "<span></span>")
    if one.state is not State.STOPPED:
        return
    with st.form(f"reply-form-{one.id}", border=False):
        text = st.text_area("Your answer", key=f"reply-{one.id}", max_chars=written.LONGEST)
        if not st.form_submit_button("Send the answer", key=f"send-{one.id}"):
            return
    changing.make(here, partial(timing.reply, request_id=one.id, text=text))
