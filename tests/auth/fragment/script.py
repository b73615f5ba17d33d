"""The menu with its one page replaced, so that the real door stands in front of a fragment made for the test."""

from __future__ import annotations

import streamlit as st

from data.people.permissions import Permission, require
from pages import menu
from pages.shell.here import Here


@st.fragment
def secret(here: Here) -> None:
    """Something that only officers may see, asked for again and again without the script above it."""
    st.button("again", key="again")
    require(here.viewer(), Permission.SEE_QUEUE)
    st.write("the secret of the queue")


def page(here: Here) -> None:
    """Nothing but the fragment."""
    secret(here)


menu.PAGES = (menu.Entry("", "Secret", Permission.SEE_QUEUE, page),)
menu.main()
