"""What the viewer saw of the log last, remembered at each look."""

from __future__ import annotations

from data.people.viewer import Viewer
from data.proofs import pins, publishing
from data.proofs.pins import Pin
from pages.shell.here import Here


def seen(here: Here, viewer: Viewer) -> Pin | None:
    """The checkpoint that the viewer saw before this one, held against the log of now; None at the first time. The
    newest one takes its place, unless the log no longer leads on from it."""
    with here.store.database.reading() as session:
        published = publishing.newest(session)
        found = pins.find(session, viewer, published)
    if published is not None and (found is None or found.is_behind):
        with here.store.database.writing() as session:
            pins.keep(session, viewer, here.store.vault, published)
    return found
