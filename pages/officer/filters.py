"""The filters of the queue: widgets that live in the address, so that a view can be reloaded and bookmarked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import streamlit as st

from data.rights.queue import Filter, Step
from data.rights.states import RequestKind
from pages.wording import queue as wording

PAGE = "queue-page"
WAITING, ENDED = "Waiting", "Ended"
# What is chosen stands in the address in its own words (?due=Overdue).
_LISTS = ("asked", "due", "next", "law", "has")
_KINDS = {kind: kind.nature.many for kind in RequestKind}

T = TypeVar("T")


def ask() -> Filter:
    """Draw the widgets and read them."""
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True):
            shown = st.segmented_control(
                "Show",
                [WAITING, ENDED],
                default=WAITING,
                required=True,
                key="shown",
                bind="query-params",
                on_change=from_the_first,
            )
            ended = shown == ENDED
            # What has ended is due no more, and nobody has to do anything about it.
            due = _pills("Due", "due", wording.DUE) if not ended else frozenset()
            whose = _pills("Who has it", "has", wording.WHOSE)
        columns = iter(st.columns([3] * (3 if ended else 4) + [1.2], vertical_alignment="bottom"))
        with next(columns):
            kinds = _several("What", "asked", _KINDS, "Everything")
        steps: frozenset[Step] = frozenset()
        if not ended:
            with next(columns):
                steps = _several("What happens next", "next", wording.STEPS, "Anything")
        with next(columns):
            laws = _several("Law", "law", wording.LAWS, "Any")
        with next(columns):
            text = st.text_input(
                "Person",
                key="who",
                bind="query-params",
                icon=":material/search:",
                placeholder="Name or e-mail",
                on_change=from_the_first,
            )
        with next(columns):
            st.button("Clear", on_click=_clear, width="stretch", help="Show everything that waits again")
    return Filter(ended, kinds, steps, due, laws, whose, (text or "").strip())


def from_the_first() -> None:
    """Go back to the first page: the one that was open belongs to the choice before."""
    st.session_state[PAGE] = 1


def _clear() -> None:
    st.session_state.update(shown=WAITING, who="", **{name: [] for name in _LISTS})
    from_the_first()


def _pills(label: str, key: str, labels: Mapping[T, str]) -> frozenset[T]:
    chosen = st.pills(
        label,
        list(labels.values()),
        selection_mode="multi",
        key=key,
        bind="query-params",
        wrap=True,
        on_change=from_the_first,
    )
    return _codes(chosen, labels)


def _several(label: str, key: str, labels: Mapping[T, str], nothing: str) -> frozenset[T]:
    chosen = st.multiselect(
        label,
        list(labels.values()),
        key=key,
        bind="query-params",
        placeholder=nothing,
        on_change=from_the_first,
    )
    return _codes(chosen, labels)


def _codes(chosen: list[str] | None, labels: Mapping[T, str]) -> frozenset[T]:
    return frozenset(code for code, words in labels.items() if words in (chosen or ()))
