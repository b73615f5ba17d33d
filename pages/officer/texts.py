"""The desk's saved texts: added, changed and removed by any officer."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.rights import texts as domain
from data.rights import written
from data.rights.texts import SavedText, Use
from pages.shell import changing
from pages.shell.here import Here
from pages.wording import texts as wording

SHOWN = "texts"
_DONE = "text-done"


def draw(here: Here) -> None:
    """Draw all of them."""
    viewer = here.viewer()
    if st.button("All requests", icon=":material/arrow_back:", type="tertiary"):
        del st.query_params[SHOWN]
        st.rerun()
    with here.store.database.reading() as session:
        found = domain.listed(session, viewer)
    st.html(wording.headline(found))
    if said := st.session_state.pop(_DONE, None):
        st.success(said, icon=":material/check_circle:")
    _new(here)
    for one in found:
        with st.container(border=True, gap="xsmall", key=f"text-{one.number}"):
            st.html(wording.row(one))
            with st.expander("Change or remove it", type="compact"):
                _one(here, one)


@st.fragment
def _new(here: Here) -> None:
    here.viewer()
    with st.expander("Save a new text", icon=":material/add:"):
        st.caption(wording.NEW)
        use = st.selectbox("What it is for", list(Use), format_func=lambda one: one.plain, key="text-use")
        title = st.text_input("Title, by which officers find it", key="text-title", max_chars=domain.LONGEST)
        words = st.text_area("The text, as people read it", key="text-words", max_chars=written.LONGEST)
        if st.button("Save the text", type="primary", key="text-save"):
            add = partial(domain.add, use=use, title=title, words=words)
            changing.make(here, add, partial(_note, "saved", ("text-title", "text-words")))


@st.fragment
def _one(here: Here, one: SavedText) -> None:
    here.viewer()
    # Of this version: what was typed before somebody else changed the text does not hide what they wrote.
    of = f"{one.number}-{one.version}"
    title = st.text_input("Title", one.title, key=f"text-title-{of}", max_chars=domain.LONGEST)
    words = st.text_area("The text", one.words, key=f"text-words-{of}", max_chars=written.LONGEST)
    known = {"number": one.number, "version": one.version}
    with st.container(horizontal=True):
        if st.button(f"Change text {one.number}", key=f"text-change-{of}"):
            change = partial(domain.change, title=title, words=words, **known)
            changing.make(here, change, partial(_note, "changed", ()))
        if st.button(f"Remove text {one.number}", key=f"text-remove-{of}"):
            changing.make(here, partial(domain.remove, **known), partial(_note, "removed", ()))


def _note(did: str, written_in: tuple[str, ...], one: SavedText) -> None:
    st.session_state[_DONE] = wording.changed(one, did)
    for key in written_in:
        st.session_state.pop(key, None)
