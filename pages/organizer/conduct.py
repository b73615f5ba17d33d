"""The organizer's first page: how the programme itself behaves, for the whole company, exact."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.accesses.entry import Purpose
from data.captures import disobeying
from data.proofs import backing
from data.rights import exemption, holds
from data.statistics import conduct as figures
from data.statistics.conduct import Conduct
from pages.charts import conduct as charts
from pages.organizer import agreeing, devices, exposures, promises
from pages.shell import look, pinning
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import conduct as said
from pages.wording import exempting, holding, proof, running

WEEKS = {"4 weeks": 4, "12 weeks": 12, "26 weeks": 26, "52 weeks": 52}


def conduct(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    look.apply()
    top = st.container()
    span = st.segmented_control("Span", list(WEEKS), default="12 weeks", required=True, key="span", bind="query-params")
    with here.store.database.reading() as session:
        found = figures.conduct(session, viewer, here.store.vault, WEEKS[span or "12 weeks"])
        exempt = exemption.figures(session, viewer, here.store.vault)
        held = holds.figures(session, viewer, here.store.vault)
        paused = disobeying.current(session, viewer, here.store.vault)
        behind = backing.of(session, here.store.vault, here.store.settings.witnesses)
    pin = pinning.seen(here, viewer)
    calendar = Calendar(here.zone, instants.now())
    top.html(proof.alarm(behind, calendar) + said.headline(found) + running.figures(*paused, calendar))
    agreeing.draw(here, viewer)
    st.html(said.tiles(found))
    with st.expander("How these figures are made", type="compact"):
        st.markdown(said.METHOD)
    look.draw(charts.captures(found.captures), "Captures taken and refused", "conduct-captures", note=_TAKEN)
    plain = found.looks.assign(purpose=[said.purpose(Purpose(one)) for one in found.looks["purpose"]])
    chart = charts.looks(plain, Purpose.NONE.plain)
    look.draw(chart, "Looks at people's data, by purpose", "conduct-looks", note=_LOOKS)
    _requests(found)
    if exempt:
        st.subheader("Exemptions", anchor=False)
        st.html(exempting.figures(exempt))
        st.caption(exempting.NOTE)
    exposures.draw(here)
    devices.draw(here, viewer)
    promises.promises(here)
    st.subheader("Legal holds", anchor=False)
    st.html(holding.figures(held))
    st.subheader("The record of who looked", anchor=False)
    st.html(proof.lines(behind, pin, calendar))


_TAKEN = "Counted in the week they were captured in (UTC); refused ones in the week they were sent."
_LOOKS = (
    "Everybody's looks at somebody else's data, as far as a source of evidence was recording. A bulk read is one look."
)


def _requests(found: Conduct) -> None:
    st.subheader("Requests, by outcome and days to close", anchor=False)
    if found.requests.empty:
        st.caption("Nobody has asked for anything yet.")
        return
    st.dataframe(
        said.requests(found.requests),
        hide_index=True,
        alt="Requests by kind and outcome, with the days they took",
        key="conduct-requests",
    )
    st.caption(said.REQUESTS)
