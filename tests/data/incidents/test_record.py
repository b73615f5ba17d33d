"""Incidents live in the log: opened out of unexplained accesses, read by whom they concern, told to those to tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import tree
from data.accesses.accessors import Outside
from data.accesses.entry import Action
from data.accesses.tables import DetailsRow, EntryRow
from data.database import Database, lock
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.exposures import noting
from data.incidents import looks, record, telling
from data.incidents.incident import Happening, Incident, Said
from data.incidents.record import Opening
from data.looks import history, look, unexplained
from data.notices import notice
from data.notices.tables import NoticeRow
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.proofs import publishing
from data.sealing.vault import Vault
from tests.data.looks.test_reconciliation import seen
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

WORDS = "The tables were open to everyone for a day."
OPENING = Opening("Open tables", WORDS)

Happens = Callable[[Session], object]


def unexposed(_: Incident) -> tuple[int, ...]:
    """No exposure belongs to it."""
    return ()


def opened(database: Database, vault: Vault, viewer: Viewer, *people: int) -> int:
    with database.writing() as session:
        return record.open_new(session, viewer, vault, Opening("Open tables", WORDS, people=people))


def noted(database: Database, vault: Vault, viewer: Viewer, number: int, happening: Happening) -> Incident:
    with database.writing() as session:
        return record.note(session, viewer, vault, number, Said(happening, WORDS), by_mail=True, exposed=unexposed)


def read(database: Database, vault: Vault, viewer: Viewer) -> list[int]:
    with database.reading() as session:
        return [one.number for one in record.read(session, viewer, vault).incidents]


def test_an_incident_about_unexplained_looks_is_read_where_the_looks_are(
    database: Database, vault: Vault, roster: Roster
) -> None:
    first = seen(database, vault, people=(1, 2))
    second = seen(database, vault)
    with database.writing() as session:
        number = looks.open_about(session, roster.olga, vault, first, OPENING, expected=2)
    with database.reading() as session:
        found = record.one(session, roster.olga, vault, number)
        assert record.one(session, roster.ana, vault, number).is_mine
        mine = history.about(session, roster.ana, vault, 1)
        figures = history.figures(session, roster.ana, vault, 1, 0)
        assert unexplained.waiting(session, vault) == 0
    assert (found.number, found.people, found.looks, found.is_mine) == (1, 2, (first, second), False)
    assert [one.marks for one in mine if one.observed] == [(look.INCIDENT,)] * 2
    assert mine[0].explanation is not None
    assert mine[0].explanation.reason == f"Incident 1. {WORDS}"
    # An incident explains nothing: it still counts as unexplained.
    assert figures.unexplained == 2


def test_more_looks_are_taken_into_an_incident_that_is_open(database: Database, vault: Vault, roster: Roster) -> None:
    number = opened(database, vault, roster.olga, 1)
    position = seen(database, vault, people=(2,))
    with database.writing() as session:
        looks.open_about(session, roster.olga, vault, position, OPENING, expected=1, number=number)
    with database.reading() as session:
        found = record.one(session, roster.olga, vault, number)
    assert (found.people, found.looks) == (2, (position,))
    assert [one.happening for one in found.events] == [Happening.OPENED, Happening.WIDENED]


def test_nobody_opens_an_incident_about_their_own_looks_or_without_being_an_officer(
    database: Database, vault: Vault, roster: Roster
) -> None:
    for viewer in (roster.ana, OPERATOR):
        with pytest.raises(NotAllowed), database.writing() as session:
            record.open_new(session, viewer, vault, OPENING)
        with pytest.raises(NotAllowed), database.writing() as session:
            record.note(session, viewer, vault, 1, Said(Happening.CONTAINED, WORDS), by_mail=False, exposed=unexposed)
    for words in ("", "short", "x" * 4001):
        with pytest.raises(BadInput), database.writing() as session:
            record.open_new(session, roster.olga, vault, Opening("Open tables", words))
    with pytest.raises(BadInput, match="title"), database.writing() as session:
        record.open_new(session, roster.olga, vault, Opening(" ", WORDS))
    with pytest.raises(NotFound), database.writing() as session:
        record.note(session, roster.olga, vault, 7, Said(Happening.CONTAINED, WORDS), by_mail=False, exposed=unexposed)
    assert read(database, vault, roster.olga) == []


def test_nobody_records_in_an_incident_about_their_own_looks(database: Database, vault: Vault, roster: Roster) -> None:
    """Whoever looked without a reason would otherwise say that nobody needs to know, and close it."""
    position = seen(database, vault, Outside("olga_db", "officer", person_id=roster.olga.person_id))
    with database.writing() as session:
        number = looks.open_about(session, roster.omar, vault, position, OPENING, expected=1)
    other = seen(database, vault, people=(2,))
    for happening in (Happening.NO_REGULATOR, Happening.CLOSED):
        with pytest.raises(NotAllowed, match="about looks of your own; another officer"):
            noted(database, vault, roster.olga, number, happening)
    with pytest.raises(NotAllowed, match="about looks of your own"), database.writing() as session:
        looks.open_about(session, roster.olga, vault, other, OPENING, expected=1, number=number)
    assert len(noted(database, vault, roster.omar, number, Happening.CONTAINED).events) == 2


@pytest.fixture
def before_held(monkeypatch: pytest.MonkeyPatch) -> Callable[[Happens], None]:
    """Has something happen, once, when a transaction is about to hold the log for an incident."""
    happens = list[Happens]()

    def held(session: Session, name: str) -> None:
        if happens:
            happens.pop()(session)
        lock(session, name)

    for module in (record, unexplained):
        monkeypatch.setattr(module, "lock", held)
    return happens.append


def test_the_looks_of_an_incident_are_opened_before_the_log_is_held(
    database: Database,
    vault: Vault,
    roster: Roster,
    before_held: Callable[[Happens], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There may be very many, and nothing can be logged meanwhile."""
    first = seen(database, vault)
    with database.writing() as session:
        number = looks.open_about(session, roster.olga, vault, first, OPENING, expected=1)
    second = seen(database, vault, people=(2,))
    said = Said(Happening.CONTAINED, WORDS)
    asked = list[tuple[int, ...]]()
    before = list[tuple[int, ...]]()
    is_own = unexplained.is_own

    def spied(session: Session, viewer: Viewer, vault: Vault, positions: Sequence[int]) -> bool:
        asked.append(tuple(positions))
        return is_own(session, viewer, vault, positions)

    monkeypatch.setattr(unexplained, "is_own", spied)
    changes: tuple[Happens, ...] = (
        lambda session: record.note(session, roster.olga, vault, number, said, by_mail=False, exposed=unexposed),
        lambda session: noting.note(session, roster.olga, vault, number, said, by_mail=False),
        lambda session: looks.open_about(session, roster.olga, vault, second, OPENING, expected=1, number=number),
    )
    for change in changes:
        asked.clear()
        before.clear()
        before_held(lambda _: before.extend(asked))
        with database.writing() as session:
            change(session)
        assert (before, asked) == ([(first,)], [(first,), ()])


def test_looks_that_come_in_before_the_log_is_held_are_opened_too(
    database: Database, vault: Vault, roster: Roster, before_held: Callable[[Happens], None]
) -> None:
    """Else an officer could record in an incident that is about their own looks by being quick."""
    number = opened(database, vault, roster.omar)
    position = seen(database, vault, Outside("olga_db", "officer", person_id=roster.olga.person_id))
    own = Opening("", WORDS, looks=(position,))
    said = Said(Happening.CONTAINED, WORDS)

    def widen(session: Session) -> None:
        found = record.handled(session, roster.omar, vault, number)
        record.widen(session, roster.omar, vault, found, own)

    for note in (partial(record.note, exposed=unexposed), noting.note):
        before_held(widen)
        with pytest.raises(NotAllowed, match="about looks of your own"), database.writing() as session:
            note(session, roster.olga, vault, number, said, by_mail=False)
    assert len(noted(database, vault, roster.omar, number, Happening.CONTAINED).events) == 2


def test_an_incident_that_is_sent_twice_is_opened_once_while_it_is_open(
    database: Database, vault: Vault, roster: Roster
) -> None:
    first = opened(database, vault, roster.olga)
    with pytest.raises(Conflict, match="Incident 1 is open and says exactly this"):
        opened(database, vault, roster.olga)
    for happening in (Happening.CONTAINED, Happening.NO_REGULATOR, Happening.CLOSED):
        noted(database, vault, roster.olga, first, happening)
    assert opened(database, vault, roster.olga) == 2


def test_the_same_words_of_another_time_open_another_incident(database: Database, vault: Vault, roster: Roster) -> None:
    """Its 72 hours are counted from when the company knew of it."""
    now = instants.now()
    for number, days in enumerate((5, 1), 1):
        opening = Opening("Open tables", WORDS, now - days * instants.DAY)
        with database.writing() as session:
            assert record.open_new(session, roster.olga, vault, opening) == number
        with pytest.raises(Conflict, match=f"Incident {number} is open"), database.writing() as session:
            record.open_new(session, roster.olga, vault, opening)
    with pytest.raises(Conflict, match="Incident 1 is open"), database.writing() as session:
        record.open_new(session, roster.olga, vault, OPENING)


def test_a_case_that_was_explained_meanwhile_opens_no_incident(
    database: Database, vault: Vault, roster: Roster
) -> None:
    position = seen(database, vault)
    with database.writing() as session:
        unexplained.explain(session, roster.omar, vault, position, WORDS, expected=1)
    with pytest.raises(Conflict), database.writing() as session:
        looks.open_about(session, roster.olga, vault, position, OPENING, expected=1)
    assert read(database, vault, roster.olga) == []


def test_each_reads_what_concerns_them_or_everybody(database: Database, vault: Vault, roster: Roster) -> None:
    first = opened(database, vault, roster.olga, 1)
    second = opened(database, vault, roster.olga, 2)
    organizer = Viewer(roster.cal.person_id, frozenset({Role.EMPLOYEE, Role.ORGANIZER}), "Cal")
    assert read(database, vault, roster.ana) == [first]
    assert read(database, vault, roster.cal) == [second]
    assert read(database, vault, organizer) == read(database, vault, roster.omar) == [second, first]
    with pytest.raises(NotFound), database.reading() as session:
        record.one(session, roster.ana, vault, second)
    noted(database, vault, roster.olga, second, Happening.STAFF)
    assert read(database, vault, roster.ana) == [second, first]


def test_a_notice_goes_to_whom_it_is_for_and_who_read_it_is_counted(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = opened(database, vault, roster.olga, 1)
    with database.writing() as session:
        session.add(GrantRow(person_id=2, role=Role.ORGANIZER.value, granted_at=0, revoked_at=None))
        session.add(GrantRow(person_id=4, role=Role.ORGANIZER.value, granted_at=0, revoked_at=1))
    told: dict[Happening, list[int]] = {}
    for happening in (Happening.AFFECTED, Happening.ORGANIZERS, Happening.STAFF):
        position = noted(database, vault, roster.olga, number, happening).events[-1].position
        with database.reading() as session:
            rows = session.scalars(select(NoticeRow).where(NoticeRow.position == position)).all()
        told[happening] = sorted(row.person_id for row in rows)
        assert {row.mail for row in rows} == {"waiting"}
    assert told == {Happening.AFFECTED: [1], Happening.ORGANIZERS: [2], Happening.STAFF: [1, 2, 3, 4]}
    with database.writing() as session:
        unread = telling.unread(session, roster.ana)
        assert len(unread) == 2
        telling.read(session, roster.ana, max(unread))
    with database.reading() as session:
        found = record.one(session, roster.olga, vault, number)
        assert telling.unread(session, roster.ana) == unread - {max(unread)}
        # A notice is no look at somebody's data.
        assert notice.unseen(session, roster.ana, vault, 1).total == 0
    assert [(one.told, one.seen) for one in found.events] == [(0, 0), (1, 0), (1, 0), (4, 1)]
    with database.writing() as session:
        notice.see_until(session, roster.ana, 1, tree.end(session))
        assert telling.unread(session, roster.ana) == unread - {max(unread)}


def test_the_people_concerned_are_told_again_when_there_are_more(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = opened(database, vault, roster.olga, 1)
    noted(database, vault, roster.olga, number, Happening.AFFECTED)
    with database.writing() as session:
        found = record.handled(session, roster.olga, vault, number)
        record.widen(session, roster.olga, vault, found, Opening("", WORDS, people=(2,)))
    found = noted(database, vault, roster.olga, number, Happening.AFFECTED)
    assert [one.told for one in found.events] == [0, 1, 0, 2]
    assert found.people == 2


def test_an_incident_cannot_be_rewritten_unseen(database: Database, vault: Vault, roster: Roster) -> None:
    number = opened(database, vault, roster.olga, 1)
    noted(database, vault, roster.olga, number, Happening.CONTAINED)
    with database.writing() as session:
        publishing.publish(session, vault)
        last = session.scalars(
            select(EntryRow.position).where(EntryRow.action == Action.INCIDENT.value).order_by(EntryRow.position.desc())
        ).first()
        session.execute(update(DetailsRow).where(DetailsRow.position == last).values(details=b"forged"))
    with database.reading() as session:
        found = record.read(session, roster.olga, vault)
        # Whomever it concerned: of what no longer opens nobody can say that it was not them.
        assert [record.read(session, one, vault).altered for one in (roster.ana, roster.cal)] == [1, 1]
    assert ([len(one.events) for one in found.incidents], found.altered) == ([1], 1)
    with database.writing() as session:
        session.execute(delete(DetailsRow).where(DetailsRow.position == last))
    with database.reading() as session:
        assert record.read(session, roster.olga, vault).altered == 1


def test_when_it_happened_and_when_it_was_recorded_are_both_kept(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = opened(database, vault, roster.olga, 1)
    at = instants.now() - instants.DAY
    with database.writing() as session:
        said = Said(Happening.PRESS, WORDS, at, anyway=True)
        found = record.note(session, roster.olga, vault, number, said, by_mail=False, exposed=unexposed)
    assert found.events[-1].at == at
    assert found.events[-1].recorded_at > at + instants.DAY - instants.HOUR
    assert found.press_first
    assert read(database, vault, roster.cal) == [number]


def test_a_notice_to_everybody_holds_however_many_there_are(database: Database, vault: Vault, roster: Roster) -> None:
    with database.writing() as session:
        session.add_all(
            PersonRow(id=n, email=f"p{n}@x.org", name="P", department_id=1, jurisdiction="gdpr", joined_at=0)
            for n in range(10, 1_600)
        )
    number = opened(database, vault, roster.olga, *range(10, 1_600))
    found = noted(database, vault, roster.olga, number, Happening.AFFECTED)
    assert (found.people, found.events[-1].told) == (1_590, 1_590)
