"""What legal holds would keep of a deletion that waits for a decision, or keep of it now."""

from __future__ import annotations

import streamlit as st

from data.people.viewer import Viewer
from data.rights.erasure import sparing
from data.rights.request import Request
from data.rights.states import RequestKind
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import holding


def draw(here: Here, viewer: Viewer, found: Request, calendar: Calendar) -> None:
    """Each hold with its reason; nothing where none is in the way."""
    if found.kind is not RequestKind.ERASURE or not found.waiting:
        return
    with here.store.database.reading() as session:
        kept = sparing.keeps(session, viewer, here.store.vault, found.person_id, found.extent)
    st.html(holding.kept(kept, calendar) or "<span></span>")
