"""The auditor's first page: the access log's entries without content, and where the evidence is blind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import streamlit as st

from data import instants
from data.accesses.entry import Action
from data.looks import listing
from data.looks.look import Logged
from data.proofs import backing, sight
from pages.shell import look, pinning, words
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import ledger, proof

PAGE = 200
DAYS = 30
BEFORE = "before"


def entries(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    top = st.container()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        bound: Any = {"bind": "query-params", "on_change": _go}
        action = st.selectbox(
            "What happened", list(Action), None, ledger.action, key="what", placeholder="anything", width=260, **bound
        )
        source = st.text_input("Source is", key="source", placeholder="any", width=200, **bound) or None
        first = st.date_input("From", value=None, key="from", max_value=calendar.today, width=160, **bound)
        last = st.date_input("To", value=None, key="to", max_value=calendar.today, width=160, **bound)
    # Both days are meant; the range's end is exclusive.
    start = calendar.midnight(first) if first else None
    end = calendar.midnight(last + timedelta(days=1)) if last else None
    place = st.query_params.get(BEFORE, "")
    before = int(place) if place.isdecimal() and len(place) < 16 else None
    with here.store.database.reading() as session:
        newest = listing.entries(session, viewer, here.store.vault, limit=1)
        behind = backing.of(session, here.store.settings.witnesses)
        gaps = sight.of(session, here.store.vault, calendar.now - DAYS * instants.DAY, calendar.now).gaps
        found = listing.entries(
            session,
            viewer,
            here.store.vault,
            action=action,
            source=source,
            start=start,
            end=end,
            before=before,
            limit=PAGE,
        )
    pin = pinning.seen(here, viewer)
    top.html(proof.alarm(behind) + ledger.headline(newest, calendar) + proof.lines(behind, pin, calendar))
    if gaps:
        with top.expander(f"Where the evidence is blind: {words.count(len(gaps), 'span')} in {DAYS} days"):
            st.html(ledger.blind(gaps, calendar))
    _list(found, before is not None, calendar)


def _list(found: tuple[Logged, ...], is_later: bool, calendar: Calendar) -> None:
    if not found:
        st.caption("No entry matches these filters.")
    else:
        st.dataframe(
            ledger.table(found, calendar), hide_index=True, height="content", alt="Entries of the access log", key="log"
        )
    with st.container(horizontal=True):
        older = found[-1].position if len(found) == PAGE else None
        st.button("Newest", on_click=_go, disabled=not is_later, icon=":material/first_page:")
        st.button("Older", on_click=_go, args=(older,), disabled=older is None, icon=":material/arrow_forward:")


def _go(before: int | None = None) -> None:
    if before is None:
        st.query_params.pop(BEFORE, None)
    else:
        st.query_params[BEFORE] = str(before)
