"""The organizer's page of counts of people, in groups of at least 100 and as ranges: "Figures about people"."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.people.viewer import Viewer
from data.statistics import comparison
from data.statistics.comparison import Share
from data.statistics.people import plan, reading
from data.statistics.people.figure import Figure
from data.statistics.people.release import Group, Record, Release, Upcoming
from pages.organizer import course, departments, planning
from pages.shell import links, look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import people as said

_BY = ("Departments", "Divisions")
Shares = dict[Figure, tuple[Share, tuple[Share, ...]]]


def people(here: Here) -> None:
    """Draw the page."""
    viewer, calendar = here.viewer(), Calendar(here.zone, instants.now())
    look.apply()
    record, coming = _fetch(here, viewer)
    top = st.container()
    if not record.releases:
        top.html(said.alarm(record) or said.empty(coming, calendar))
        _method()
        planning.draw(here)
        return
    labels = {said.short(one.quarter): one for one in record.releases}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        release = labels[st.selectbox("Quarter", list(labels), key="quarter", bind="query-params", width=260)]
        parts = _parts(release)
    shares = _shares(release, parts)
    with top:
        if record.altered:
            st.html(said.alarm(record))
        st.html(said.headline(release, shares, said.next_release(coming, calendar)))
    st.html(said.totals(shares))
    _method()
    with st.expander("Who exactly is counted", type="compact"):
        st.markdown(said.meanings(release.figures))
    departments.draw(record, release, shares)
    course.draw(record, release, parts)
    st.header("Why some departments are not shown by themselves", anchor=False)
    st.html(said.together(comparison.pooled(release), whole=len(release.groups) == 1))
    planning.draw(here)
    _downloads(record, calendar)


def _fetch(here: Here, viewer: Viewer) -> tuple[Record, Upcoming]:
    with here.store.database.reading() as session:
        return (
            reading.releases(session, viewer, here.store.vault),
            plan.upcoming(session, viewer, here.store.vault),
        )


def _parts(release: Release) -> tuple[Group, ...]:
    if not comparison.has_divisions(release):
        return comparison.parts(release)
    by = st.segmented_control("Compare", _BY, default=_BY[0], required=True, key="by", bind="query-params")
    return comparison.parts(release, divisions=by == _BY[1])


def _shares(release: Release, parts: tuple[Group, ...]) -> Shares:
    company = comparison.company(release)
    return {
        one: (comparison.share(release, one, company), comparison.compared(release, one, parts))
        for one in release.figures
    }


def _method() -> None:
    st.page_link(
        links.to("people-method"), label="Why these are ranges, and what they cannot say", icon=":material/help:"
    )


def _downloads(record: Record, calendar: Calendar) -> None:
    st.header("Take them with you", anchor=False)
    st.caption(said.PROOF)
    for one in record.releases:
        with st.container(horizontal=True, vertical_alignment="center", key=f"release-{one.quarter}"):
            st.markdown(said.downloads(one, calendar))
            for suffix, form in (("csv", "CSV"), ("json", "JSON")):
                address = f"/download/people/{one.quarter}.{suffix}"
                st.link_button(f"{form} of {one.quarter}", address, icon=":material/download:", type="tertiary")
