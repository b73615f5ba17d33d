"""What an opt-out, or what is to be sealed, reaches: captures, devices, and times of the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import streamlit as st

from data.captures.summary import Summary
from data.programme.reach import Hours, Reach
from pages.employee import narrowing
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar

_FROM, _UNTIL = time(18), time(8)
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def draw(summary: Summary, calendar: Calendar, *, times: bool) -> None:
    """The fields that choose it. `times`: times ahead, and of the day, can be chosen too."""
    scope = narrowing.scope(summary, calendar)
    known = [one.name for one in summary.devices]
    st.multiselect(
        "Only from these devices",
        known,
        key="only_device",
        placeholder="All devices",
        format_func=markup.apart(known),
    )
    if not times:
        return
    if scope.start is None:
        st.toggle("Only what is captured from now on", key="from_now")
    if st.toggle("Only at some times of the day", key="some_hours"):
        _hours()


def chosen(here: Here, summary: Summary, calendar: Calendar, *, times: bool) -> Reach:
    """What it reaches, as the fields hold it now: in a callback that may be more than was drawn last."""
    held, scope = st.session_state, narrowing.chosen(summary, calendar)
    kinds = frozenset(kind.value for kind in scope.kinds)
    reach = Reach(kinds, scope.apps, frozenset(held.get("only_device") or ()), scope.start, scope.end)
    if not times:
        return reach
    if reach.start is None and held.get("from_now"):
        reach = replace(reach, start=calendar.now)
    if not held.get("some_hours"):
        return reach
    ends = held.get("hours_from", _FROM), held.get("hours_until", _UNTIL)
    first, last = (one.hour * 60 + one.minute for one in ends)
    return replace(reach, hours=Hours(here.zone.key, first, last, frozenset(held.get("hours_on") or ())))


def _hours() -> None:
    left, middle, right = st.columns(3)
    with left:
        st.time_input("From", _FROM, key="hours_from")
    with middle:
        st.time_input("Until", _UNTIL, key="hours_until")
    with right:
        st.pills(
            "On",
            range(7),
            selection_mode="multi",
            format_func=lambda day: _WEEKDAYS[day],
            key="hours_on",
            wrap=True,
        )
