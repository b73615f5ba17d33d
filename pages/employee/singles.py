"""The screens and the single captures, newest first, a page at a time."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.captures import browse
from data.captures.browse import Page
from data.captures.schema import Kind
from data.errors import BadInput, Destroyed
from pages.employee import filters
from pages.employee.filters import Asked
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import rows, searching

PAGE = 100
FILM = 12


@st.fragment
def singles(here: Here, asked: Asked) -> None:
    """Draw them. It reruns alone, so it asks again who looks."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return
    calendar = Calendar(here.zone, instants.now())
    before = st.query_params.get(filters.BEFORE)
    strip = asked.filter(calendar, kinds=frozenset({Kind.SCREEN}))
    shows_screens = not asked.kinds or Kind.SCREEN in asked.kinds
    try:
        with here.store.database.reading() as session:
            vault, person_id = here.store.vault, viewer.person_id
            page = browse.page(session, viewer, vault, person_id, asked.filter(calendar), PAGE, before)
            screens = browse.page(session, viewer, vault, person_id, strip, FILM, before) if shows_screens else None
    except BadInput as failure:
        st.warning(markup.literal(str(failure)))
        return
    except Destroyed as gone:
        st.info(markup.literal(str(gone)), icon=":material/delete_sweep:")
        return
    if screens and screens.captures:
        st.header("Screens", anchor=False)
        st.caption(searching.SCREENS)
        st.html(rows.film(screens.captures, calendar, viewer.person_id))
    st.header("Every single capture", anchor=False)
    _page(page, before, calendar, viewer.person_id)


def _page(page: Page, before: str | None, calendar: Calendar, person_id: int) -> None:
    if not page.captures:
        st.markdown(searching.nothing_found(page, calendar, before))
    else:
        st.caption(f"Newest first, times in {calendar.place}. Point at a time for the exact one.")
        st.html(rows.events(page.captures, calendar, person_id))
        if searched := searching.searched(page, calendar):
            st.caption(searched)
    with st.container(horizontal=True):
        st.button("Newest", on_click=_go, args=(None,), disabled=before is None, icon=":material/first_page:")
        st.button(
            searching.older(page),
            on_click=_go,
            args=(page.next,),
            disabled=page.next is None,
            icon=":material/arrow_forward:",
            key="older",
        )


def _go(cursor: str | None) -> None:
    if cursor is None:
        filters.from_the_newest()
    else:
        st.query_params[filters.BEFORE] = cursor
