"""What is captured without having been promised: the officer's part of the programme's page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from data.incidents import drift
from data.incidents.drift import Finding
from data.incidents.incident import LONGEST
from pages.officer import changing
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import drift as wording


@st.fragment
def drifting(here: Here, found: Sequence[Finding], calendar: Calendar) -> None:
    """Every finding, and ending one."""
    here.viewer()
    going = {one.number: one for one in found if one.ending is None}
    label = f"Captured without having been promised: {len(going)}"
    with st.expander(label, icon=":material/rule:", expanded=bool(going)):
        st.html(wording.listed(found, calendar))
        if not going:
            return
        number = st.selectbox(
            "End a finding",
            list(going),
            format_func=lambda one: markup.seen(wording.choice(going[one])),
            key="drift-number",
            help="Once it is no longer captured. What is captured of it after that is found anew, and told again.",
        )
        words = st.text_area("Why it is over; everybody whom it concerns reads it", max_chars=LONGEST, key="drift-why")
        if st.button("End it", key="drift-end"):
            end = partial(drift.close, number=number, words=words)
            changing.carry_out(here, end, path="programme", what="end a finding")
