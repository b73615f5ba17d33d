"""Which part of what is held a request is about: kinds, apps and days, kept in the address."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from data.captures.schema import Kind
from data.captures.scope import Scope
from data.captures.summary import Summary
from pages.shell import markup, readable
from pages.shell.words import Calendar


def scope(summary: Summary, calendar: Calendar) -> Scope:
    """Draw what narrows it. Everything, unless the reader narrows it."""
    part = st.toggle("Only a part of it", key="part", bind="query-params")
    if not part or summary.first is None or summary.last is None:
        return Scope()
    st.pills(
        "Only these kinds",
        [one.kind for one in summary.kinds if one.count],
        selection_mode="multi",
        key="only_kind",
        bind="query-params",
        format_func=lambda one: readable.noun(one).capitalize(),
        wrap=True,
    )
    left, right = st.columns(2)
    with left:
        st.multiselect(
            "Only in these apps",
            list(summary.apps),
            key="only_app",
            bind="query-params",
            placeholder="All apps",
            format_func=markup.apart(summary.apps),
        )
    whole = _whole(summary.first, summary.last, calendar)
    with right:
        st.date_input(
            "Only on these days",
            value=whole,
            min_value=whole[0],
            max_value=whole[1],
            key="only_days",
            bind="query-params",
        )
    return chosen(summary, calendar)


def chosen(summary: Summary, calendar: Calendar) -> Scope:
    """What is narrowed to, as the fields hold it now: in a callback that may be more than was drawn last."""
    held = st.session_state
    if not held.get("part") or summary.first is None or summary.last is None:
        return Scope()
    start, end = _range(held.get("only_days"), _whole(summary.first, summary.last, calendar), calendar)
    kinds, apps = held.get("only_kind") or (), held.get("only_app") or ()
    return Scope(frozenset(Kind(one) for one in kinds), frozenset(apps), start, end)


def _whole(first: int, last: int, calendar: Calendar) -> tuple[date, date]:
    return calendar.local(first).date(), calendar.local(last).date()


def _range(days: object, whole: tuple[date, date], calendar: Calendar) -> tuple[int | None, int | None]:
    """Instants of the chosen days; None where the choice does not narrow."""
    found = [day for day in days if isinstance(day, date)] if isinstance(days, tuple) else []
    if not found or tuple(found) == whole:
        return None, None
    return calendar.midnight(found[0]), calendar.midnight(found[-1] + timedelta(days=1))
