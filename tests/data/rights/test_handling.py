"""Who has a request: taken on, taken over, given back, each in the log and the history, and never a lock."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import Conflict, NotAllowed
from data.people.tables import GrantRow
from data.people.viewer import Role
from data.rights import appeals, handling, request
from data.rights.states import Ground, RequestKind, State
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster


@pytest.fixture
def number(database: Database, vault: Vault, roster: Roster) -> int:
    """Ana's request, with Olga and Omar to decide it."""
    with database.writing() as session:
        session.add_all(GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0) for one in (3, 4))
        return request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id


def has(database: Database, roster: Roster, number: int) -> str:
    with database.reading() as session:
        found = handling.handler(session, roster.olga, number)
    return found.name if found else ""


def test_taking_on_over_and_giving_back_stand_in_the_history_and_in_the_log(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    for act, who, more, now in (
        (handling.take, roster.olga, {}, "Olga"),
        (handling.take, roster.omar, {"over": True}, "Omar"),
        (handling.give_back, roster.omar, {}, ""),
    ):
        with database.writing() as session:
            act(session, who, vault, number, **more)
        assert has(database, roster, number) == now
    with database.reading() as session:
        (mine,) = request.mine(session, roster.ana, vault, 1)
        actions = list(session.scalars(select(EntryRow.action).order_by(EntryRow.position)))
    lines = [(event.what, event.name) for event in mine.events]
    assert lines == [("opened", "Ana"), ("taken on", "Olga"), ("taken over", "Omar"), ("given back", "Omar")]
    assert actions == ["request opened", "request taken on", "request taken on", "request given back"]


def test_the_second_to_take_it_or_a_second_click_reads_one_sentence_and_changes_nothing(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    with database.writing() as session:
        handling.take(session, roster.olga, vault, number)
    for act, who, said in (
        (handling.take, roster.olga, "You have request"),
        (handling.take, roster.omar, "Olga has request"),
        (handling.give_back, roster.omar, "Olga has request"),
    ):
        with pytest.raises(Conflict, match=said), database.writing() as session:
            act(session, who, vault, number)
    assert has(database, roster, number) == "Olga"
    with database.writing() as session:
        handling.give_back(session, roster.olga, vault, number)
    with pytest.raises(Conflict, match="Nobody has"), database.writing() as session:
        handling.give_back(session, roster.olga, vault, number)


def test_having_a_request_keeps_no_other_officer_from_deciding_it(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    with database.writing() as session:
        handling.take(session, roster.olga, vault, number)
    with database.writing() as session:
        assert request.decide(session, roster.omar, vault, number, True).state is State.APPROVED


def test_whoever_may_not_decide_it_cannot_have_it(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    with database.writing() as session:
        own = request.open_request(session, roster.olga, vault, 3, RequestKind.ERASURE).id
    for who, wanted in ((roster.olga, own), (roster.ana, number), (roster.cal, own)):
        with pytest.raises(NotAllowed), database.writing() as session:
            handling.take(session, who, vault, wanted)


def test_an_appeal_is_nobodys_until_an_officer_takes_it_who_may_decide_it(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    with database.writing() as session:
        handling.take(session, roster.olga, vault, number)
        request.decide(session, roster.olga, vault, number, False, Ground.OTHER, "No.")
    with database.writing() as session:
        appeals.ask(session, roster.ana, vault, number, "You did not read it.")
    assert has(database, roster, number) == ""
    with pytest.raises(NotAllowed, match="yourself"), database.writing() as session:
        handling.take(session, roster.olga, vault, number)
    with database.writing() as session:
        handling.take(session, roster.omar, vault, number)
    assert has(database, roster, number) == "Omar"


def test_what_an_officer_had_who_is_one_no_more_can_be_taken_without_taking_it_over(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    with database.writing() as session:
        handling.take(session, roster.omar, vault, number)
        session.execute(update(GrantRow).where(GrantRow.person_id == 4).values(revoked_at=1))
    with database.writing() as session:
        handling.take(session, roster.olga, vault, number)
    assert has(database, roster, number) == "Olga"
