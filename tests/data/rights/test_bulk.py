"""The same done to many requests: to each by itself, logged for each person, and nothing of one depends on another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from data import instants
from data.accesses.tables import AboutRow, EntryRow
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.people.tables import GrantRow
from data.people.viewer import Role, Viewer
from data.programme.reach import Reach
from data.rights import bulk, correction, handling, holds, objection, record, request, restriction, timing
from data.rights.bulk import ALONE, Deed
from data.rights.states import Ground, RequestKind, State
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster

EXPORT, ERASURE = RequestKind.EXPORT, RequestKind.ERASURE
WHY = "Many asked at once."


@pytest.fixture
def office(database: Database, roster: Roster) -> Roster:
    """Olga and Omar as officers by grant."""
    with database.writing() as session:
        session.add_all(GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0) for one in (3, 4))
    return roster


def ask(database: Database, vault: Vault, who: Viewer, person_id: int, scope: Scope = request.EVERYTHING) -> int:
    with database.writing() as session:
        return request.open_request(session, who, vault, person_id, ERASURE, scope).id


def states(database: Database, vault: Vault, viewer: Viewer, numbers: list[int]) -> list[State]:
    with database.reading() as session:
        return [request.show(session, viewer, vault, number).state for number in numbers]


def test_each_is_decided_and_logged_for_its_person_and_one_that_cannot_be_stops_no_other(
    database: Database, vault: Vault, office: Roster
) -> None:
    first, own, decided, last = (
        ask(database, vault, who, who.person_id or 0) for who in (office.ana, office.olga, office.cal, office.omar)
    )
    with database.writing() as session:
        request.decide(session, office.omar, vault, decided, False, Ground.OTHER, "No.")
    numbers = [first, own, decided, 999, last]
    found = bulk.carry_out(database, vault, office.olga, numbers, Deed.APPROVE, reason="Yes.", delay=7)
    assert [(one.request_id, one.done) for one in found] == list(
        zip(numbers, [True, False, False, False, True], strict=True)
    )
    for one, said in zip(found[1:4], ["Nobody decides their own", "refused by Omar", "no request 999"], strict=True):
        assert said in one.said
    assert states(database, vault, office.omar, [first, own, decided, last]) == [
        *(State.APPROVED, State.OPEN),
        *(State.REFUSED, State.APPROVED),
    ]
    with database.reading() as session:
        about = select(EntryRow.position, AboutRow.person_id).join(AboutRow, AboutRow.position == EntryRow.position)
        logged = session.execute(about.where(EntryRow.action == "request decided").order_by(EntryRow.position)).all()
        reasons = [request.show(session, office.omar, vault, number).reason for number in (first, last)]
    assert [person for _, person in logged] == [2, 1, 4]  # Omar's own decision, then one entry for each person
    assert reasons == ["Yes.", "Yes."]


def test_a_second_click_changes_nothing_and_says_so_for_each(database: Database, vault: Vault, office: Roster) -> None:
    numbers = [ask(database, vault, who, who.person_id or 0) for who in (office.ana, office.cal)]
    assert all(one.done for one in bulk.carry_out(database, vault, office.olga, numbers, Deed.APPROVE))
    for officer in (office.olga, office.omar):  # once more, and another officer whose page is old
        found = bulk.carry_out(database, vault, officer, numbers, Deed.APPROVE)
        assert not any(one.done for one in found)
        assert all("approved by Olga" in one.said and "nothing was changed" in one.said for one in found)
    with database.reading() as session:
        actions = list(session.scalars(select(EntryRow.action)))
    assert actions.count("request decided") == 2


def test_two_officers_at_once_decide_each_request_once(database: Database, vault: Vault, office: Roster) -> None:
    numbers = [ask(database, vault, who, who.person_id or 0) for who in (office.ana, office.cal)]

    def approve(officer: Viewer) -> tuple[bulk.Outcome, ...]:
        return bulk.carry_out(database, vault, officer, numbers, Deed.APPROVE)

    with ThreadPoolExecutor(2) as both:
        one, other = both.map(approve, (office.olga, office.omar))
    for mine, theirs in zip(one, other, strict=True):
        assert {mine.done, theirs.done} == {True, False}
        assert "approved by" in mine.said + theirs.said
    with database.reading() as session:
        assert list(session.scalars(select(EntryRow.action))).count("request decided") == 2


def test_a_deletion_that_a_hold_is_about_is_decided_by_itself(database: Database, vault: Vault, office: Roster) -> None:
    """Also where the hold still waits for its second officer: approving it with others would decide before them."""
    clicks, keys = (ask(database, vault, office.ana, 1, Scope(frozenset({kind}))) for kind in (Kind.CLICK, Kind.KEY))
    review = instants.day_of(instants.now()) + timedelta(days=9)
    with database.writing() as session:
        number = holds.propose(
            session, office.omar, vault, 1, Scope(frozenset({Kind.CLICK})), "A claim.", review
        ).number
    for confirm in (False, True):
        if confirm:
            with database.writing() as session:
                holds.confirm(session, office.olga, vault, number)
        (found,) = bulk.carry_out(database, vault, office.olga, [clicks], Deed.APPROVE)
        assert (found.done, "a legal hold" in found.said) == (False, True)
    with database.writing() as session:
        holds.lift(session, office.olga, vault, number, "It was settled.")
    assert all(one.done for one in bulk.carry_out(database, vault, office.olga, [clicks, keys], Deed.APPROVE))


def test_a_deletion_is_left_alone_where_nobody_can_tell_what_is_held(
    database: Database, vault: Vault, office: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(database, vault, office.ana, 1)

    def lost(*_: object) -> None:
        raise BadInput("An entry about holds is missing.")

    monkeypatch.setattr(holds, "keeping", lost)
    (found,) = bulk.carry_out(database, vault, office.olga, [number], Deed.APPROVE)
    assert (found.done, found.said) == (False, "An entry about holds is missing.")
    assert states(database, vault, office.olga, [number]) == [State.OPEN]


def _restriction(session: Any, vault: Vault, who: Viewer) -> record.Request:
    return restriction.ask(session, who, vault, 1, Reach(), "accuracy_contested", "Not me.")


def _correction(session: Any, vault: Vault, who: Viewer) -> record.Request:
    return correction.ask(session, who, vault, 1, "name", "Anna", "It is wrong.")


def _objection(session: Any, vault: Vault, who: Viewer) -> record.Request:
    return objection.ask(session, who, vault, 1, Reach(), "It is too much.")


@pytest.mark.parametrize(
    ("make", "is_done"),
    [(_restriction, False), (_correction, False), (_objection, True)],
    ids=lambda one: getattr(one, "__name__", str(one)).strip("_"),
)
def test_what_has_to_be_weighed_or_looked_up_is_not_approved_with_others(
    database: Database,
    vault: Vault,
    office: Roster,
    make: Callable[[Any, Vault, Viewer], record.Request],
    is_done: bool,
) -> None:
    with database.writing() as session:
        number = make(session, vault, office.ana).id
    (found,) = bulk.carry_out(database, vault, office.olga, [number], Deed.APPROVE)
    assert (found.done, "decided by itself" in found.said) == (is_done, not is_done)


def test_every_kind_is_either_approved_with_others_or_says_why_not() -> None:
    assert set(RequestKind) - set(ALONE) == {EXPORT, ERASURE, RequestKind.OBJECTION}


def test_a_copy_that_an_officer_asked_for_is_approved_in_bulk_by_another(
    database: Database, vault: Vault, office: Roster
) -> None:
    with database.writing() as session:
        number = request.open_request(session, office.olga, vault, 1, EXPORT).id
    for officer, is_done in ((office.olga, False), (office.omar, True)):
        (found,) = bulk.carry_out(database, vault, officer, [number], Deed.APPROVE)
        assert found.done is is_done


def test_putting_off_confirming_taking_and_giving_back_do_what_they_do_to_one(
    database: Database, vault: Vault, office: Roster
) -> None:
    own = ask(database, vault, office.ana, 1)
    for_them = ask(database, vault, office.omar, 2)  # reached Omar by letter, from California
    for deed, done in (
        (Deed.TAKE, [True, True]),
        (Deed.TAKE, [False, False]),
        (Deed.GIVE_BACK, [True, True]),
        (Deed.CONFIRM, [False, True]),
        (Deed.EXTEND, [True, True]),
        (Deed.EXTEND, [False, False]),
    ):
        found = bulk.carry_out(database, vault, office.olga, [own, for_them], deed, reason=WHY)
        assert [one.done for one in found] == done, deed
        assert all(one.said for one in found if not one.done)
    with database.reading() as session:
        for number in (own, for_them):
            last = request.show(session, office.olga, vault, number).events[-1]
            assert (last.what, last.note) == ("extended", WHY)


def test_what_cannot_be_done_to_any_is_said_before_anything_is_done(
    database: Database, vault: Vault, office: Roster
) -> None:
    number = ask(database, vault, office.ana, 1)
    for who, numbers, deed, error in (
        (office.olga, [], Deed.APPROVE, BadInput),
        (office.olga, list(range(bulk.MOST + 1)), Deed.APPROVE, BadInput),
        (office.olga, [number], Deed.EXTEND, BadInput),
        (office.cal, [number], Deed.APPROVE, NotAllowed),
        (replace(office.olga, proved_at=instants.now() - instants.HOUR), [number], Deed.CONFIRM, NotAllowed),
    ):
        with pytest.raises(error):
            bulk.carry_out(database, vault, who, numbers, deed)
    with database.reading() as session:
        assert len(request.show(session, office.olga, vault, number).events) == 1


def test_a_database_that_fails_for_one_leaves_that_one_as_it_was_and_goes_on(
    database: Database, vault: Vault, office: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = (ask(database, vault, who, who.person_id or 0) for who in (office.ana, office.cal))
    take = handling.take

    def failing(session: Any, viewer: Viewer, vault: Vault, number: int) -> record.Request:
        found = take(session, viewer, vault, number)
        if number == first:
            raise OperationalError("the disk is full", None, Exception())
        return found

    monkeypatch.setattr(handling, "take", failing)
    found = bulk.carry_out(database, vault, office.olga, [first, last, first], Deed.TAKE)
    assert [(one.request_id, one.done) for one in found] == [(first, False), (last, True)]
    with database.reading() as session:
        assert handling.handler(session, office.olga, first) is None
        assert handling.handler(session, office.olga, last) is not None
        assert len(timing.record.events(session, record.find(session, office.olga, first))) == 1
