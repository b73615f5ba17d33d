"""While everything is being deleted: its keys are gone before its rows are, so what is held cannot be told until then.

A page that shows what is held draws this instead, and is drawn anew as soon as the deletion has come to its end.
"""

from __future__ import annotations

import streamlit as st

from data.captures import summary as summaries
from data.captures.summary import Summary
from data.rights import request as requests
from pages.shell import links, markup
from pages.shell.here import Here
from pages.wording import standing

_FOLLOW_SECONDS = 3


def held(here: Here) -> Summary | None:
    """What is held about whoever looks; None while it is being deleted, or where the viewer is nobody."""
    viewer = here.viewer()
    if viewer.person_id is None:
        return None
    store = here.store
    with store.database.reading() as session:
        if requests.erasing(session, viewer, store.vault, viewer.person_id):
            return None
        return summaries.summary(session, viewer, store.vault, viewer.person_id)


def notice(here: Here) -> None:
    """Say so at the top of a page, and follow it."""
    said = standing.DELETING
    st.html(markup.answer(said.headline, said.detail, tone=said.tone, icon=said.icon))
    st.page_link(links.to("requests"), label="See how far it is", icon=":material/arrow_forward:")
    follow(here)


@st.fragment(run_every=_FOLLOW_SECONDS)
def follow(here: Here) -> None:
    """Draw the whole page anew once nothing is being deleted any more."""
    viewer = here.viewer(active=False)
    if viewer.person_id is None:
        return
    with here.store.database.reading() as session:
        going = requests.erasing(session, viewer, here.store.vault, viewer.person_id)
    if not going:
        st.rerun(scope="app")
