"""Making a change from a page: one transaction, one sentence where it is refused, the page drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

import streamlit as st

from data.errors import Error
from pages.shell import markup
from pages.shell.here import Here

T = TypeVar("T")


def make(
    here: Here,
    change: Callable[..., T],
    then: Callable[[T], None] | None = None,
    *,
    scope: Literal["app", "fragment"] = "app",
) -> None:
    """Call `change(session, viewer, vault)`, hand what came of it to `then`, and draw the page anew, or only the
    fragment."""
    viewer = here.viewer()
    try:
        with here.store.database.writing() as session:
            done = change(session, viewer, here.store.vault)
    except Error as failure:
        st.error(markup.literal(str(failure)))
        return
    if then is not None:
        then(done)
    st.rerun(scope=scope)
