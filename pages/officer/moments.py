"""Asking for a moment: a day and a time on the officer's own clock."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from data import instants
from pages.shell.here import Here


def ask(here: Here, key: str, label: str = "Day (empty: now)") -> Callable[[], int | None]:
    """Draw both. What is returned tells the instant, and None where neither was chosen; call it within the change, as
    it raises BadInput for a time without a day."""
    with st.container(horizontal=True):
        day = st.date_input(label, value=None, key=f"{key}-day", width=180)
        hour = st.time_input("Time", value=None, key=f"{key}-time", width=140, step=60)
    return partial(instants.local, day, hour, here.zone)
