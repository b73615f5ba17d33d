"""Legal holds: propose one, confirm another's, look at one again, lift it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data import instants
from data.people.permissions import Permission, may
from data.people.viewer import Viewer
from data.rights import holds as domain
from data.rights import written
from data.rights.hold import Hold
from pages.officer import proposing
from pages.shell import look
from pages.shell.here import Here
from pages.shell.words import Calendar
from pages.wording import holding


def holds(here: Here) -> None:
    """Draw the page."""
    viewer = here.viewer()
    calendar = Calendar(here.zone, instants.now())
    look.apply()
    with here.store.database.reading() as session:
        found = domain.listed(session, viewer, here.store.vault)
    st.html(holding.headline(found, calendar))
    st.caption(holding.OWN)
    if said := st.session_state.pop(proposing.DONE, None):
        st.success(said, icon=":material/check_circle:")
    proposing.draw(here, calendar)
    if not found:
        st.caption(holding.NONE)
    for one in found:
        with st.container(border=True, gap="xsmall", key=f"hold-{one.number}"):
            st.html(holding.row(one, calendar))
            _acting(here, viewer, one, calendar)
            with st.expander("What happened so far", type="compact"):
                st.html(holding.history(one, calendar))


@st.fragment
def _acting(here: Here, viewer: Viewer, one: Hold, calendar: Calendar) -> None:
    """What the viewer can do with it as it stands."""
    here.viewer()
    if not (one.waits or one.is_in_force) or not may(viewer, Permission.HOLD, one.person_id):
        return
    if one.waits and one.lines[0].by != viewer.person_id:
        if st.button(f"Confirm hold {one.number}", type="primary", key=f"confirm-{one.number}"):
            proposing.change(here, partial(domain.confirm, number=one.number), "confirmed")
    elif one.waits:
        st.caption("You set it, so another officer must confirm it. Until then it keeps nothing.")
    label = "Do not confirm it" if one.waits else "Look at it again, or lift it"
    with st.expander(label, type="compact"):
        words = st.text_area("Why, in words", key=f"why-{one.number}", max_chars=written.LONGEST)
        if one.waits:
            if st.button(f"Decline hold {one.number}", key=f"decline-{one.number}"):
                proposing.change(here, partial(domain.decline, number=one.number, reason=words), "declined")
            return
        if st.button(f"Lift hold {one.number}", key=f"lift-{one.number}"):
            proposing.change(here, partial(domain.lift, number=one.number, reason=words), "lifted")
        review = proposing.review(calendar, f"review-{one.number}")
        if st.button(f"Keep hold {one.number} until then", key=f"keep-{one.number}"):
            proposing.change(here, partial(domain.review, number=one.number, reason=words, review_on=review), "kept")
