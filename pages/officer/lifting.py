"""Announcing that what a person had sealed will end: they read when and why before it does."""

from __future__ import annotations

from functools import partial

import streamlit as st

from data.people.permissions import Permission, may
from data.rights import lifting, written
from data.rights.request import Request
from pages.officer import changing
from pages.shell import markup
from pages.shell.here import Here


@st.fragment
def announce(here: Here, found: Request) -> None:
    """The form; nothing for whoever may not decide this request."""
    if not may(here.viewer(), Permission.DECIDE, found.person_id):
        return
    st.header("End the sealing", anchor=False)
    st.caption(f"It ends seven days after you announce it. {markup.literal(found.person)} reads when and why at once.")
    reason = st.text_area(
        "The reason, in words the person understands", key=f"lift-why-{found.id}", max_chars=written.LONGEST
    )
    if not st.button(f"Announce the end of {found.id}", key=f"lift-{found.id}"):
        return
    end = partial(lifting.lift, request_id=found.id, reason=reason)
    changing.carry_out(here, end, path="queue", what="decide a request")
