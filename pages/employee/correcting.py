"""Asking for a correction of what the roster says about oneself."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.people import corrections
from data.people.corrections import Field
from data.rights import correction, written
from pages.employee.objecting import DONE, FAILED
from pages.shell import markup
from pages.shell.here import Here

CORRECTION = "Correct the roster"
_CALLED = {
    Field.NAME: "Name",
    Field.DEPARTMENT: "Department",
    Field.MANAGER: "Manager",
    Field.JURISDICTION: "Country whose law applies",
}
_ASKED = {
    Field.NAME: "Your name",
    Field.DEPARTMENT: "Your department",
    Field.MANAGER: "Your manager, by e-mail (empty for none)",
    Field.JURISDICTION: "The country whose law applies (DE, UK, US-CA ...)",
}


def form(here: Here) -> None:
    """Draw the form. What came of it is said under DONE or FAILED in the session's state."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    field = st.radio("What is wrong?", list(Field), format_func=lambda one: _CALLED[one], horizontal=True)
    with here.store.database.reading() as session:
        now = corrections.value_of(session, viewer.person_id, field)
    st.markdown(f"The roster says: **{markup.literal(now or 'nobody')}**")
    st.text_input(_ASKED[field], key=_key(field), max_chars=200)
    st.text_area("Why? In your own words; the officer reads it.", key="correct_words", max_chars=written.LONGEST)
    st.button("Ask for it", type="primary", key="ask-correction", on_click=_ask, args=(here, field))


def _key(field: Field) -> str:
    return f"correct-{field}"


def _ask(here: Here, field: Field) -> None:
    """A callback: what was typed last may arrive with the press itself, after the form was drawn."""
    value, text = (str(st.session_state.get(key) or "") for key in (_key(field), "correct_words"))
    viewer = here.look()
    if viewer is None or viewer.person_id is None:
        return
    try:
        with here.store.database.writing() as session:
            made = correction.ask(session, viewer, here.store.vault, viewer.person_id, field, value, text)
    except Error as failure:
        st.session_state[FAILED] = str(failure)
        return
    st.session_state[DONE] = f"You asked for the correction: request {made.id}. An officer decides."
    st.session_state.update(ask=None, correct_words="")
