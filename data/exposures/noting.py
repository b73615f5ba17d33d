"""Recording what happens in an incident, held against the exposures that belong to it: what a look found open is
neither fixed nor over, whoever says so."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.accesses import log
from data.database import lock
from data.errors import Conflict
from data.exposures import record
from data.incidents import record as incidents
from data.incidents.incident import Incident, Said
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def note(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    number: int,
    said: Said,
    *,
    by_mail: bool,
    expected: int | None = None,
) -> Incident:
    """As `incidents.note`, which refuses that a fix held, or that it is over, while an exposure of it is not closed.
    `expected` is how many events the officer saw: with it, nothing is recorded, or sent, once more have happened.
    Permission HANDLE_INCIDENTS. Raises NotFound, NotAllowed, BadInput, Conflict in a sentence each."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    cleared = incidents.clear(session, viewer, vault, number)
    lock(session, log.LOCK)  # so that no look finds it open between the question and the entry
    found = incidents.one(session, viewer, vault, number)
    if expected is not None and len(found.events) != expected:
        raise Conflict(
            f"Something else was recorded in incident {number} meanwhile; nothing was recorded or sent now. Copy"
            " your words, and reload to read it."
        )
    exposed = record.unclosed(session, viewer, vault, [found]).get(number, ())
    return incidents.note(session, viewer, vault, number, said, by_mail=by_mail, exposed=exposed, cleared=cleared)
