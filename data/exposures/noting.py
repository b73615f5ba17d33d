"""Recording what happens in an incident, held against the exposures that belong to it: what a look found open is
neither fixed nor over, whoever says so."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.orm import Session

from data.exposures import record
from data.incidents import record as incidents
from data.incidents.incident import Incident, Said
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
    """As `incidents.note`, held against what is exposed: it refuses that a fix held, or that it is over, while an
    exposure of it is not closed."""

    def exposed(found: Incident) -> Collection[int]:
        # The log is held: no look finds it open between the question and the entry.
        return record.unclosed(session, viewer, vault, [found]).get(number, ())

    return incidents.note(session, viewer, vault, number, said, by_mail=by_mail, exposed=exposed, expected=expected)
