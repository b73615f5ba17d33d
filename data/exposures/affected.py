"""The list of everybody whom an exposure concerns, for the officer who has to tell them (GDPR Art. 34)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import entry, log
from data.accesses.entry import Action, Purpose, Reason
from data.errors import BadInput
from data.exposures import reading
from data.people.permissions import Permission, require
from data.people.person import Person
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault

_CHUNK = 500


def take(session: Session, viewer: Viewer, vault: Vault, number: int, reason: Reason | None) -> tuple[Person, ...]:
    """Everybody whom exposure `number` concerns, by e-mail. Everybody on it reads in their own history that it was
    taken, by whom and why: that is logged in the transaction that reads it, or nothing is given.

    Permission TAKE_AFFECTED. Raises NotFound, and BadInput without a purpose.
    """
    require(viewer, Permission.TAKE_AFFECTED)
    if reason is None or reason.purpose in (Purpose.NONE, Purpose.OWN):
        raise BadInput("Say what you need the list for: everybody on it reads that.")
    ids = reading.concerned(session, reading.one(session, vault, number))
    found = _people(session, ids)
    log.append(
        session,
        vault,
        action=Action.COPY,
        people=[one.id for one in found],
        accessor=viewer,
        reason=reason,
        scope={"view": entry.AFFECTED, "exposure": number},
        count=len(found),
    )
    return found


def _people(session: Session, ids: Sequence[int]) -> tuple[Person, ...]:
    columns = PersonRow.id, PersonRow.email, PersonRow.name, DepartmentRow.name
    more = PersonRow.manager_id, PersonRow.jurisdiction, PersonRow.joined_at
    rows: list[Person] = []
    for first in range(0, len(ids), _CHUNK):
        chunk = PersonRow.id.in_(ids[first : first + _CHUNK])
        query = select(*columns, *more).join(DepartmentRow, DepartmentRow.id == PersonRow.department_id).where(chunk)
        rows += [Person(*row) for row in session.execute(query)]
    return tuple(sorted(rows, key=lambda one: one.email))
