"""The filters of the captures page: widgets that live in the address, so that a view can be reloaded and bookmarked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import streamlit as st

from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.captures.summary import Summary
from pages.shell import markup, readable
from pages.shell.words import Calendar

BEFORE = "before"


@dataclass(frozen=True)
class Asked:
    """What the reader narrowed to. `first` and `last` are whole days of their own calendar, both included."""

    kinds: tuple[str, ...]
    apps: tuple[str, ...]
    first: date
    last: date
    text: str
    is_narrow: bool

    def filter(self, calendar: Calendar, *, kinds: frozenset[Kind] | None = None) -> Filter:
        """The same for the domain; `kinds` takes the place of the chosen ones."""
        chosen = frozenset(Kind(kind) for kind in self.kinds) if kinds is None else kinds
        start, end = calendar.midnight(self.first), calendar.midnight(self.last + timedelta(days=1))
        return Filter(Scope(chosen, frozenset(self.apps), start, end), self.text)


def ask(summary: Summary, calendar: Calendar) -> Asked:
    """Draw the widgets and read them."""
    whole = _whole(summary, calendar)
    kinds = [one.kind for one in summary.kinds if one.count]
    with st.container(border=True, gap="small"):
        chosen = st.pills(
            "Kinds",
            kinds,
            selection_mode="multi",
            key="kind",
            bind="query-params",
            format_func=_kind,
            wrap=True,
            on_change=from_the_newest,
        )
        left, middle, right, end = st.columns([3, 3, 3, 1.2], vertical_alignment="bottom")
        with left:
            apps = st.multiselect(
                "Apps",
                list(summary.apps),
                key="app",
                bind="query-params",
                placeholder="All apps",
                format_func=markup.apart(summary.apps),
                on_change=from_the_newest,
            )
        with middle:
            days = st.date_input(
                "Days",
                value=whole,
                min_value=whole[0],
                max_value=whole[1],
                key="days",
                bind="query-params",
                on_change=from_the_newest,
            )
        with right:
            text = st.text_input(
                "Text in titles, keys and values",
                key="text",
                bind="query-params",
                icon=":material/search:",
                on_change=from_the_newest,
            )
        with end:
            st.button("Clear", on_click=clear, args=(whole,), width="stretch", help="Show everything again")
    first, last = _both(days, whole)
    narrow = bool(chosen or apps or text) or (first, last) != whole
    return Asked(tuple(chosen or ()), tuple(apps), first, last, (text or "").strip(), narrow)


def clear(whole: tuple[date, date]) -> None:
    """Back to everything."""
    st.session_state.update(kind=[], app=[], text="", days=whole)
    from_the_newest()


def from_the_newest() -> None:
    """Forget the page of the list that was open: it belongs to the choice before."""
    st.query_params.pop(BEFORE, None)


def only(day: date) -> None:
    """Narrow to one day; a callback's to call."""
    st.session_state["days"] = (day, day)
    from_the_newest()


def _kind(kind: str) -> str:
    return readable.noun(kind).capitalize()  # plain words: they stand in the address too (?kind=Keystrokes)


def _whole(summary: Summary, calendar: Calendar) -> tuple[date, date]:
    if summary.first is None or summary.last is None:
        return calendar.today, calendar.today
    return calendar.local(summary.first).date(), calendar.local(summary.last).date()


def _both(days: object, whole: tuple[date, date]) -> tuple[date, date]:
    """A range that is still being chosen has one end, or none."""
    found = [day for day in days if isinstance(day, date)] if isinstance(days, tuple) else []
    return (found[0], found[-1]) if found else whole
