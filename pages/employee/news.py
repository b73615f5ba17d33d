"""What is new: looks that the person is told about by themselves, until they have seen them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from data.notices import notice
from data.notices.notice import Beside, News, Why
from pages.shell import links, markup, words
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import alarms, drift, rows, single
from pages.wording import news as wording

BESIDE = (Why.REQUEST, Why.DEADLINE, Why.OBJECTED, Why.DRIFT, Why.EXPOSURE, Why.ALARM, Why.CHOSEN)


def news(here: Here, found: News, calendar: Calendar) -> None:
    """Draw what is new, if anything is; each row leads to the look in full, which makes it seen."""
    if found.until is None:
        return
    with st.container(border=True, gap="xsmall", key="news"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.html(f'<div class="dl">{markup.symbol("notifications")} <strong>{single.news(found)}</strong></div>')
            st.button("I have seen these", type="tertiary", key="seen", on_click=_see, args=(here, found.until))
        st.html(rows.latest(found.looks, (), calendar))


def incidents(unread: int) -> None:
    """Say that there are notices about incidents to read, where they stand."""
    if unread:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="untold"):
            said = f"{words.count(unread, 'notice')} about an incident {'is' if unread == 1 else 'are'} new to you."
            st.html(f'<div class="dl">{markup.symbol("emergency_home")} <strong>{said}</strong></div>', width="content")
            st.page_link(links.to("incidents"), label="Read it", icon=":material/arrow_forward:")


def beside(here: Here, found: Mapping[Why, Sequence[Beside]]) -> None:
    """Say what is new about one's own requests, what is captured that nobody promised, what one's data was exposed to,
    to an officer which deadlines and alarms to look at, and which alarms were raised that one chose to be told of."""
    late, drifts = found[Why.DEADLINE], found[Why.DRIFT]
    for key, lines, path, why in (
        ("alarms", wording.alarms(found[Why.ALARM]), wording.leads_to(found[Why.ALARM]), Why.ALARM),
        ("steps", wording.steps(found[Why.REQUEST]), "requests", Why.REQUEST),
        ("due", (wording.deadlines(late),) if late else (), wording.due_at(late), Why.DEADLINE),
        ("objected", (wording.OBJECTED,) if found[Why.OBJECTED] else (), "requests", Why.OBJECTED),
        ("drift", (drift.NEWS,) if drifts else (), "programme", Why.DRIFT),
        ("exposures", (wording.EXPOSURE,) if found[Why.EXPOSURE] else (), "programme", Why.EXPOSURE),
        ("chosen", (alarms.NEWS,) if found[Why.CHOSEN] else (), "conduct", Why.CHOSEN),
    ):
        if lines:
            until = found[why][0].position
            with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"news-{key}"):
                said = "<br>".join(markup.html(line) for line in lines)
                icon = markup.symbol("notifications")
                st.html(f'<div class="dl dl-news">{icon}<strong>{said}</strong></div>', width="content")
                st.page_link(links.to(path), label="See them", icon=":material/arrow_forward:")
                st.button("Put this away", type="tertiary", key=f"seen-{key}", on_click=_see, args=(here, until, why))


def _see(here: Here, until: int, why: Why | None = None) -> None:
    """`until`: the newest that the page showed; whoever presses has seen none that came since."""
    viewer = here.look()
    if viewer is None or viewer.person_id is None:
        return
    with here.store.database.writing() as session:
        if why is None:
            notice.see_until(session, viewer, viewer.person_id, until)
        else:
            notice.see_beside(session, viewer, why, until)
