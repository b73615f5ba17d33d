"""What went wrong with the viewer's own data: the card of exposures on The programme, and lines on the first page."""

from __future__ import annotations

import streamlit as st

from data.exposures import card as exposures
from data.exposures.first_page import Wrong
from pages.employee import news
from pages.shell import links
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import exposures as wording


def lines(found: Wrong, calendar: Calendar) -> None:
    """Say in a sentence what the viewer's data is or was exposed to, and that there are notices to read."""
    if said := wording.line(found.card, calendar):
        with st.container(border=True, key="exposed", gap="xsmall"):
            st.html(f'<div class="dl dl-news">{said}</div>')
            st.page_link(links.to("programme"), label="See what was found and done", icon=":material/arrow_forward:")
    news.incidents(found.unread)


def card(here: Here, calendar: Calendar) -> None:
    """Draw everything that the viewer's data was exposed to, if anything is on record."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    with here.store.database.reading() as session:
        found = exposures.card(session, viewer, here.store.vault, calendar.now)
    st.html(wording.cards(found, calendar) or "<span></span>")
