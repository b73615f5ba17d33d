"""Deciding a request, or answering a question, with the words as their person will read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from data import instants
from data.errors import Error
from data.rights import question
from data.rights import request as requests
from data.rights.request import Request
from data.rights.states import RequestKind, grounds
from pages.shell import gateway
from pages.shell.here import Here
from pages.wording import desk

MOST = 4000  # characters


@st.fragment
def decide(here: Here, found: Request) -> None:
    """Approve or refuse."""
    here.viewer()
    st.header("Decide", anchor=False)
    choice = st.radio("Decision", ["Approve", "Refuse"], horizontal=True, key=f"decision-{found.id}")
    approve, ground = choice == "Approve", None
    if not approve:
        ground = st.selectbox(
            "Ground", grounds(found.kind), format_func=lambda code: code.plain, key=f"ground-{found.id}"
        )
    reason = st.text_area(_label(found, approve), key=f"reason-{found.id}", max_chars=MOST)
    with st.container(border=True):
        st.caption(f"{found.person} will read:")
        st.html(desk.letter(found, approve=approve, ground=ground, reason=reason))
    if st.button(f"{choice} request {found.id}", type="primary", key=f"decide-{found.id}"):
        delay = here.store.settings.erasure_seconds * instants.SECOND
        change = partial(requests.decide, approve=approve, ground=ground, reason=reason, delay=delay)
        carry_out(here, found, change)


@st.fragment
def answer(here: Here, found: Request) -> None:
    """Answer a question in words."""
    here.viewer()
    st.header("Answer", anchor=False)
    text = st.text_area("Your answer, in words the person understands", key=f"answer-{found.id}", max_chars=MOST)
    with st.container(border=True):
        st.caption(f"{found.person} will read:")
        st.html(desk.answer(text))
    if st.button(f"Answer request {found.id}", type="primary", key=f"decide-{found.id}"):
        carry_out(here, found, partial(question.answer, text=text))


def _label(found: Request, approve: bool) -> str:
    if not approve:
        return "The reason, in words the person understands"
    if found.kind is RequestKind.REVEAL:
        return "Why the person's interest weighs more than that of whoever looked"
    return "A word to the person (may stay empty)"


def carry_out(here: Here, found: Request, change: Callable[..., Request]) -> None:
    """Make a change that an officer has just proved to be theirs, and draw the page anew."""
    if not here.is_fresh():
        gateway.ask_anew("queue", "decide a request")
        return
    viewer = here.viewer()
    try:
        with here.store.database.writing() as session:
            change(session, viewer, here.store.vault, found.id)
    except Error as failure:
        st.error(str(failure))
        return
    st.rerun()
