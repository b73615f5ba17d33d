"""The figures of a year: what requests came to, how long they took, and the file that California wants."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.people.jurisdictions import Jurisdiction
from data.statistics import cases, year
from pages.charts import requests as charts
from pages.shell import look, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import figures as said


def figures(here: Here) -> None:
    """Draw the page."""
    viewer, calendar = here.viewer(), Calendar(here.zone, instants.now())
    look.apply()
    top = st.container()
    with here.store.database.reading() as session:
        known = cases.years(session, viewer)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Year of receipt", known, key="year", bind="query-params", width=180)
    with here.store.database.reading() as session:
        found = cases.of_year(session, viewer, here.store.vault, chosen)
    kinds, clock, appeals = year.by_kind(found), year.clock(found), year.appeals(found)
    top.html(said.headline(chosen, kinds, clock, calendar.today))
    with st.expander("How these figures are made", type="compact"):
        st.markdown(said.METHOD)
    if found:
        look.draw(charts.outcomes(said.named(kinds), "Asked for"), "What they came to", "year-outcomes")
        places = said.named(year.by_jurisdiction(found, list(Jurisdiction)))
        look.draw(charts.outcomes(places, "Law"), "By the law that applies", "year-laws")
        if clock["median_days"].notna().any():
            look.draw(charts.days(said.with_all(clock)), "Days to the first answer", "year-days", note=_DAYS)
        _table("Days and the clock", charts.timed(said.with_all(clock)), "year-clock")
        _appeals(said.with_all(appeals))
    _california(chosen)


_DAYS = (
    f"Bar: the median. Stroke: within which 95 of 100 were answered. Diamond: the slowest. Below {year.FEWEST} answers"
    " there is none."
)


def _table(title: str, table: object, key: str) -> None:
    st.header(title, anchor=False)
    st.dataframe(markup.cells(table), hide_index=True, alt=f"{title}, by what was asked for", key=key)


def _appeals(frame: charts.Frame) -> None:
    if frame["appealed"].sum():
        _table("Appeals", frame[frame["appealed"] > 0].rename(columns=said.APPEALS), "year-appeals")
    else:
        st.header("Appeals", anchor=False)
        st.caption("Nobody appealed.")


def _california(chosen: int) -> None:
    st.header(f"California's metrics of {chosen}", anchor=False)
    st.caption(said.CALIFORNIA)
    st.link_button(
        f"Download the metrics of {chosen}", f"/download/figures/{chosen}", icon=":material/download:", width="content"
    )
