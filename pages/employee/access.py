"""One look at the person's data, in full, and what can be asked about it."""

from __future__ import annotations

import streamlit as st

from data.accesses import single
from data.accesses.look import Look
from data.errors import Error
from data.people.viewer import Viewer
from data.rights import question, reveal
from data.rights import request as requests
from data.rights.request import Request
from data.rights.states import RequestKind
from pages.shell import gateway, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import single as wording

LOOK, ASK = "look", "about"
_QUESTION, _NAME = "question", "name"
_ASKS = {_QUESTION: question.ask, _NAME: reveal.ask}
_KINDS = {_QUESTION: RequestKind.QUESTION, _NAME: RequestKind.REVEAL}
_DONE = "asked-about"


def access(here: Here, viewer: Viewer, chosen: str, calendar: Calendar) -> None:
    """Draw the look whose position the address holds, for the person it concerns."""
    person_id, store = viewer.person_id, here.store
    if person_id is None:
        return
    st.button("Every look", on_click=_leave, icon=":material/arrow_back:", type="tertiary")
    position = int(chosen) if chosen.isdecimal() and len(chosen) < 16 else -1
    try:
        with store.database.reading() as session:
            one = single.opened(session, viewer, store.vault, person_id, position, zone=here.zone)
            found = [it for it in requests.mine(session, viewer, store.vault, person_id) if it.access == position]
    except Error:
        # Whether it is somebody else's or nobody's is not to be told.
        st.html(
            markup.answer("There is no such look at your data.", "Its address may be incomplete.", icon="search_off")
        )
        return
    tone = "attention" if one.marks else "plain"
    st.html(markup.answer(wording.headline(one, calendar), tone=tone, icon="visibility"))
    left, right = st.columns([5, 3], gap="large")
    with left:
        if one.marks:
            st.header("Why it is marked", anchor=False)
            st.html(wording.marked(one, calendar))
        st.header("What is known", anchor=False)
        st.html(wording.facts(one, calendar))
        st.markdown(wording.receipt(person_id, position))
    with right:
        _ask(here, one, found, calendar)


def _ask(here: Here, one: Look, found: list[Request], calendar: Calendar) -> None:
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
        if not here.is_fresh():
            gateway.ask_anew("accesses", "ask for a name")
            return
    else:
        st.markdown("A privacy officer must find out and answer you in words. The look stays in the log either way.")
    label = "Why do you need the name?" if chosen == _NAME else "What do you not recognise about it?"
    # Sent as one form: what was typed counts also when nothing was pressed in between.
    with st.form(f"about-{chosen}", border=False):
        text = st.text_area(label, key=f"words-{chosen}", max_chars=4000)
        pressed = st.form_submit_button("Send", type="primary")
    if not pressed:
        return
    viewer = here.viewer()
    if viewer.person_id is None or (chosen == _NAME and not here.is_fresh()):
        st.rerun()
    days = here.store.settings.question_days
    try:
        with here.store.database.writing() as session:
            ask = _ASKS[chosen]
            made = ask(session, viewer, here.store.vault, viewer.person_id or 0, position, text, within_days=days)
    except Error as failure:
        st.warning(str(failure))
        return
    st.session_state[_DONE] = f"Sent: request {made.id}. An officer must answer by {made.due_on:%-d %B}."
    st.query_params.pop(ASK, None)
    st.rerun()


def _choose(ask: str) -> None:
    st.query_params[ASK] = ask


def _leave() -> None:
    for name in (LOOK, ASK):
        st.query_params.pop(name, None)
