"""Who has a request, and taking it on, over, or giving it back."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.people.permissions import Permission, may
from data.rights import handling
from data.rights.request import Request
from data.rights.states import UNDECIDED
from pages.shell import changing, markup
from pages.shell.here import Here
from pages.wording import queue as wording


def draw(here: Here, found: Request) -> None:
    """One line, and a button for whoever may decide it."""
    viewer = here.viewer()
    if not found.waiting:
        return  # nothing is left to do about it
    with here.store.database.reading() as session:
        held = handling.handler(session, viewer, found.id)
    if held is None and found.state not in UNDECIDED:
        return
    said = wording.has_it(held.person_id if held else None, held.name if held else "", viewer.person_id)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{markup.literal(said[:1].upper() + said[1:])}.", width="content")
        if not may(viewer, Permission.DECIDE, found.person_id):
            return
        if held is None:
            label, change = "Take it on", partial(handling.take, request_id=found.id)
        elif held.person_id == viewer.person_id:
            label, change = "Give it back", partial(handling.give_back, request_id=found.id)
        else:
            label, change = "Take it over", partial(handling.take, request_id=found.id, over=True)
        if st.button(label, key=f"have-{found.id}", type="tertiary"):
            changing.make(here, change)
