"""Comparing a kept checkpoint with the log of today, and what a witness needs: a part of the page for watching."""

from __future__ import annotations

import streamlit as st

from data.errors import Error
from data.proofs import comparing
from pages.shell import markup
from pages.shell.here import Here
from pages.wording import comparing as wording


@st.fragment
def compare(here: Here) -> None:
    """The field, and what came of it."""
    st.header("Compare what you kept with the log of today", anchor=False)
    st.markdown(wording.WHAT)
    with st.form("compare", border=False):
        kept = st.text_area("A checkpoint or a receipt", key="kept", height=140, max_chars=comparing.LONGEST)
        asked = st.form_submit_button("Compare", type="primary", icon=":material/compare_arrows:")
    if asked:
        try:
            here.viewer()
            with here.store.database.reading() as session:
                found = comparing.compare(session, here.store.vault, kept)
        except Error as failure:
            st.error(markup.literal(str(failure)))
        else:
            with st.container(border=True, key="compared"):
                st.html(wording.verdict(found))
    st.caption(wording.DOUBT)


def witness(key: str | None) -> None:
    """How to run one."""
    with st.expander("How to run a witness", type="compact"):
        st.markdown(wording.WITNESS)
        st.markdown(wording.key(key))
