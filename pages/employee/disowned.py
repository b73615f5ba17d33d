"""What the person said is not theirs, above what was collected: it is still held and counted here, and marked."""

from __future__ import annotations

import streamlit as st

from data.rights import request as requests
from data.rights.states import RequestKind
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import rules, standing


def notice(here: Here, person_id: int, calendar: Calendar) -> None:
    """One line for each mark that stands; nothing where there is none."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        found = requests.mine(session, viewer, here.store.vault, person_id)
    marked = [one for one in found if one.kind is RequestKind.ATTRIBUTION and rules.is_standing(one, calendar.now)]
    if marked:
        st.html(rules.disowned([(one, standing.about(one, calendar)) for one in marked]))
