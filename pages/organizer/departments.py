"""The departments beside each other, a chart a figure: a part of the page of figures about people."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from data.statistics import comparison
from data.statistics.comparison import Share
from data.statistics.people.figure import Figure
from data.statistics.people.release import Record, Release
from pages.charts import people as charts
from pages.shell import look, markup
from pages.wording import people as said

MOST = 24  # bars of a chart that are read one by one; the table has all


def draw(record: Record, release: Release, shares: Mapping[Figure, tuple[Share, tuple[Share, ...]]]) -> None:
    """Two charts beside each other, and under each in a sentence what it shows."""
    order = said.ordered(shares)
    for pair in (order[place : place + 2] for place in range(0, len(order), 2)):
        for column, figure in zip(st.columns(2, gap="small"), pair, strict=False):
            whole, parts = shares[figure]
            with column:
                _one(release, figure, whole, parts, comparison.top(record, figure))
    st.caption(said.BESIDE)


def _one(release: Release, figure: Figure, whole: Share, parts: tuple[Share, ...], top: float) -> None:
    everything = comparison.beside(parts, whole)
    chart = charts.departments(everything, said.STANDS, top, (figure.plain, str(release.quarter)), MOST)
    csv = f"/download/people/{release.quarter}.csv"
    look.draw(chart, said.title(figure), f"people-{figure}", note=markup.literal(said.apart(parts, MOST)), csv=csv)
