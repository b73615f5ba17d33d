"""The officer's queue: what must be decided, by when, and who sees to it."""

from __future__ import annotations

import streamlit as st

from data import instants
from data.notices import post
from data.people.viewer import Viewer
from data.rights import queue as requests
from data.rights.queue import Filter, Listed, Page
from pages.officer import decision, filters, picking, texts
from pages.shell import look, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import desk
from pages.wording import queue as wording

PAGE = 25


def queue(here: Here) -> None:
    """Draw the queue, or the one request or the saved texts that the address names."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    if chosen := st.query_params.get("request", ""):
        decision.one(here, viewer, chosen, calendar)
    elif texts.SHOWN in st.query_params:
        texts.draw(here)
    else:
        _list(here, viewer, calendar)


def _list(here: Here, viewer: Viewer, calendar: Calendar) -> None:
    top = st.container()
    wanted = filters.ask()
    number = int(st.session_state.get(filters.PAGE) or 1)
    with here.store.database.reading() as session:
        figures = requests.figures(session, viewer)
        found = requests.page(session, viewer, wanted, first=(number - 1) * PAGE, most=PAGE)
        if not found.rows and number > 1:  # what stood there has ended meanwhile
            filters.from_the_first()
            found = requests.page(session, viewer, wanted, most=PAGE)
        trouble = post.trouble(session, viewer)
    top.html(wording.headline(figures))
    if trouble is not None:
        top.warning(desk.post(trouble), icon=":material/mail_off:")
    picking.told()
    _rows(here, viewer, found, wanted, calendar)
    if st.button("Saved texts", icon=":material/edit_note:", type="tertiary"):
        st.query_params[texts.SHOWN] = "saved"
        st.rerun()


def _rows(here: Here, viewer: Viewer, found: Page, wanted: Filter, calendar: Calendar) -> None:
    st.markdown(wording.matching(found.matching, wanted != Filter(ended=wanted.ended), wanted.ended))
    if not found.rows:
        st.caption("Whatever an employee asks for appears here at once.")
        return
    chosen = st.container()
    picked = [one.id for one in found.rows if _row(one, viewer, calendar)]
    pages = -(-found.matching // PAGE)
    if pages > 1:
        st.pagination(pages, key=filters.PAGE)
    if not wanted.ended:
        with chosen:
            picking.draw(here, [one.id for one in found.rows if one.waiting], picked)


def _row(one: Listed, viewer: Viewer, calendar: Calendar) -> bool:
    """Draw a line of the list; whether it is chosen."""
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"row-{one.id}"):
        label = f"Choose request {one.id} of {markup.literal(one.person)}"
        picked = one.waiting and st.checkbox(
            label, key=picking.key(one.id), label_visibility="collapsed", width="content", bind="query-params"
        )
        st.html(wording.row(one, calendar, viewer.person_id))
        if st.button("Open", key=f"open-{one.id}", help=f"Open request {one.id} of {markup.literal(one.person)}"):
            st.query_params["request"] = str(one.id)
            st.rerun()
    return picked
