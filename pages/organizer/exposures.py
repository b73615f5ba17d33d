"""Exposures for the whole company, in figures."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.controls import record as controls
from data.controls.probes import readers
from data.exposures import record
from pages.shell.here import Here
from pages.wording import conduct as wording


def draw(here: Here) -> None:
    """How many there were, are open, and came back."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        found = record.figures(session, viewer, here.store.vault)
        looked = controls.read(session, viewer, here.store.vault, days=here.store.settings.fix_days)
    st.subheader("Exposures", anchor=False)
    st.html(wording.exposures(found, looked.blind(readers.PROBE.key, instants.now())))
