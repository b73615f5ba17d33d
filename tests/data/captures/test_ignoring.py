"""What devices send in spite of an objection or an own pause is said once, and summed without small numbers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.accesses.tables import AboutRow
from data.captures import ignoring
from data.captures.ignoring import Sums
from data.captures.ingest import ingest
from data.database import Database
from data.errors import NotAllowed
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import own_pause, rules
from data.programme.reach import Reach
from data.programme.rules import RuleKind
from data.sealing.vault import Vault
from tests.data.captures.rows import Row, row, table
from tests.data.captures.taking import PERSON, add_people, recording

INGRID = Viewer(8, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Ingrid")
ANA = Viewer(PERSON, frozenset({Role.EMPLOYEE}), "Ana")
KEYS, CLICKS = Reach(frozenset({"key"})), Reach(frozenset({"click"}))


@pytest.fixture(autouse=True)
def people(database: Database) -> None:
    add_people(database)


def object_to(database: Database, vault: Vault, reach: Reach, request: int, person: int = PERSON) -> int:
    """Since when it stands."""
    with database.writing() as session:
        return rules.add(session, vault, person, request, RuleKind.OBJECTION, reach, granted=False).since


def bring(database: Database, vault: Vault, *held: Row, person: int = PERSON) -> None:
    ingest(database, vault, OPERATOR, person, recording(table(list(held))))


def said(database: Database, vault: Vault) -> list[tuple[int, int]]:
    """Of which request, and how many captures, entries say that they came."""
    with database.reading() as session:
        return [(one.scope["request"], one.row.count) for one in events.of(session, vault, Action.IGNORED)[0]]


def test_captures_made_after_an_objection_are_said_once_for_each_objection_and_about_its_person(
    database: Database, vault: Vault
) -> None:
    """An opt-out that a collector ignores is an alarm, and a thousand files are not a thousand of them."""
    since = object_to(database, vault, KEYS, 3)
    bring(database, vault, row(since + 1), row(since + 2))
    bring(database, vault, row(since + 3))
    assert said(database, vault) == [(3, 2)]
    later = object_to(database, vault, CLICKS, 5)
    bring(database, vault, row(later + 1), row(later + 2, "click"))
    assert said(database, vault) == [(3, 2), (5, 1)]
    with database.reading() as session:
        told = [one.row.position for one in events.of(session, vault, Action.IGNORED)[0]]
        about = session.scalars(select(AboutRow.person_id).where(AboutRow.position.in_(told))).all()
    assert about == [PERSON, PERSON]


def test_what_was_captured_before_an_objection_or_after_it_ended_is_no_devices_fault(
    database: Database, vault: Vault
) -> None:
    """An old export that brings what was made before is refused, and nobody is told that a device went on."""
    since = object_to(database, vault, KEYS, 3)
    bring(database, vault, row(since - 1))
    with database.writing() as session:
        rules.end(session, PERSON, 3)
    bring(database, vault, row(instants.now() + instants.HOUR))
    assert said(database, vault) == []


def test_organizers_read_sums_and_no_number_of_people_that_could_be_somebody(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        pause = own_pause.begin(session, ANA, vault)
        session.add_all(
            PersonRow(id=one, email=f"{one}", name="", department_id=1, jurisdiction="gdpr", joined_at=0)
            for one in range(20, 24)
        )
    bring(database, vault, row(pause.start + 1), row(pause.start + 2))
    for person in (8, 20, 21, 22):
        bring(database, vault, row(object_to(database, vault, KEYS, 1, person) + 1), person=person)
    with database.reading() as session:
        assert ignoring.sums(session, INGRID, 0) == Sums(2, None, 4, None)
    bring(database, vault, row(object_to(database, vault, KEYS, 1, 23) + 1), person=23)
    with database.reading() as session:
        assert ignoring.sums(session, INGRID, 0) == Sums(2, None, 5, 5)
        assert ignoring.sums(session, INGRID, instants.now() + 1) == Sums()
        with pytest.raises(NotAllowed):
            ignoring.sums(session, ANA, 0)
