"""A store with three people, and evidence brought into it, for tests."""

from __future__ import annotations

from pathlib import Path

from data.connectors import evidence
from data.connectors.evidence import Imported, Reader
from data.connectors.holdings import Holdings, Roster
from data.connectors.observation import Observation, Tally
from data.connectors.watching import Watch
from data.database import Database
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.sealing.vault import Vault

ANA = Viewer(1, frozenset({Role.EMPLOYEE}), "Ana")
BEN = Viewer(2, frozenset({Role.EMPLOYEE}), "Ben")
CYD = Viewer(3, frozenset({Role.EMPLOYEE}), "Cyd")
ROSTER = Roster(
    emails={"ana@example.org": 1, "ben@example.org": 2, "cyd@example.org": 3},
    departments={"Sales": frozenset({1, 2}), "Lab": frozenset({3})},
    teams={1: "Sales", 2: "Sales", 3: "Lab"},
)
SOURCE = '[source]\nname = "audit"\nheartbeat_minutes = 15\nzone = "Europe/Berlin"\n'
TABLE = '[[holding]]\nname = "captures table"\ntables = ["public.captures"]\ncolumn = "email"\nlookup = "email"\n'


def hire(database: Database) -> Database:
    """Put three people on the roster."""
    with database.writing() as session:
        for number, name in enumerate(("Sales", "Lab"), 1):
            session.add(DepartmentRow(id=number, name=name))
        session.flush()
        for email, person in ROSTER.emails.items():
            department = 2 if person == 3 else 1
            row = PersonRow(id=person, email=email, name=email[:3], department_id=department)
            row.manager_id, row.jurisdiction, row.subject, row.joined_at = None, "gdpr", None, 0
            session.add(row)
    return database


def bring(database: Database, vault: Vault, read: Reader, path: Path, holdings: str = SOURCE + TABLE) -> Imported:
    """Import a file of evidence."""
    file = path.parent / "holdings.toml"
    file.write_text(holdings)
    with database.writing() as session:
        return evidence.load(session, OPERATOR, vault, read, path, file)


def observed(read: Reader, path: Path, holdings: Holdings) -> tuple[list[Observation], Tally]:
    """What a reader sees in a file."""
    tally = Tally(Watch(holdings.heartbeat))
    return list(read(path, holdings, tally)), tally
