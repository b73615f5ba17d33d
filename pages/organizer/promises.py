"""What was promised and whether it is kept, in counts of the whole company: a part of the organizer's page."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.incidents import drift
from data.programme import versions
from data.rights.retention import record
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import drift as drifted
from pages.wording import promised, retention


def promises(here: Here) -> None:
    """Draw this part."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        read = versions.read(session, viewer, here.store.vault)
        kept = record.figures(session, viewer, here.store.vault)
        found = drift.figures(session, viewer, here.store.vault)
    st.subheader("What people were told, and what is kept of it", anchor=False)
    calendar = Calendar(here.zone, instants.now())
    st.html(promised.read(read) + drifted.figures(found) + retention.figures(kept, calendar))
