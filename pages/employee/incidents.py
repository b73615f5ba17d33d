"""Incidents: what went wrong with people's data, what was done about it, who was told and when."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.exposures import record as exposures
from data.incidents import looks, record, telling
from data.incidents.incident import Incident
from data.people.permissions import Permission, may
from data.people.viewer import Viewer
from pages.officer import exposing, recording
from pages.shell import look, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import incidents as wording

PAGE = 10


def incidents(here: Here) -> None:
    """Draw the page: for everybody what they may read, for officers also where they record."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        found = record.read(session, viewer, here.store.vault)
        unread = telling.unread(session, viewer)
        still_open = exposures.still_open(session, viewer, here.store.vault, found.incidents)
        exposed = exposures.unclosed(session, viewer, here.store.vault, found.incidents)
    st.html(wording.headline(found, watches=may(viewer, Permission.SEE_INCIDENTS), now=calendar.now))
    _lost(here, unread - found.positions)
    handles = may(viewer, Permission.HANDLE_INCIDENTS)
    if handles:
        recording.said()
        recording.opening(here)
    # Those that concern the reader first, then what is open, then the newest.
    ordered = sorted(found.incidents, key=lambda one: (not one.is_mine, one.is_closed, -one.number))
    pages = -(-len(ordered) // PAGE)
    page = st.pagination(pages, key="incidents-page") if pages > 1 else 1
    shown = ordered[(page - 1) * PAGE : page * PAGE]
    own = _own(here, viewer, shown) if handles else frozenset[int]()
    for one in shown:
        with st.container(border=True):
            _draw(here, one, unread, still_open.get(one.number), calendar)
            if one.number in own:
                st.caption("It is about looks of your own, so another officer must record what happens in it.")
            elif handles:
                recording.recording(here, one, exposed.get(one.number, ()))
    if handles:
        exposing.exposures(here, viewer, found.incidents, calendar)


def _own(here: Here, viewer: Viewer, among: list[Incident]) -> frozenset[int]:
    with here.store.database.reading() as session:
        return looks.own(session, viewer, here.store.vault, among)


def _lost(here: Here, unread: frozenset[int]) -> None:
    """Notices that the reader has not read and that nothing here shows: said, until they are put away."""
    if unread:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="lost"):
            st.html(
                f'<div class="dl dl-news">{markup.symbol("warning")}<strong>{wording.lost(len(unread))}</strong></div>'
            )
            st.button("Put this away", type="tertiary", key="seen-lost", on_click=_put_away, args=(here, unread))


def _draw(here: Here, one: Incident, unread: frozenset[int], open_at: int | None, calendar: Calendar) -> None:
    st.html(wording.heading(one, calendar, open_at))
    left, right = st.columns([2, 3], gap="large")
    left.html(wording.clocks(one, calendar, open_at))
    with right:
        st.html(wording.history(one, calendar))
        new = [event.position for event in one.events if event.position in unread]
        if new:
            st.button("I have read this", key=f"read-{one.number}", on_click=_read, args=(here, new))
    st.caption(wording.proof(one))
    st.html(wording.report(one))


def _read(here: Here, positions: list[int]) -> None:
    viewer = here.look()
    if viewer is None:
        return
    with here.store.database.writing() as session:
        for position in positions:
            telling.read(session, viewer, position)


def _put_away(here: Here, lost: frozenset[int]) -> None:
    viewer = here.look()
    if viewer is None:
        return
    with here.store.database.writing() as session:
        # What can be shown again meanwhile is to be read.
        shown = record.read(session, viewer, here.store.vault).positions
        telling.put_away(session, viewer, sorted(lost - shown))
