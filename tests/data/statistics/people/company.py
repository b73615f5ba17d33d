"""A company large enough for figures about people, with known answers, in an empty store."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import insert

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.captures.rollup_tables import DayRow
from data.database import Database
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme.tables import RuleRow
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.statistics.people import drawing
from data.statistics.people.release import Release
from data.statistics.quarter import Quarter

QUARTER = Quarter(2026, 1)  # the calendar counts who opted out, and who was captured
AFTER = instants.parse("2026-04-20T09:00:00Z")
ORGANIZER = Viewer(1, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Olu", "p1@example.org")
OFFICER = Viewer(2, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Oda", "p2@example.org")
EMPLOYEE = Viewer(3, frozenset({Role.EMPLOYEE}), "Eve", "p3@example.org")
# Departments: their names, divisions and people.
DEPARTMENTS = (("Making", "Works", 160), ("Fixing", "Works", 120), ("Payroll", "Office", 130), ("Law", "Office", 20))


def employ(
    database: Database, vault: Vault, departments: tuple[tuple[str, str | None, int], ...] = DEPARTMENTS
) -> list[int]:
    """A roster, and the first entry of the log at the start of the quarter; the people's ids."""
    with database.writing() as session:
        log.append(
            session, vault, action=Action.STORE_MADE, people=(), accessor=OPERATOR, reason=None, scope={}, count=0,
            at=QUARTER.start,
        )  # fmt: skip
        people = list[dict[str, object]]()
        for number, (name, division, size) in enumerate(departments, 1):
            session.add(DepartmentRow(id=number, name=name, division=division))
            first = len(people) + 1
            people += [
                {"id": one, "email": f"p{one}@example.org", "name": f"P{one}", "department_id": number,
                 "manager_id": None, "jurisdiction": "gdpr", "subject": None, "joined_at": 0}
                for one in range(first, first + size)
            ]  # fmt: skip
        session.flush()
        session.execute(insert(PersonRow), people)
    return list(range(1, len(people) + 1))


def capture(database: Database, people: list[int], at: int = QUARTER.start) -> None:
    """Somebody was captured on the day of an instant."""
    day = {"day": at // instants.DAY, "kind": "key", "count": 3, "downs": 3, "first_at": at, "last_at": at}
    with database.writing() as session:
        session.execute(insert(DayRow), [{"person_id": one, **day, "quarters": b""} for one in people])


def opt_out(database: Database, people: list[int], since: int, ends_at: int | None = None) -> None:
    """Objections that stand, or stood."""
    rule = {"kind": "objection", "epoch": 1, "wrapped": b"", "since": since, "granted_at": None, "ends_at": ends_at}
    with database.writing() as session:
        session.execute(insert(RuleRow), [{"person_id": one, "request_id": one, **rule} for one in people])


def anchor(folder: Path) -> Anchor:
    """The file beside the keyring."""
    return Anchor(folder / "checkpoint")


def drawn(database: Database, vault: Vault, folder: Path, quarter: Quarter = QUARTER) -> Release:
    """A quarter's release, drawn now."""
    return drawing.draw(database, vault, anchor(folder), OPERATOR, quarter)
