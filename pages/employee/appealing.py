"""Appealing a refusal: once, in one's own words, to an officer who did not decide it."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.rights import appeals
from data.rights.request import Request
from pages.shell.here import Here
from pages.wording import appealing

_MOST = 4000  # characters


def draw(here: Here, one: Request) -> None:
    """What was said and answered so far, and the form while an appeal is possible."""
    st.html(appealing.said(one) or "<span></span>")
    if not appeals.possible(one):
        return
    viewer = here.viewer(active=False)
    with here.store.database.reading() as session:
        has_judge = appeals.has_judge(session, viewer, one.id)
    if not has_judge:
        st.caption(appeals.NOBODY)
        return
    with st.expander("Appeal this decision", type="compact"), st.form(f"appeal-form-{one.id}", border=False):
        st.caption(appealing.OFFER)
        text = st.text_area("What is wrong with it, in your own words", key=f"appeal-{one.id}", max_chars=_MOST)
        sent = st.form_submit_button("Send the appeal", key=f"send-appeal-{one.id}")
    if sent:
        _ask(here, one, text)


def _ask(here: Here, one: Request, text: str) -> None:
    viewer = here.viewer()
    try:
        with here.store.database.writing() as session:
            appeals.ask(session, viewer, here.store.vault, one.id, text)
    except Error as failure:
        st.error(str(failure))
        return
    st.rerun(scope="app")
