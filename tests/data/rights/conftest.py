"""People who ask and people who decide, on an otherwise empty roster."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from data.database import Database
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import Role, Viewer


@dataclass(frozen=True)
class Roster:
    """Two employees under the GDPR and in California, two officers."""

    ana: Viewer
    cal: Viewer
    olga: Viewer
    omar: Viewer


@pytest.fixture
def roster(database: Database) -> Roster:
    """Four people in one department."""
    return people(database)


def people(database: Database) -> Roster:
    """Put the four on the roster."""
    found: list[Viewer] = []
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="Support"))
        session.flush()
        for number, (name, jurisdiction, role) in enumerate(
            [
                ("Ana", "gdpr", Role.EMPLOYEE),
                ("Cal", "california", Role.EMPLOYEE),
                ("Olga", "uk", Role.OFFICER),
                ("Omar", "gdpr", Role.OFFICER),
            ],
            1,
        ):
            email = f"{name.lower()}@example.org"
            session.add(
                PersonRow(id=number, email=email, name=name, department_id=1, jurisdiction=jurisdiction, joined_at=0)
            )
            found.append(Viewer(number, frozenset({Role.EMPLOYEE, role}), name, email))
    return Roster(*found)
