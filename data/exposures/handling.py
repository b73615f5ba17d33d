"""An exposure for an officer to change. What is open keeps the incidents of its place from being called over: whoever
may not record in one of them moves, corrects and closes nothing of it either."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy.orm import Session

from data.accesses import log
from data.database import lock
from data.errors import NotFound
from data.exposures import reading
from data.exposures.reading import Held
from data.incidents import record as incidents
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def handled(session: Session, viewer: Viewer, vault: Vault, number: int) -> Held:
    """An exposure for the viewer to change, in this transaction. Permission HANDLE_INCIDENTS. Raises NotFound, and
    NotAllowed where an incident of its place is about looks of the viewer's."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    lock(session, log.LOCK)
    held = reading.one(session, vault, number)
    place = held.exposure.store, held.exposure.place
    every = [one.exposure for one in reading.every(session, vault, None)[0]]
    # Also one that came back and that nobody linked yet belongs to them (record.py, `unclosed`).
    for incident in sorted({one.incident for one in every if one.incident and (one.store, one.place) == place}):
        with suppress(NotFound):  # of one that no longer opens nobody knows whose looks it is about
            incidents.handled(session, viewer, vault, incident)
    return held
