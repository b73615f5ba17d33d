"""Corrections of the roster that a person was granted (GDPR Art. 16), which the next import must not undo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.database import lock
from data.errors import BadInput, Conflict
from data.people import jurisdictions
from data.people.person import normal_email
from data.people.roster_file import LONGEST
from data.people.tables import CorrectionRow, DepartmentRow, PersonRow

LOCK = "roster"


class Field(StrEnum):
    """What of the roster can be corrected."""

    NAME = "name"
    DEPARTMENT = "department"
    MANAGER = "manager"
    JURISDICTION = "jurisdiction"

    @staticmethod
    def of(name: str) -> Field:
        """The field of a typed name. Raises BadInput naming the known ones."""
        try:
            return Field(name.strip().lower())
        except ValueError:
            raise BadInput(f"The roster has no {name!r} to correct; it has {', '.join(Field)}.") from None


@dataclass(frozen=True)
class Corrected:
    """A field's value before and after: names and e-mails as people read them, empty for no manager."""

    was: str
    now: str


def check(session: Session, person_id: int, field: Field, value: str) -> str:
    """The value as it would be kept. Raises BadInput for a department, manager or jurisdiction that is not there, an
    empty or overlong name, or managers in a circle."""
    said = " ".join(value.split())
    if field is not Field.MANAGER and not said:
        raise BadInput(f"Say what the {field} is to be.")
    if len(said) > LONGEST[field]:
        raise BadInput(f"The {field} has {len(said)} characters; {LONGEST[field]} are the most.")
    if field is Field.DEPARTMENT:
        if session.scalar(select(DepartmentRow.id).where(DepartmentRow.name == said)) is None:
            raise BadInput(f"There is no department {said!r} on the roster; check the spelling.")
    elif field is Field.JURISDICTION:
        found = jurisdictions.parse(said)
        if found is None:
            raise BadInput(f"There are no rules for the jurisdiction {said!r}; name a country of the EEA, UK or US-CA.")
        return found.value
    elif field is Field.MANAGER and said:
        return _manager(session, person_id, said).email
    return said


def value_of(session: Session, person_id: int, field: Field) -> str:
    """What the roster says now."""
    row = session.get_one(PersonRow, person_id)
    if field is Field.DEPARTMENT:
        return session.get_one(DepartmentRow, row.department_id).name
    if field is Field.MANAGER:
        return session.get_one(PersonRow, row.manager_id).email if row.manager_id is not None else ""
    return row.name if field is Field.NAME else row.jurisdiction


def correct(session: Session, person_id: int, request_id: int, field: Field, value: str) -> Corrected:
    """Change the roster, and keep that the next import must not change it back. Raises BadInput as `check`, Conflict
    when the roster says so already."""
    lock(session, LOCK)
    now, was = check(session, person_id, field, value), value_of(session, person_id, field)
    if now == was:
        raise Conflict(f"The roster says {now!r} already; there is nothing to correct.")
    row = session.get_one(PersonRow, person_id)
    if field is Field.DEPARTMENT:
        row.department_id = session.scalars(select(DepartmentRow.id).where(DepartmentRow.name == now)).one()
    elif field is Field.MANAGER:
        row.manager_id = _manager(session, person_id, now).id if now else None
    elif field is Field.NAME:
        row.name = now
    else:
        row.jurisdiction = now
    session.merge(
        CorrectionRow(person_id=person_id, field=field.value, request_id=request_id, value=now, at=instants.now())
    )
    session.flush()
    return Corrected(was, now)


def standing(session: Session) -> Mapping[str, Mapping[Field, str]]:
    """By e-mail and field, what an import must leave as it is."""
    query = select(PersonRow.email, CorrectionRow).join(CorrectionRow, CorrectionRow.person_id == PersonRow.id)
    found: dict[str, dict[Field, str]] = {}
    for email, row in session.execute(query):
        found.setdefault(email, {})[Field(row.field)] = row.value
    return found


def settle(session: Session, person_id: int, field: Field) -> None:
    """The roster's source says the same now, so that it may change again as any other field."""
    row = session.get(CorrectionRow, (person_id, field.value))
    if row is not None:
        session.delete(row)
        session.flush()


def _manager(session: Session, person_id: int, email: str) -> PersonRow:
    found = session.scalars(select(PersonRow).where(PersonRow.email == normal_email(email))).one_or_none()
    if found is None:
        raise BadInput(f"Nobody on the roster has the e-mail {email!r}; check the manager's spelling.")
    above: PersonRow | None = found
    seen = set[int]()
    while above is not None and above.id not in seen:
        if above.id == person_id:
            raise BadInput(f"{email} is below this person, so they cannot be the manager.")
        seen.add(above.id)
        above = None if above.manager_id is None else session.get(PersonRow, above.manager_id)
    return found
