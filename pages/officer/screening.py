"""Looking for others in the pictures of a copy before it is made, and blacking them out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from data.errors import Error
from data.people.permissions import Permission, may
from data.rights.redaction import looking, marks
from data.rights.redaction.looking import Picture
from data.rights.request import Request
from data.rights.states import RequestKind
from pages.officer import boxing
from pages.shell import changing, markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import redaction as wording


@st.fragment
def draw(here: Here, found: Request, calendar: Calendar) -> None:
    """What is blacked out so far and the list of pictures, closed until it is asked for."""
    viewer = here.viewer()
    asked = found.kind is RequestKind.EXPORT and found.waiting
    if not asked or not may(viewer, Permission.BLACK_OUT, found.person_id):
        return
    st.header("Others in its pictures", anchor=False)
    st.caption(wording.LOOKS.format(markup.literal(found.person)))
    if not st.button("List the pictures", icon=":material/photo_library:", key=f"pictures-{found.id}"):
        _held(here, found, calendar)
        return
    try:
        with here.store.database.writing() as session:
            listed = looking.listed(session, viewer, here.store.vault, found.id)
    except Error as failure:
        st.warning(str(failure))
        return
    if listed:
        _choose(here, found, listed, calendar)
    else:
        st.info("The copy holds no pictures.")


def _held(here: Here, found: Request, calendar: Calendar) -> None:
    """What is blacked out so far, each part with the way back."""
    viewer = here.viewer()
    with here.store.database.reading() as session:
        held = marks.shown(session, viewer, here.store.vault, found.id)
    st.caption(wording.altogether(held))
    for one in held:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(wording.mark(one, calendar))
            if st.button("Uncover it", key=f"uncover-{found.id}-{one.id}"):
                back = partial(marks.uncover, request_id=found.id, number=one.id)
                changing.make(here, back, scope="fragment")


@st.fragment
def _choose(here: Here, found: Request, listed: Sequence[Picture], calendar: Calendar) -> None:
    """What is blacked out, and one of the pictures, by its day; it reruns alone, so that the list is not looked at
    again."""
    _held(here, found, calendar)
    days = list(dict.fromkeys(calendar.local(one.at).date() for one in listed))
    left, right = st.columns([1, 2])
    day = left.selectbox("Day", days, format_func=calendar.plain_date, key=f"picture-day-{found.id}")
    numbers = {one.screen: number for number, one in enumerate(listed, 1)}
    of_day = [one for one in listed if calendar.local(one.at).date() == day]
    chosen = right.selectbox(
        f"Picture ({len(of_day):,} that day)",
        of_day,
        index=None,
        format_func=lambda one: wording.label(numbers[one.screen], one, calendar),
        key=f"picture-{found.id}",
        placeholder="Choose one to open it",
    )
    if chosen is not None:
        boxing.draw(here, found, chosen, sorted({one.app for one in listed if one.app}), calendar)
