"""Recording what happens in an incident, held against the exposures that belong to it: what a look found open is
neither fixed nor over, whoever says so."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import log
from data.database import lock
from data.exposures import record
from data.incidents import record as incidents
from data.incidents.incident import Incident, Said
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def note(session: Session, viewer: Viewer, vault: Vault, number: int, said: Said, *, by_mail: bool) -> Incident:
    """As `incidents.note`, which refuses that a fix held, or that it is over, while an exposure of it is not closed.
    Permission HANDLE_INCIDENTS. Raises NotFound, BadInput, Conflict in a sentence each."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    lock(session, log.LOCK)  # so that no look finds it open between the question and the entry
    found = incidents.one(session, viewer, vault, number)
    exposed = record.unclosed(session, viewer, vault, [found]).get(number, ())
    return incidents.note(session, viewer, vault, number, said, by_mail=by_mail, exposed=exposed)
