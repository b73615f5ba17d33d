"""The officers' queue lists what waits in the order of what is due, by filters, and opens nothing that is sealed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from data import instants
from data.database import Database
from data.errors import NotAllowed
from data.people.jurisdictions import Jurisdiction
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import Role, Viewer
from data.rights import clocks, handling, keys, queue, request, timing
from data.rights.queue import Due, Filter, Listed, Step, Whose
from data.rights.states import WAITING, RequestKind
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster

EXPORT, ERASURE = RequestKind.EXPORT, RequestKind.ERASURE

# Each filter, and which of four requests it leaves.
FILTERS: list[tuple[dict[str, Any], str]] = [
    ({}, "late today soon later"),
    ({"kinds": frozenset({EXPORT})}, ""),
    ({"kinds": frozenset({EXPORT, ERASURE})}, "late today soon later"),
    ({"due": frozenset({Due.OVERDUE})}, "late"),
    ({"due": frozenset({Due.TODAY})}, "today"),
    ({"due": frozenset({Due.SOON, Due.LATER})}, "soon later"),
    ({"due": frozenset({Due.STANDS})}, ""),
    ({"laws": frozenset({Jurisdiction.CALIFORNIA})}, "today"),
    ({"laws": frozenset({Jurisdiction.UK, Jurisdiction.GDPR})}, "late soon later"),
    ({"text": "aña"}, "late"),
    ({"text": "EXAMPLE.org o"}, "late today soon later"),
    ({"text": "omar@"}, "later"),
    ({"text": "%"}, ""),
    ({"whose": frozenset({Whose.MINE})}, "today"),
    ({"whose": frozenset({Whose.NOBODYS})}, "late soon"),
    ({"whose": frozenset({Whose.OTHERS})}, "later"),
    ({"whose": frozenset({Whose.MINE, Whose.OTHERS})}, "today later"),
    ({"due": frozenset({Due.TODAY}), "whose": frozenset({Whose.OTHERS})}, ""),
    ({"steps": frozenset({Step.DECIDE})}, "late today soon later"),
    ({"steps": frozenset({Step.APPEAL, Step.REPLY, Step.ITSELF, Step.HOLD})}, ""),
    ({"steps": frozenset({Step.CONFIRM})}, "today"),
    ({"ended": True}, ""),
]


@pytest.fixture
def office(database: Database, roster: Roster) -> Roster:
    """Olga and Omar as officers by grant, and Ana in the United Kingdom."""
    with database.writing() as session:
        session.add_all(GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0) for one in (3, 4))
        session.execute(update(PersonRow).where(PersonRow.id == 1).values(jurisdiction="uk"))
    return roster


def ask(database: Database, vault: Vault, who: Viewer, kind: RequestKind = ERASURE, left: int = 20) -> int:
    """The number of a new request that is due in so many days."""
    assert who.person_id is not None
    with database.writing() as session:
        number = request.open_request(session, who, vault, who.person_id, kind).id
        row = session.get_one(RequestRow, (who.person_id, number))
        row.due_on = clocks.received_on(row.jurisdiction, instants.now()) + timedelta(days=left)
    return number


def listed(database: Database, viewer: Viewer, **wanted: Any) -> list[int]:
    with database.reading() as session:
        found = queue.page(session, viewer, Filter(**wanted))
    assert found.matching == len(found.rows)
    return [one.id for one in found.rows]


def test_the_overdue_are_on_top_and_what_nobody_can_go_on_with_comes_last(
    database: Database, vault: Vault, office: Roster
) -> None:
    later, late, stopped = (
        ask(database, vault, who, left=left) for who, left in ((office.cal, 9), (office.omar, -3), (office.ana, 1))
    )
    with database.writing() as session:
        timing.ask_back(session, office.olga, vault, stopped, "identity", "Was it you?")
        tomorrow = instants.day_of(instants.now()) + timedelta(days=1)
        session.execute(update(RequestRow).where(RequestRow.id == stopped).values(due_on=tomorrow))
    with database.reading() as session:
        found = queue.page(session, office.olga)
        assert queue.figures(session, office.olga) == queue.Figures(waiting=3, undecided=2, overdue=1, today=0)
    assert [one.id for one in found.rows] == [late, later, stopped]
    assert [one.overdue for one in found.rows] == [True, False, False]
    assert [one.days_left for one in found.rows[:2]] == [-3, 9]


def test_each_line_says_what_the_request_itself_says(database: Database, vault: Vault, office: Roster) -> None:
    """The list reads the columns by itself; it must not tell another story than the request that is opened."""
    number = ask(database, vault, office.ana)
    with database.writing() as session:
        handling.take(session, office.olga, vault, number)
    with database.reading() as session:
        (row,) = queue.page(session, office.omar).rows
        found = request.show(session, office.omar, vault, number)
    shared = set(Listed.__dataclass_fields__) - {"handler_id", "handler"}
    assert {name: getattr(row, name) for name in shared} == {name: getattr(found, name) for name in shared}
    assert (row.stands, row.waiting, row.overdue) == (found.stands, found.waiting, found.overdue)
    assert (row.handler_id, row.handler) == (3, "Olga")


def test_nothing_is_unsealed_for_a_list_which_is_one_statement(
    database: Database, vault: Vault, office: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand scopes opened for a page of 25 is what made the queue slow, and opens what nobody asked for."""
    for who in (office.ana, office.cal, office.omar):
        ask(database, vault, who)

    def unseal(*_: object) -> bytes:
        raise AssertionError("something was unsealed")

    monkeypatch.setattr(keys, "unseal", unseal)
    said: list[str] = []
    with database.reading() as session:
        event.listen(session.get_bind(), "before_cursor_execute", lambda *given: said.append(given[2]))
        found = queue.page(session, office.olga)
        # The other asks whether whoever looks manages anybody.
        assert len([one for one in said if "SELECT" in one]) == 2
    assert len(found.rows) == 3


def test_a_filter_leaves_exactly_what_it_names(database: Database, vault: Vault, office: Roster) -> None:
    asked = {"late": (office.ana, -1), "today": (office.cal, 0), "soon": (office.olga, 7), "later": (office.omar, 8)}
    numbers = {name: ask(database, vault, who, left=left) for name, (who, left) in asked.items()}
    with database.writing() as session:
        handling.take(session, office.olga, vault, numbers["today"])
        handling.take(session, replace(office.ana, roles=office.olga.roles), vault, numbers["later"])
        session.add(GrantRow(person_id=1, role=Role.OFFICER.value, granted_at=0))
        session.execute(update(RequestRow).where(RequestRow.id == numbers["today"]).values(acknowledged_at=None))
    for wanted, found in FILTERS:
        assert listed(database, office.olga, **wanted) == [numbers[name] for name in found.split()], wanted


def test_whatever_waits_has_one_next_step_by_which_it_is_found(
    database: Database, vault: Vault, office: Roster
) -> None:
    number = ask(database, vault, office.ana)
    for state in WAITING:
        with database.writing() as session:
            session.execute(update(RequestRow).values(state=state.value))
        steps = [step for step in Step if listed(database, office.olga, steps=frozenset({step})) == [number]]
        assert len(steps) == 1, state


def test_pages_together_hold_each_request_once(database: Database, vault: Vault, office: Roster) -> None:
    numbers = [ask(database, vault, who) for who in (office.ana, office.cal, office.olga, office.omar)]
    with database.reading() as session:
        pages = [queue.page(session, office.olga, first=first, most=3) for first in (0, 3, 6)]
    assert [len(one.rows) for one in pages] == [3, 1, 0]
    assert [one.matching for one in pages[:2]] == [4, 4]
    assert sorted(row.id for one in pages for row in one.rows) == numbers


def test_what_has_ended_is_listed_newest_first(database: Database, vault: Vault, office: Roster) -> None:
    first, last = (ask(database, vault, who) for who in (office.ana, office.cal))
    for number, who in ((first, office.ana), (last, office.cal)):
        with database.writing() as session:
            request.withdraw(session, who, vault, number)
    assert listed(database, office.olga, ended=True) == [last, first]
    assert listed(database, office.olga) == []


def test_a_request_whose_officer_is_one_no_more_is_nobodys_again(
    database: Database, vault: Vault, office: Roster
) -> None:
    """Otherwise it would look cared for, and stick."""
    number = ask(database, vault, office.ana)
    with database.writing() as session:
        handling.take(session, office.omar, vault, number)
        session.execute(update(GrantRow).where(GrantRow.person_id == 4).values(revoked_at=1))
    assert listed(database, office.olga, whose=frozenset({Whose.NOBODYS})) == [number]
    with database.reading() as session:
        assert queue.page(session, office.olga).rows[0].handler == ""


def test_the_day_is_counted_where_the_law_counts_it(
    database: Database, vault: Vault, office: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At four in the morning in London it is still yesterday in California."""
    numbers = [ask(database, vault, who) for who in (office.ana, office.cal)]
    with database.writing() as session:
        session.execute(update(RequestRow).values(due_on=date(2026, 11, 23)))
    monkeypatch.setattr(instants, "now", lambda: instants.parse("2026-11-24T04:00Z"))
    assert listed(database, office.olga, due=frozenset({Due.OVERDUE})) == numbers[:1]
    assert listed(database, office.olga, due=frozenset({Due.TODAY})) == numbers[1:]


def test_the_queue_is_for_officers_alone(database: Database, office: Roster) -> None:
    with database.reading() as session:
        for read in (queue.page, queue.figures):
            with pytest.raises(NotAllowed):
                read(session, office.ana)
