"""Making a change as an officer: fresh proof of who it is, one transaction, one sentence where it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

from data.errors import Error
from pages.shell import gateway
from pages.shell.here import Here

T = TypeVar("T")


def carry_out(
    here: Here, change: Callable[..., T], *, path: str, what: str, then: Callable[[T], None] | None = None
) -> None:
    """Call `change(session, viewer, vault)` for an officer who has just proved who they are, hand what came of it to
    `then`, and draw the page anew. Otherwise have them prove it: `what` they want to do, on the page at `path`."""
    if not here.is_fresh():
        gateway.ask_anew(path, what)
        return
    viewer = here.viewer()
    try:
        with here.store.database.writing() as session:
            done = change(session, viewer, here.store.vault)
    except Error as failure:
        st.error(str(failure))
        return
    if then is not None:
        then(done)
    st.rerun()
