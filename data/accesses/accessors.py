"""Who looked, as the log keeps it: a person by number, role and team, or an account outside Daylight by its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import entry
from data.accesses.entry import Action, Purpose, Reason
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Role, Viewer

# Which of several roles an accessor is named by: the one that let them in.
_RANK = (Role.OFFICER, Role.OPERATOR, Role.AUDITOR, Role.ORGANIZER, Role.EMPLOYEE)


@dataclass(frozen=True)
class Outside:
    """An accessor that Daylight did not sign in: an account of a database, a cloud or a job."""

    label: str
    role: str = ""
    team: str = ""
    automated: bool = False


def details(
    session: Session,
    action: Action,
    about: Sequence[int],
    accessor: Viewer | Outside | None,
    reason: Reason | None,
    scope: Mapping[str, object],
) -> dict[str, object]:
    """What the log keeps sealed about an access: who, in which role, why and what exactly."""
    own = isinstance(accessor, Viewer) and len(about) == 1 and accessor.is_person(about[0])
    person_id, label, role, team, automated = None, "", "", "", False
    if isinstance(accessor, Outside):
        label, role, team, automated = accessor.label, accessor.role, accessor.team, accessor.automated
    elif accessor is not None:
        person_id = accessor.person_id
        role = Role.EMPLOYEE.value if own else _role(accessor)
        team = _team(session, accessor)
    purpose = Purpose.OWN if own and action in entry.ACCESSES else Purpose.NONE
    return {
        "accessor": person_id,
        "label": label,
        "role": role,
        "team": team,
        "automated": automated,
        "purpose": (purpose if reason is None else reason.purpose).value,
        "ticket": "" if reason is None else reason.ticket,
        "scope": dict(scope),
    }


def identity(source: str, accessor: Viewer | Outside | None) -> str:
    """Equal for the same accessor, different for different ones."""
    if accessor is None:
        return ""
    if isinstance(accessor, Outside):
        return f"{source}: {accessor.label}"
    return f"person {accessor.person_id}"


def _role(accessor: Viewer) -> str:
    return next((role.value for role in _RANK if role in accessor.roles), Role.EMPLOYEE.value)


def _team(session: Session, accessor: Viewer) -> str:
    if accessor.person_id is None:
        return ""
    found = session.scalar(
        select(DepartmentRow.name)
        .join(PersonRow, PersonRow.department_id == DepartmentRow.id)
        .where(PersonRow.id == accessor.person_id)
    )
    return found or ""
