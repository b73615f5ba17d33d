"""The programme: what people's data may be opened for, by which teams, and what of others is blacked out in copies."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.accesses import teams
from data.people.permissions import Permission, may
from data.rights.redaction import bystanders
from pages.employee import exposed, promises
from pages.officer import bystanding, naming
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import programme as wording
from pages.wording import redaction


def programme(here: Here) -> None:
    """Draw the page; officers also name teams and set rules on it."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        found = teams.register(session, here.store.vault)
        black = bystanders.register(session, here.store.vault)
    exposed.card(here, calendar)
    st.html(wording.headline(found, calendar.now))
    if may(viewer, Permission.NAME_TEAMS):
        naming.naming(here, found)
    st.html(wording.purposes_list(found, calendar))
    promises.draw(here, calendar)
    st.header("Others on your screens", anchor=False)
    if may(viewer, Permission.SET_BYSTANDERS):
        bystanding.setting(here, black)
    st.html(redaction.rules(black, calendar))
