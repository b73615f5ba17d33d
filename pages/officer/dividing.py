"""Which part of what was asked an officer grants: kinds, apps and days within it."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from data.captures.schema import Kind
from data.captures.scope import Scope
from data.rights.request import Request
from pages.shell import markup, readable
from pages.shell.words import Calendar


def part(found: Request, calendar: Calendar) -> Scope:
    """What is chosen; what is left empty stays as it was asked."""
    asked = found.scope
    kinds = st.pills(
        "Only these kinds",
        sorted(kind.value for kind in asked.kinds or Kind),
        selection_mode="multi",
        key=f"grant-kinds-{found.id}",
        format_func=lambda one: readable.noun(one).capitalize(),
        wrap=True,
    )
    known = sorted(asked.apps)
    apps = st.multiselect(
        "Only in these apps",
        known,
        key=f"grant-apps-{found.id}",
        format_func=markup.apart(known),
        # Which apps there are stays closed: an officer names those that the request does not.
        accept_new_options=not asked.apps,
        placeholder="All of them",
    )
    left, right = st.columns(2)
    first = left.date_input("From", value=None, key=f"grant-from-{found.id}")
    last = right.date_input("To, that day included", value=None, key=f"grant-to-{found.id}")
    start = calendar.midnight(first) if isinstance(first, date) else asked.start
    end = calendar.midnight(last + timedelta(days=1)) if isinstance(last, date) else asked.end
    return Scope(frozenset(Kind(one) for one in kinds) or asked.kinds, frozenset(apps) or asked.apps, start, end)
