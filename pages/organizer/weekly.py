"""The programme's conduct over weeks, as pictures that compare: a part of the organizer's page, and its downloads."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from data.accesses.entry import Purpose
from data.statistics.conduct import Conduct
from pages.charts import conduct as charts
from pages.charts.chart import Chart
from pages.shell import look
from pages.wording import alarms
from pages.wording import conduct as said


@dataclass(frozen=True)
class Picture:
    """A chart with its title and what a reader has to know; `name` is that of its file."""

    name: str
    title: str
    chart: Chart
    note: str = ""


def pictures(found: Conduct) -> tuple[Picture, ...]:
    """All of them, in the order of the page. Pure."""
    by_purpose = found.looks.assign(purpose=[said.purpose(Purpose(one)) for one in found.looks["purpose"]])
    without = found.looks[found.looks["purpose"] == Purpose.NONE][["week", "count"]]
    raised = found.alarms.assign(kind=[alarms.PLAIN[one] for one in found.alarms["kind"]])
    top = int(found.looks.groupby("week")["count"].sum().max())
    looked = "Looks at people's data a week, by"
    purposes = charts.stacked(
        by_purpose, "purpose", "Purpose", "Looks", f"{looked} purpose", standing_out=Purpose.NONE.plain, top=top
    )
    roles = charts.stacked(found.roles, "role", "Role", "Looks", f"{looked} role of whoever looked", top=top)
    return (
        Picture("captures", "Captures taken and refused", charts.captures(found.captures), said.TAKEN),
        Picture("requests", "Requests received and answered", charts.asked(found.asked), said.ASKED),
        Picture("purposes", "Looks, by purpose", purposes, said.LOOKS),
        Picture("roles", "Looks, by who looked", roles, said.ROLES),
        Picture(
            "unexplained", "Looks without a reason", charts.single(without, "Without a reason", top=top), said.SCALE
        ),
        Picture(
            "alarms",
            "Alarms",
            charts.stacked(raised, "kind", "Alarm", "Number", "Alarms about the programme a week"),
            said.ALARMS,
        ),
    )


def draw(found: Conduct, length: int) -> None:
    """Two beside each other; each with its table, and as CSV and PNG."""
    shown = pictures(found)
    for pair in (shown[:2], shown[2:4], shown[4:]):
        for column, one in zip(st.columns(2, gap="small"), pair, strict=True):
            with column:
                csv = f"/download/conduct/{one.name}.csv?weeks={length}"
                look.draw(one.chart, one.title, f"conduct-{one.name}", note=one.note, csv=csv)
