"""The programme: what people's data may be opened for, and by which teams."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.accesses import teams
from data.people.permissions import Permission, may
from pages.officer import naming
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import programme as wording


def programme(here: Here) -> None:
    """Draw the page; officers also name teams on it."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        found = teams.register(session, here.store.vault)
    st.html(wording.headline(found, calendar.now))
    if may(viewer, Permission.NAME_TEAMS):
        naming.naming(here, found)
    st.html(wording.purposes_list(found, calendar))
