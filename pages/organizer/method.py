"""How people are counted, for everybody who is counted or reads a count: "How people are counted"."""

from __future__ import annotations

import streamlit as st

from data.statistics import imagined
from pages.charts import noise as charts
from pages.shell import look
from pages.shell.here import Here
from pages.wording import method as said

_READ = 820  # pixels of a line that is read, not looked up


def method(here: Here) -> None:
    """Draw the page. Nothing on it is about anybody: its numbers follow from the method alone."""
    here.viewer()
    look.apply()
    example = imagined.example()
    st.html(said.ANSWER)
    for heading, text in said.first(example):
        _part(heading, text)
    _part(*said.interval(example))
    look.draw(charts.draws(imagined.draws(), example.truth), said.DRAWS, "method-draws", note=said.draws(example))
    _part(*said.person(example))
    look.draw(charts.both(imagined.both()), said.BOTH, "method-both", note=said.BOTH_NOTE)
    _part(*said.budget())
    look.draw(charts.prices(imagined.prices(), example.truth), said.PRICES, "method-prices", note=said.PRICES_NOTE)
    for heading, text in said.last(example):
        _part(heading, text)
    with st.expander("For statisticians: the method as every release states it", type="compact"):
        st.markdown(said.exact())


def _part(heading: str, text: str) -> None:
    st.header(heading, anchor=False)
    st.markdown(text, width=_READ)
