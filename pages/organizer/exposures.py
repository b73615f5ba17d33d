"""Exposures for the whole company, in figures."""

from __future__ import annotations

import streamlit as st

from data.exposures import record
from pages.shell.here import Here
from pages.wording import exposures as wording


def draw(here: Here) -> None:
    """How many there were, are open, and came back."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        found = record.figures(session, viewer, here.store.vault)
    st.subheader("Exposures", anchor=False)
    st.html(wording.counts(found))
