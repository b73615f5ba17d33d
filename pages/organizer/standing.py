"""How the programme stands now, in figures that name nobody: a part of the organizer's page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from data import instants
from data.people.viewer import Viewer
from data.proofs import backing
from data.proofs.backing import Backing
from data.rights import holds
from data.statistics import evidence, weeks
from data.statistics.conduct import Conduct
from data.statistics.evidence import Evidence
from pages.organizer import devices, exposures, promises
from pages.shell import links, markup, pinning
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import conduct as said
from pages.wording import evidence as wording
from pages.wording import holding, proof


@dataclass(frozen=True)
class Standing:
    """What this part shows of one moment."""

    evidence: Evidence
    holds: holds.Figures
    behind: Backing


def fetch(here: Here, viewer: Viewer, found: Conduct) -> Standing:
    """One transaction for all of it."""
    store, days = here.store, here.store.settings.fix_days
    start, end = weeks.start(found.mondays), weeks.end(found.mondays)
    with store.database.reading() as session:
        return Standing(
            evidence.of(session, viewer, store.vault, start, end, days=days),
            holds.figures(session, viewer, store.vault),
            backing.of(session, store.vault, store.settings.witnesses),
        )


def tables(found: Conduct) -> None:
    """What people's data was opened for, by whom, and what became of requests."""
    st.header("Looks, by purpose and by who looked", anchor=False)
    if found.crossed.empty:
        st.caption("Nobody looked in these weeks, as far as a source of evidence was recording.")
    else:
        shown, alt = said.crossed(found.crossed), "Looks by purpose and by the role of whoever looked"
        st.html(markup.table(shown, alt))
        st.caption(said.CROSSED)
    st.header("Requests, by outcome and days to close", anchor=False)
    if found.requests.empty:
        st.caption("Nobody has asked for anything yet.")
        return
    shown, alt = said.requests(found.requests), "Requests by kind and outcome, with the days they took"
    st.html(markup.table(shown, alt))
    st.caption(said.REQUESTS)


def draw(here: Here, viewer: Viewer, found: Standing) -> None:
    """Below the pictures: what each part of the programme's record says now."""
    calendar = Calendar(here.zone, instants.now())
    st.header("How far the evidence reaches", anchor=False)
    st.html(wording.covered(found.evidence))
    st.caption(wording.METHOD)
    st.header("Promises", anchor=False)
    st.markdown(wording.controls(found.evidence))
    st.page_link(links.to("controls"), label="Each promise, and what looks found", icon=":material/arrow_forward:")
    exposures.draw(here)
    devices.draw(here, viewer)
    promises.promises(here)
    st.subheader("Legal holds", anchor=False)
    st.html(holding.figures(found.holds))
    st.subheader("The record of who looked", anchor=False)
    st.html(proof.lines(found.behind, pinning.seen(here, viewer), calendar))
    look_again = "Compare a checkpoint that you kept, choose alarms, print the report of a quarter"
    st.page_link(links.to("watching"), label=look_again, icon=":material/arrow_forward:")
