"""Proposing a legal hold, and what its changes have in common."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import streamlit as st

from data.captures.schema import Kind
from data.captures.scope import Scope
from data.errors import Error
from data.people import person
from data.rights import holds as domain
from data.rights import written
from data.rights.hold import Hold
from pages.officer import changing
from pages.shell import markup, readable
from pages.shell.here import Here
from pages.shell.words import Calendar

DONE = "hold-done"
_WHAT = "decide about a legal hold"
_USUAL = 90  # days until it is looked at again


@st.fragment
def draw(here: Here, calendar: Calendar) -> None:
    """The form."""
    here.viewer()
    with st.expander("Set a hold", icon=":material/gavel:"):
        st.caption("It is in force once another officer confirms it. The person reads your reason then.")
        email = st.text_input("Whose captures, by e-mail", key="hold-person")
        kinds = st.pills("Only these kinds", list(Kind), selection_mode="multi", key="hold-kinds", format_func=_noun)
        left, right = st.columns(2)
        first = left.date_input("From", value=None, key="hold-from")
        last = right.date_input("To, that day included", value=None, key="hold-to")
        reason = st.text_area("Which duty or dispute wants this kept", key="hold-reason", max_chars=written.LONGEST)
        again = review(calendar, "hold-review")
        untold, is_secret = "", st.checkbox("The person must not be told yet", key="hold-secret")
        if is_secret:
            st.caption(
                "That there is one more hold of which nobody is told is public; whom it concerns is not. An officer can"
                " infer one about themselves: it is counted, and not on their list."
            )
            untold = st.text_area("Why not; they read it in the end", key="hold-untold", max_chars=written.LONGEST)
        start = calendar.midnight(first) if isinstance(first, date) else None
        end = calendar.midnight(last + timedelta(days=1)) if isinstance(last, date) else None
        if st.button("Set the hold", type="primary", key="hold-set"):
            if is_secret and not untold.strip():
                st.error("Say why the person is not told; without a reason they are.")
                return
            scope = Scope(frozenset(kinds), frozenset(), start, end)
            _propose(here, email, scope=scope, reason=reason, review_on=again, untold=untold)


def _propose(here: Here, email: str, **terms: Any) -> None:
    try:
        with here.store.database.reading() as session:
            about = person.by_email(session, email)
    except Error as failure:
        st.error(markup.literal(str(failure)))
        return
    change(here, partial(domain.propose, person_id=about.id, **terms), "set")


def review(calendar: Calendar, key: str) -> date:
    """On which day it is looked at again."""
    return st.date_input("Look at it again by", value=calendar.today + timedelta(days=_USUAL), key=key)


def _noun(kind: Kind) -> str:
    return readable.noun(kind.value).capitalize()


def change(here: Here, change: Callable[..., Hold], done: str) -> None:
    """Make a change of a hold, and say afterwards what was done."""

    def note(found: Hold) -> None:
        st.session_state[DONE] = f"Hold {found.number} was {done}."

    changing.carry_out(here, change, path="holds", what=_WHAT, then=note)
