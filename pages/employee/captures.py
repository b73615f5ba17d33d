"""What was collected: when, in what, where on the screen, and every single capture."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import streamlit as st

from data import instants
from data.captures import timeline
from pages.charts.apps import apps
from pages.charts.chart import Chart, Frame
from pages.charts.clicks import Outline, clicks
from pages.charts.days import days, hours
from pages.charts.week import week
from pages.employee import deleting, disowned, filters
from pages.employee.filters import Asked
from pages.employee.singles import singles
from pages.shell import look, markup, words
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import phrases, searching

HOURLY = 3  # days up to which the picture is by hour


@dataclass(frozen=True)
class Pictures:
    """The charts, the number of captures they count, and how many clicks have no place on a screen."""

    time: Chart
    week: Chart
    apps: Chart
    clicks: Chart
    matching: int
    outliers: int
    is_daily: bool


def captures(here: Here) -> None:
    """Draw the page of whoever looks."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    look.apply()
    calendar = Calendar(here.zone, instants.now())
    summary = deleting.held(here)
    if summary is None:
        deleting.notice(here)
        return
    said = phrases.collected(summary, calendar)
    st.html(markup.answer(said.headline, said.detail, tone=said.tone, icon=said.icon))
    disowned.notice(here, viewer.person_id, calendar)
    if not summary.total:
        return
    asked = filters.ask(summary, calendar)
    pictures = fetch(here, viewer.person_id, asked, calendar)
    st.markdown(searching.matching(pictures.matching, asked.is_narrow, bool(asked.text)))
    _over_time(pictures)
    left, right = st.columns([5, 4], gap="medium")
    with right:
        _where(pictures)
    with left:
        singles(here, asked)


def fetch(here: Here, person_id: int, asked: Asked, calendar: Calendar) -> Pictures:
    """All counts of the page in one transaction; from rollups, no content is opened."""
    viewer, vault, wanted = here.viewer(), here.store.vault, asked.filter(calendar)
    is_daily = (asked.last - asked.first).days >= HOURLY
    with here.store.database.reading() as session:
        over_time = timeline.by_day if is_daily else timeline.by_hour
        counted: Frame = over_time(session, viewer, vault, person_id, wanted, here.zone)
        in_week = timeline.week(session, viewer, vault, person_id, wanted, here.zone)
        in_apps = timeline.apps(session, viewer, vault, person_id, wanted)
        on_screen = timeline.clicks(session, viewer, vault, person_id, wanted)
    screens = [Outline(one.x, one.y, one.width, one.height) for one in on_screen.displays]
    return Pictures(
        (days if is_daily else hours)(counted),
        week(in_week),
        apps(in_apps),
        clicks(on_screen.frame, screens),
        int(counted["count"].sum()),
        on_screen.outliers,
        is_daily,
    )


def _over_time(pictures: Pictures) -> None:
    title = "Captures by day" if pictures.is_daily else "Captures by hour"
    note = "Press a day to see only that day." if pictures.is_daily else ""
    look.draw(pictures.time, title, "by_time", on_press=_pressed if pictures.is_daily else None, note=note)


def _pressed() -> None:
    state: Any = st.session_state.get("by_time")
    points = state["selection"]["points"] if state else []
    if points:
        told = points[0].get("customdata")
        filters.only(date.fromisoformat(str(told[0] if told else points[0]["x"])[:10]))


def _where(pictures: Pictures) -> None:
    look.draw(pictures.week, "By weekday and hour", "by_week")
    look.draw(pictures.apps, "By app", "by_app")
    left_out = pictures.outliers
    note = f"{words.count(left_out, 'click')} had no place on these screens and are not drawn." if left_out else ""
    look.draw(pictures.clicks, "Where you clicked", "by_place", note=note)
