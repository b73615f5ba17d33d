"""The first screen: is it running, what do they have, who looked, what can I do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from data import instants
from data.captures import summary as summaries
from data.captures.summary import Summary
from data.exposures import first_page
from data.looks import history
from data.looks.look import LookFigures
from data.notices import notice
from data.notices.notice import Beside, News, Why
from data.proofs import backing, sight
from data.proofs.sight import Sight
from data.rights import request as requests
from data.rights.request import Request
from pages.employee import asking, deleting, exposed, held, news, objecting, running
from pages.shell import links, look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import phrases, proof, rows, standing
from pages.wording.running import Standing


@dataclass(frozen=True)
class Seen:
    """All that the first screen tells, of one moment; `alarm` is HTML, `summary` None while all is being deleted."""

    alarm: str
    summary: Summary | None
    running: Standing
    looks: LookFigures
    sight: Sight
    requests: tuple[Request, ...]
    news: News
    wrong: first_page.Wrong
    beside: Mapping[Why, tuple[Beside, ...]]


def overview(here: Here) -> None:
    """Draw the first screen of whoever looks."""
    person_id = here.viewer().person_id
    if person_id is None:
        return
    calendar = Calendar(here.zone, instants.now())
    seen = fetch(here, person_id, calendar)
    look.apply()
    st.html(seen.alarm or "<span></span>")
    running.draw(here, seen.running, seen.summary, calendar)
    if seen.summary is None:
        deleting.notice(here)
    else:
        held.draw(seen.summary, calendar)
    exposed.lines(seen.wrong, calendar)
    news.beside(here, seen.beside)
    news.news(here, seen.news, calendar)
    draw(seen, calendar)


def fetch(here: Here, person_id: int, calendar: Calendar) -> Seen:
    """One transaction for the whole screen."""
    viewer, store, now = here.viewer(), here.store, calendar.now
    since = calendar.days_ago(phrases.DAYS)
    with store.database.reading() as session:
        going = requests.erasing(session, viewer, store.vault, person_id)
        return Seen(
            proof.alarm(backing.of(session, store.vault, store.settings.witnesses), calendar),
            None if going else summaries.summary(session, viewer, store.vault, person_id),
            running.fetch(session, viewer, store.vault, person_id, now),
            history.figures(session, viewer, store.vault, person_id, since, zone=here.zone),
            sight.of(session, store.vault, since, now),
            requests.mine(session, viewer, store.vault, person_id),
            notice.unseen(session, viewer, store.vault, person_id, zone=here.zone),
            first_page.wrong(session, viewer, store.vault, now),
            {why: notice.beside(session, viewer, why) for why in news.BESIDE},
        )


def draw(seen: Seen, calendar: Calendar) -> None:
    """Who looked and what can be done, below what is held."""
    left, right = st.columns([5, 3], gap="large")
    with left, st.container(gap="xsmall"):
        _looked(seen.looks, seen.sight, calendar)
    with right, st.container(gap="xsmall"):
        _can_do(seen.requests, calendar)


def _looked(looks: LookFigures, seen: Sight, calendar: Calendar) -> None:
    st.header("Who looked", anchor=False)
    st.markdown(phrases.opened(looks, seen))
    st.html(rows.latest(looks.latest, seen.gaps, calendar) or "<span></span>")
    st.page_link(links.to("accesses"), label="See every look, and why", icon=":material/arrow_forward:")


def _can_do(found: tuple[Request, ...], calendar: Calendar) -> None:
    st.header("What you can do", anchor=False)
    with st.container(horizontal=True, gap="small"):
        if st.button("Get a copy", type="primary", icon=":material/download:"):
            st.switch_page(links.to("requests"), query_params={"ask": asking.COPY})
        if st.button("Have it deleted", icon=":material/delete:"):
            st.switch_page(links.to("requests"), query_params={"ask": asking.DELETION})
        if st.button("Opt out", icon=":material/do_not_disturb_on:"):
            st.switch_page(links.to("requests"), query_params={"ask": objecting.OPT_OUT})
    open_ones = [one for one in found if standing.is_news(one, calendar.now)]
    st.html(standing.lines(open_ones, calendar))
    label = "See all your requests" if found else "Your requests"
    st.page_link(links.to("requests"), label=label, icon=":material/arrow_forward:")
