"""An incident about accesses that nothing explains: opened, or widened, out of the case that an officer looks into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from data.incidents import incident as rules
from data.incidents import record
from data.incidents.incident import Incident
from data.incidents.record import Opening
from data.looks import unexplained
from data.looks.verdicts import Verdict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def open_about(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    position: int,
    opening: Opening,
    *,
    expected: int,
    number: int | None = None,
) -> int:
    """Open an incident about the unexplained accesses that `position` is one of, or take them into incident `number`;
    its number. Everybody they were about reads `opening.words` at once. `expected` is how many the officer saw.

    Permission HANDLE_INCIDENTS. Raises as `unexplained.case` and `record.open_new`.
    """
    require(viewer, Permission.HANDLE_INCIDENTS)
    words = rules.text_of(opening.words)
    found = None if number is None else record.handled(session, viewer, vault, number)
    case = unexplained.case(session, viewer, vault, position, expected=expected)
    whole = replace(opening, people=case.people, looks=case.positions)
    if found is None:
        number = record.open_new(session, viewer, vault, whole)
    else:
        record.widen(session, viewer, vault, found, whole)
        number = found.number
    unexplained.settle(session, viewer, vault, case, Verdict.INCIDENT, f"Incident {number}. {words}")
    return number


def own(session: Session, viewer: Viewer, vault: Vault, among: Iterable[Incident]) -> frozenset[int]:
    """The numbers of those `among` incidents that the viewer was given that are about accesses of theirs, so that they
    record nothing in them. Permission HANDLE_INCIDENTS."""
    require(viewer, Permission.HANDLE_INCIDENTS)
    return frozenset(one.number for one in among if unexplained.is_own(session, viewer, vault, one.looks))
