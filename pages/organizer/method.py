"""How people are counted, for everybody who is counted or reads a count: "How people are counted"."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data.statistics import imagined
from pages.charts import noise as charts
from pages.charts.chart import Chart
from pages.shell import look
from pages.shell.here import Here
from pages.wording import method as said

_READ = 820  # pixels of a line that is read, not looked up


def method(here: Here) -> None:
    """Draw the page. Nothing on it is about anybody: its numbers follow from the method alone."""
    here.viewer()
    look.apply()
    example, every = imagined.example(), pictures()
    st.html(said.ANSWER)
    for heading, text in said.first(example):
        _part(heading, text)
    _part(*said.interval(example))
    _picture(every, "draws", said.DRAWS, said.draws(example))
    _part(*said.person(example))
    _picture(every, "both", said.BOTH, said.BOTH_NOTE)
    _part(*said.budget())
    _picture(every, "prices", said.PRICES, said.PRICES_NOTE)
    for heading, text in said.last(example):
        _part(heading, text)
    with st.expander("For statisticians: the method as every release states it", type="compact"):
        st.markdown(said.exact())


def pictures() -> Mapping[str, Chart]:
    """The charts of the page, by the name of their files."""
    return {
        "draws": charts.draws(imagined.draws(), imagined.TRUTH),
        "both": charts.both(imagined.both()),
        "prices": charts.prices(imagined.prices(), imagined.TRUTH),
    }


def _picture(every: Mapping[str, Chart], name: str, title: str, note: str) -> None:
    look.draw(every[name], title, f"method-{name}", note=note, csv=f"/download/people-method/{name}.csv")


def _part(heading: str, text: str) -> None:
    st.header(heading, anchor=False)
    st.markdown(text, width=_READ)
