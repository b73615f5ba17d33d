"""Asking about one look: "I don't recognise this", and the name behind it."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.looks.look import Look
from data.rights import question, reveal, written
from data.rights.request import Request
from data.rights.states import RequestKind
from pages.shell import gateway, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import single as wording

ASK = "about"
_QUESTION, _NAME = "question", "name"
_ASKS = {_QUESTION: question.ask, _NAME: reveal.ask}
_KINDS = {_QUESTION: RequestKind.QUESTION, _NAME: RequestKind.REVEAL}
_DONE = "asked-about"


def ask(here: Here, one: Look, found: list[Request], calendar: Calendar) -> None:
    """What was asked already, and what can be asked."""
    st.header("Ask about it", anchor=False)
    if one.is_own:
        st.markdown("This was you. There is nobody else to ask about.")
        return
    said = st.session_state.pop(_DONE, None)
    if said:
        st.success(said, icon=":material/check_circle:")
    st.html(wording.asked(found, calendar) or "<span></span>")
    waiting = {it.kind for it in found if it.waiting}
    with st.container(horizontal=True, gap="small"):
        for ask, label, icon in ((_QUESTION, "I don't recognise this", "help"), (_NAME, "Ask for the name", "badge")):
            if _KINDS[ask] not in waiting:
                st.button(label, icon=f":material/{icon}:", key=f"ask-{ask}", on_click=_choose, args=(ask,))
    chosen = st.query_params.get(ASK, "")
    if chosen in _ASKS and _KINDS[chosen] not in waiting:
        _form(here, one.position, chosen)


def _form(here: Here, position: int, chosen: str) -> None:
    if chosen == _NAME:
        st.markdown(
            "A privacy officer weighs why you need the name against the rights of whoever looked, decides, and must "
            "tell you the reasons either way."
        )
        # One that is on the page stays, whatever time passes while it is written: what stands in it is nowhere else.
        if not here.is_fresh() and _key(chosen) not in st.session_state:
            gateway.ask_anew("accesses", "ask for a name")
            return
    else:
        st.markdown("A privacy officer must find out and answer you in words. The look stays in the log either way.")
    label = "Why do you need the name?" if chosen == _NAME else "What do you not recognise about it?"
    # Sent as one form: what was typed counts also when nothing was pressed in between.
    with st.form(f"about-{chosen}", border=False):
        text = st.text_area(label, key=_key(chosen), max_chars=written.LONGEST)
        pressed = st.form_submit_button("Send", type="primary")
    if not pressed:
        return
    viewer = here.viewer()
    if viewer.person_id is None:
        st.rerun()
    days = here.store.settings.question_days
    try:
        with here.store.database.writing() as session:
            ask = _ASKS[chosen]
            made = ask(session, viewer, here.store.vault, viewer.person_id or 0, position, text, within_days=days)
    except Error as failure:
        st.warning(markup.literal(str(failure)))
        if chosen == _NAME and not here.is_fresh():
            gateway.ask_anew("accesses", "ask for a name", written=True)
        return
    st.session_state[_DONE] = f"Sent: request {made.id}. An officer must answer by {made.due_on:%-d %B}."
    st.query_params.pop(ASK, None)
    st.rerun()


def _key(chosen: str) -> str:
    return f"words-{chosen}"


def _choose(ask: str) -> None:
    st.query_params[ASK] = ask
