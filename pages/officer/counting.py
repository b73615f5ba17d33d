"""How much a request would take, counted when an officer asks for it: that is a look, which its person sees."""

from __future__ import annotations

import streamlit as st

from data.accesses.entry import Purpose, Reason
from data.errors import Destroyed, Refused
from data.rights import request as requests
from data.rights.erasure import sparing
from data.rights.request import Request
from pages.shell import markup
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import desk, holding


@st.fragment
def draw(here: Here, found: Request, calendar: Calendar) -> None:
    """How much the request would take; counting opens the person's data, so it is logged and they see it."""
    viewer = here.viewer()
    if not found.waiting or viewer.is_person(found.person_id):
        return
    person = markup.literal(found.person)
    st.caption(f"Nothing of it is open. Counting looks into the data, and {person} will see that you looked.")
    if st.button("Count what it takes", icon=":material/calculate:", key=f"count-{found.id}"):
        reason = Reason(Purpose.REQUEST, f"request {found.id}")
        try:
            with here.store.database.writing() as session:
                if requests.erasing(session, viewer, here.store.vault, found.person_id):
                    raise Destroyed
                about = session, viewer, here.store.vault, found.person_id
                taken = sparing.preview(*about, found.kind, found.extent, reason)
        except Destroyed as gone:
            st.info(markup.literal(str(gone)), icon=":material/delete_sweep:")
            return
        except Refused as refused:
            st.warning(markup.literal(str(refused)), icon=":material/lock:")
            return
        st.markdown(desk.scope(taken.goes, by_app=bool(found.extent.apps)))
        st.html(holding.stays(taken.kept, taken.stays, calendar) or "<span></span>")
