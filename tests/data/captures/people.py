"""A person to hold captures, for tests."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.people.tables import DepartmentRow, PersonRow


def hire(session: Session, name: str = "Ada", department: str = "Payroll") -> int:
    """Put somebody on the roster and return their id."""
    place = session.scalar(select(DepartmentRow).where(DepartmentRow.name == department))
    if place is None:
        place = DepartmentRow(name=department)
        session.add(place)
        session.flush()
    person = PersonRow(
        email=f"{name.lower()}@example.org", name=name, department_id=place.id, jurisdiction="gdpr", joined_at=0
    )
    session.add(person)
    session.flush()
    return person.id
