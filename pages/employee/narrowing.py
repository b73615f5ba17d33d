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
    """Everything, unless the reader narrows it."""
    part = st.toggle("Only a part of it", key="part", bind="query-params")
    if not part or summary.first is None or summary.last is None:
        return Scope()
    kinds = st.pills(
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
        apps = st.multiselect(
            "Only in these apps",
            list(summary.apps),
            key="only_app",
            bind="query-params",
            placeholder="All apps",
            format_func=markup.apart(summary.apps),
        )
    whole = (calendar.local(summary.first).date(), calendar.local(summary.last).date())
    with right:
        days = st.date_input(
            "Only on these days",
            value=whole,
            min_value=whole[0],
            max_value=whole[1],
            key="only_days",
            bind="query-params",
        )
    start, end = _range(days, whole, calendar)
    return Scope(frozenset(Kind(one) for one in kinds or ()), frozenset(apps), start, end)


def _range(days: object, whole: tuple[date, date], calendar: Calendar) -> tuple[int | None, int | None]:
    """Instants of the chosen days; None where the choice does not narrow."""
    found = [day for day in days if isinstance(day, date)] if isinstance(days, tuple) else []
    if not found or tuple(found) == whole:
        return None, None
    return calendar.midnight(found[0]), calendar.midnight(found[-1] + timedelta(days=1))
