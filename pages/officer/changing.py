"""Making a change as an officer, which takes fresh proof of who it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pages.shell import changing, gateway
from pages.shell.here import Here

T = TypeVar("T")


def carry_out(
    here: Here, change: Callable[..., T], *, path: str, what: str, then: Callable[[T], None] | None = None
) -> None:
    """Call `change(session, viewer, vault)` for an officer who has just proved who they are, hand what came of it to
    `then`, and draw the page anew. Otherwise have them prove it: `what` they want to do, on the page at `path`."""
    if here.is_fresh():
        changing.make(here, change, then)
    else:
        gateway.ask_anew(path, what, written=True)
