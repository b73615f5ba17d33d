"""A company of four, one for each role, for the tests of signing in and of what each may see."""

from __future__ import annotations

from data.database import Database
from data.people.tables import DepartmentRow, GrantRow, PersonRow
from data.people.viewer import Role

PEOPLE: dict[str, Role] = {
    "ana": Role.EMPLOYEE,
    "olu": Role.OFFICER,
    "ingrid": Role.ORGANIZER,
    "wei": Role.AUDITOR,
}


def email(name: str) -> str:
    """The address that the roster and the identity provider know `name` by."""
    return f"{name}@example.com"


def settle(database: Database) -> dict[str, int]:
    """Put everybody on the roster with their role; gives each one's person id."""
    ids = {name: number for number, name in enumerate(PEOPLE, 1)}
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="Operations"))
        session.flush()
        for name, role in PEOPLE.items():
            session.add(
                PersonRow(
                    id=ids[name],
                    email=email(name),
                    name=name.capitalize(),
                    department_id=1,
                    manager_id=None,
                    jurisdiction="gdpr",
                    subject=None,
                    joined_at=1,
                )
            )
            session.flush()
            if role is not Role.EMPLOYEE:
                session.add(GrantRow(person_id=ids[name], role=role, granted_at=1, revoked_at=None))
    return ids
