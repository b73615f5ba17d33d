"""What people were told is captured: the notice in force, what changed, and that one has read it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data import instants
from data.incidents import drift
from data.people.permissions import Permission, may
from data.programme import versions
from data.programme.versions import Register
from data.rights.retention import record
from pages.officer import drifting
from pages.shell import changing
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import drift as drifted
from pages.wording import promised as wording
from pages.wording import retention


def promised(here: Here) -> None:
    """Draw this part of the programme's page."""
    viewer, calendar = here.viewer(), Calendar(here.zone, instants.now())
    with here.store.database.reading() as session:
        found = versions.register(session, here.store.vault)
        person, newest = viewer.person_id, found.newest
        drifts = drift.mine(session, viewer, here.store.vault)
        watches = may(viewer, Permission.HANDLE_DRIFT)
        every = drift.listed(session, viewer, here.store.vault) if watches else ()
        delay = here.store.settings.erasure_seconds * instants.SECOND
        kept = record.mine(session, viewer, here.store.vault, delay)
        is_read = person is None or newest is None or versions.has_read(session, person, newest)
    st.header("What you were told is captured", anchor=False)
    st.html(wording.standing(found, calendar))
    if drifts:
        st.html(drifted.mine(drifts, calendar))
        st.caption(drifted.HOW)
    if watches:
        drifting.drifting(here, every, calendar)
    now = found.at(calendar.now)
    st.html(retention.mine(kept, now.notice if now else None, calendar))
    _notice(here, found, calendar, is_read=is_read)


def _notice(here: Here, found: Register, calendar: Calendar, *, is_read: bool) -> None:
    newest = found.newest
    if newest is None:
        return
    st.html(wording.changes(found, newest) or "<span></span>")
    with st.expander(f"What version {newest.number} says", icon=":material/article:", expanded=not is_read):
        st.html(wording.notice(newest))
    if is_read:
        st.caption(f"You have said that you read version {newest.number}. {wording.NOT_CONSENT}")
    else:
        if st.button(f"I have read version {newest.number}", type="primary", key="notice-read"):
            changing.make(here, partial(versions.acknowledge, number=newest.number))
        st.caption(wording.NOT_CONSENT)
    if len(found.versions) > 1:
        with st.expander("Every version", icon=":material/history:"):
            st.html(wording.earlier(found, calendar))
