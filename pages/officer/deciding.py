"""Deciding a request, or answering a question, with the words as their person will read them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from data import instants
from data.rights import question
from data.rights import request as requests
from data.rights.granting import DIVISIBLE
from data.rights.request import Request
from data.rights.states import RequestKind, grounds
from data.rights.texts import Use
from pages.officer import changing, dividing, writing
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import desk, standing

_USES = {"Approve": Use.APPROVAL, "Approve a part": Use.PART, "Refuse": Use.REFUSAL}


def key(found: Request) -> str:
    """Of the button that decides: of all the forms of one request, one is on the page."""
    return f"decide-{found.id}"


@st.fragment
def decide(here: Here, found: Request, calendar: Calendar) -> None:
    """Approve, approve a part, or refuse."""
    here.viewer()
    st.header("Decide", anchor=False)
    choices = ["Approve", *(["Approve a part"] if found.kind in DIVISIBLE else []), "Refuse"]
    choice = st.radio("Decision", choices, horizontal=True, key=f"decision-{found.id}")
    approve, ground, granted = choice != "Refuse", None, None
    if choice == "Approve a part":
        st.caption("Name the part that you grant. The rest is refused, with the ground and the reason below.")
        granted = dividing.part(found, calendar)
    if choice != "Approve":
        ground = st.selectbox(
            "Ground", grounds(found.kind), format_func=lambda code: code.plain, key=f"ground-{found.id}"
        )
    label = _label(found, choice == "Approve")
    reason = writing.box(here, label, key=f"reason-{found.id}", use=_USES[choice or "Approve"])
    said = "" if granted is None else standing.what(granted, calendar)
    with st.container(border=True):
        st.caption(f"{markup.literal(found.person)} will read:")
        st.html(desk.letter(found, approve=approve, ground=ground, reason=reason, part=said))
    of = " of" if granted is not None else ""
    if st.button(f"{choice}{of} request {found.id}", type="primary", key=key(found)):
        delay = here.store.settings.erasure_seconds * instants.SECOND
        given = {"approve": approve, "ground": ground, "reason": reason, "granted": granted, "delay": delay}
        carry_out(here, found, partial(requests.decide, **given))


@st.fragment
def answer(here: Here, found: Request) -> None:
    """Answer a question in words."""
    here.viewer()
    st.header("Answer", anchor=False)
    label = "Your answer, in words the person understands"
    text = writing.box(here, label, key=f"answer-{found.id}", use=Use.ANSWER)
    with st.container(border=True):
        st.caption(f"{markup.literal(found.person)} will read:")
        st.html(desk.answer(text))
    if st.button(f"Answer request {found.id}", type="primary", key=key(found)):
        carry_out(here, found, partial(question.answer, text=text))


def _label(found: Request, approve: bool) -> str:
    if not approve:
        return "The reason, in words the person understands"
    if found.kind is RequestKind.REVEAL:
        return "Why the person's interest weighs more than that of whoever looked"
    return "A word to the person (may stay empty)"


def carry_out(here: Here, found: Request, change: Callable[..., Request]) -> None:
    """Make a change of the request that an officer has just proved to be theirs, and draw the page anew."""
    changing.carry_out(here, lambda *who: change(*who, found.id), path="queue", what="decide a request")
