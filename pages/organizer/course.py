"""How a figure went from quarter to quarter, a small chart a group: a part of the page of figures about people."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from data.statistics import comparison
from data.statistics.people.figure import Figure
from data.statistics.people.release import Group, Record, Release
from pages.charts import people as charts
from pages.shell import look, markup
from pages.wording import people as said

MOST = 12  # panels; the download has every group


def draw(record: Record, release: Release, parts: Sequence[Group]) -> None:
    """The panels of one figure, for the company and these of its parts."""
    known = said.ordered(comparison.counted(record))
    st.header("From quarter to quarter", anchor=False)
    titles = {said.title(one): one for one in known}
    first = next(number for number, one in enumerate(known) if one in release.figures)
    chosen = st.selectbox("Count", list(titles), index=first, key=f"course-{release.quarter}", width=420)
    figure = titles[chosen]
    groups = (comparison.company(release), *(one for one in parts if one.parent is not None))
    top = comparison.top(record, figure)
    drawn = [(one.name, frame(record, figure, one)) for one in groups[:MOST]]
    panels = [charts.quarters(name, figure.plain, quarters, said.MARKS, top) for name, quarters in drawn]
    renamed = [said.renamed(name, zip(every["quarter"], every["called"], strict=True)) for name, every in drawn]
    note = " ".join([said.course(len(groups), MOST), *(markup.literal(one) for one in renamed if one)])
    csv = f"/download/people/quarters/{figure}.csv?quarter={release.quarter}"
    look.draw_many(panels, chosen, "people-course", note=note, csv=csv)


def frame(record: Record, figure: Figure, group: Group) -> comparison.Frame:
    """The quarters of a group, with what it was called then among the words where that was something else."""
    found = comparison.over_quarters(comparison.series(record, figure, group))
    told = [said.then(row["words"], group.name, row["called"]) for row in found.to_dict("records")]
    return found.assign(words=told)
