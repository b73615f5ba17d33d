"""Appealing a refusal: once, in one's own words, to an officer who did not decide it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.rights import appeals, written
from data.rights.request import Request
from pages.shell import changing
from pages.shell.here import Here
from pages.wording import appealing


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
        text = st.text_area(
            "What is wrong with it, in your own words", key=f"appeal-{one.id}", max_chars=written.LONGEST
        )
        sent = st.form_submit_button("Send the appeal", key=f"send-appeal-{one.id}")
    if sent:
        changing.make(here, partial(appeals.ask, request_id=one.id, text=text))
