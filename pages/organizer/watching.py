"""What an organizer does to watch the programme: compare the log, see its witnesses, choose alarms, print a report."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.people.permissions import Permission, require
from data.proofs import backing, publishing
from data.statistics import report
from pages.organizer import choosing, comparing
from pages.shell import look, pinning
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import proof, quarterly
from pages.wording import watching as wording

_QUARTERS = 6


def watching(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    require(viewer, Permission.SEE_CONDUCT)
    look.apply()
    with here.store.database.reading() as session:
        behind = backing.of(session, here.store.vault, here.store.settings.witnesses)
        key = publishing.verifier_key(session, here.store.vault)
    calendar = Calendar(here.zone, instants.now())
    pin = pinning.seen(here, viewer)
    st.html(proof.alarm(behind, calendar) or wording.headline(behind, pin))
    st.html(proof.lines(behind, pin, calendar))
    comparing.witness(key)
    comparing.compare(here)
    choosing.draw(here, viewer, by_mail=here.store.settings.smtp is not None)
    _report(calendar)


def _report(calendar: Calendar) -> None:
    st.header("The report of a quarter", anchor=False)
    st.markdown(wording.REPORT)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        shown = {quarterly.title(one): one for one in report.last(calendar.now, _QUARTERS)}
        chosen = st.selectbox("Quarter", list(shown), key="quarter", width=260)
        address = f"/download/report/{shown[chosen]}"
        st.link_button("Open the report to print it", address, icon=":material/print:", width="content")
