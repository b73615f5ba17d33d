"""The officer's side of exposures: who could, whom they concern; correct one, link it to an incident."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from data.accesses.entry import Purpose
from data.exposures import record
from data.exposures.exposure import LONGEST, Exposure
from data.incidents.incident import Incident
from data.people.viewer import Viewer
from pages.officer import changing, moments, recording
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import affected, programme
from pages.wording import exposures as wording

PAGE = 5
# What a list of the people concerned can be needed for.
_WHY = (Purpose.LEGAL, Purpose.SECURITY, Purpose.AUDIT)


def exposures(here: Here, viewer: Viewer, incidents: Sequence[Incident], calendar: Calendar) -> None:
    """Draw them, the open ones first."""
    with here.store.database.reading() as session:
        found = record.read(session, viewer, here.store.vault)
    if not found.exposures and not found.altered:
        return
    st.header("Exposures", anchor=False)
    if found.altered:
        st.warning(wording.altered(found.altered), icon=":material/warning:")
    ordered = sorted(found.exposures, key=lambda one: (not one.is_open, -one.number))
    pages = -(-len(ordered) // PAGE)
    page = st.pagination(pages, key="exposures-page") if pages > 1 else 1
    for one in ordered[(page - 1) * PAGE : page * PAGE]:
        with st.container(border=True, key=f"exposure-{one.number}"):
            st.html(wording.officers(one, calendar))
            _lists(here, one)
            _changing(here, one, [each for each in incidents if not each.is_closed])


@st.fragment
def _lists(here: Here, one: Exposure) -> None:
    """Who could, and whom it concerns."""
    viewer = here.viewer()
    with st.expander("The lists", icon=":material/group:"):
        if st.toggle("Show the accounts that could", key=f"accounts-{one.number}"):
            with here.store.database.reading() as session:
                listed = record.accounts(session, viewer, here.store.vault, one.number)
            st.dataframe(
                affected.accounts(listed),
                hide_index=True,
                alt=f"Accounts that could open it, exposure {one.number}",
                key=f"audience-{one.number}",
            )
            st.caption(affected.listed(len(listed.audience)))
        st.caption(
            "The list of everybody whom it concerns, to tell them. Each of them sees that you took it, and what for."
        )
        purpose = st.selectbox("What for", _WHY, format_func=programme.purpose, key=f"for-{one.number}")
        ticket = st.text_input("Ticket or reference", key=f"ticket-{one.number}", max_chars=100)
        if ticket.strip():
            query = urlencode({"purpose": purpose.value, "ticket": ticket.strip()})
            st.html(
                f'<a class="dl" href="/download/affected/{one.number}?{markup.html(query)}" target="_blank">'
                "Take the list of the people concerned (CSV)</a>"
            )


@st.fragment
def _changing(here: Here, one: Exposure, incidents: Sequence[Incident]) -> None:
    """Correct when it was, or say which incident it belongs to."""
    here.viewer()
    with st.expander("Correct it, or link it to an incident", icon=":material/edit_note:"):
        reason = st.text_area(
            "The reason, as the people concerned read it",
            key=f"reason-{one.number}",
            max_chars=LONGEST,
            help=f"In {affected.length()}.",
        )
        if not incidents:
            st.caption("No incident is open that it could belong to; open one above first.")
        elif chosen := _incident(one, incidents):
            _change(here, partial(record.link, number=one.number, incident=chosen.number, reason=reason))
        if one.unwatched is not None and st.button("Close it", key=f"do-close-{one.number}"):
            _change(here, partial(record.close, number=one.number, reason=reason))
        st.caption("When was it open? Leave empty what stays as it is; what stands there now is kept beside it.")
        start = moments.ask(here, f"start-{one.number}", "From day")
        end = None if one.is_open else moments.ask(here, f"end-{one.number}", "To day")
        if st.button("Correct the time", key=f"do-correct-{one.number}"):

            def correct(*where: Any) -> object:
                bounds = {"start": start(), "end": end() if end else None}
                return record.correct(*where, number=one.number, **bounds, reason=reason)

            _change(here, correct)


def _incident(one: Exposure, incidents: Sequence[Incident]) -> Incident | None:
    """The incident to link it to, once that is pressed."""
    chosen = st.selectbox("Incident", incidents, format_func=affected.incident, key=f"link-{one.number}")
    return chosen if st.button("Link it", key=f"do-link-{one.number}") else None


def _change(here: Here, change: Callable[..., object]) -> None:
    changing.carry_out(here, change, path="incidents", what="change an exposure", then=recording.note_done)
