"""What went wrong with the viewer's own data: the card of exposures on The programme, and lines on the first page."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from sqlalchemy.orm import Session

from data.exposures import card as exposures
from data.exposures.card import Card
from data.incidents import telling
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from pages.employee import news
from pages.shell import links, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import exposures as wording


@dataclass(frozen=True)
class Wrong:
    """For the first page: notices about incidents that are `unread`, and what the viewer's data was exposed to."""

    unread: int
    card: Card


def wrong(session: Session, viewer: Viewer, vault: Vault, now: int) -> Wrong:
    """What went wrong, in the transaction of the first page."""
    return Wrong(len(telling.unread(session, viewer)), exposures.card(session, viewer, vault, now))


def lines(found: Wrong, calendar: Calendar) -> None:
    """Say in a sentence what the viewer's data is or was exposed to, and that there are notices to read."""
    if said := wording.line(found.card, calendar):
        with st.container(border=True, key="exposed", gap="xsmall"):
            icon = markup.symbol("lock_open_right")
            st.html(f'<div class="dl dl-news">{icon}<div>{said}</div></div>')
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
