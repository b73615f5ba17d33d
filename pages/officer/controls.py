"""Promises and checks: each promise of the programme with what a look found, when, and how a fix stands."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.controls import record
from data.controls.record import Record
from data.people.permissions import Permission, may
from pages.charts import controls as charts
from pages.officer import claiming, looking
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import controls as wording
from pages.wording import spanning

DAYS = {"7 days": 7, "28 days": 28, "90 days": 90, "A year": 365}


def controls(here: Here) -> None:
    """Draw the page; officers also say on it that something is fixed."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        found = record.read(session, viewer, here.store.vault, days=here.store.settings.fix_days)
    st.html(wording.headline(found, calendar.now))
    claiming.said()
    if may(viewer, Permission.RUN_CONTROLS):
        looking.draw(here, calendar)
    if not found.controls:
        return
    _drawn(found, calendar)
    claims = may(viewer, Permission.CLAIM_FIX)
    for place, one in enumerate(wording.ordered(found, calendar.now)):
        with st.container(border=True, gap="xsmall", key=f"control-{place}-{one.name.probe}"):
            st.html(wording.heading(one, calendar))
            if claims:
                claiming.claim(here, one)
            with st.expander("What was found", type="compact"):
                st.html(wording.evidence(one, calendar))
            with st.expander("What happened so far", type="compact"):
                st.html(wording.history(one, calendar))
            st.caption(wording.proof(one))


def _drawn(found: Record, calendar: Calendar) -> None:
    chosen = st.segmented_control("Span", list(DAYS), default="28 days", required=True, key="span", bind="query-params")
    days = DAYS[chosen or "28 days"]
    frame = spanning.frame(found, calendar, days)
    note = "Thin: kept. Tall and crossed: broken. Hatched: not known. Where nothing stands, nobody looked."
    look.draw(
        charts.controls(frame, *spanning.bounds(calendar, days)), "When each was kept", "controls-history", note=note
    )
