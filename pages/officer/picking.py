"""Doing the same to the requests that are chosen in the queue."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data import instants
from data.errors import Error
from data.rights import bulk
from data.rights.bulk import Deed
from data.rights.texts import Use
from pages.officer import writing
from pages.shell import gateway
from pages.shell.here import Here
from pages.wording import queue as wording

_DONE, _FAILED, _REASON = "bulk-done", "bulk-failed", "bulk-reason"
_USES = {Deed.APPROVE: Use.APPROVAL, Deed.EXTEND: Use.EXTENSION}
_LABELS = {Deed.APPROVE: "A word to each person (may stay empty)", Deed.EXTEND: "Why it takes longer"}


def key(number: int) -> str:
    """What says in the address, and to Streamlit, that a request is chosen: it is so still after a sign-in."""
    return f"pick-{number}"


def told() -> None:
    """What came of what was done last."""
    if found := st.session_state.pop(_DONE, None):
        deed, outcomes = found
        with st.container(border=True, key="bulk-outcome"):
            st.html(wording.outcome(deed, outcomes))
    if failed := st.session_state.pop(_FAILED, None):
        st.error(failed)


def draw(here: Here, listed: Sequence[int], picked: Sequence[int]) -> None:
    """What can be done to the chosen ones; `listed` are all that this page shows and could be chosen."""
    with st.container(border=True, gap="small", key="bulk"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(wording.chosen(len(picked)), width="content")
            st.button("Choose all on this page", type="tertiary", on_click=_choose, args=(listed, True))
            if picked:
                st.button("Choose none", type="tertiary", on_click=_choose, args=(listed, False))
        if not picked:
            return
        labels = {label: deed for deed, label in wording.DEEDS.items()}
        deed = labels[
            st.segmented_control("Do to each of them", list(labels), default="Take on", required=True, key="deed")
        ]
        st.caption(wording.ABOUT[deed])
        if deed in _USES:
            writing.box(here, _LABELS[deed], key=_REASON, use=_USES[deed])
        if deed.decides and not here.is_fresh():
            back = {key(number): "true" for number in picked}
            gateway.ask_anew("queue", "decide requests", back, written=deed in _USES)
            return
        label = wording.press(deed, len(picked))
        st.button(label, type="primary", key="bulk-do", on_click=_do, args=(here, tuple(picked), deed))


def _choose(listed: Sequence[int], chosen: bool) -> None:
    st.session_state.update({key(number): chosen for number in listed})


def _do(here: Here, numbers: tuple[int, ...], deed: Deed) -> None:
    """A callback: it is over before anything is drawn, so that nothing pressed meanwhile ends it half-way."""
    viewer = here.look()
    if viewer is None or (deed.decides and not here.is_fresh()):
        return  # the page is drawn anew after this, and asks for the sign-in
    reason = str(st.session_state.get(_REASON) or "") if deed in _USES else ""
    delay = here.store.settings.erasure_seconds * instants.SECOND
    try:
        found = bulk.carry_out(here.store.database, here.store.vault, viewer, numbers, deed, reason=reason, delay=delay)
    except Error as failure:
        st.session_state[_FAILED] = str(failure)
        return
    st.session_state[_DONE] = (deed, found)
    _choose(numbers, False)
    st.session_state.pop(_REASON, None)
