"""A request's clock: confirmed, put off once, stopped and resumed; its due date moves with its history alone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from data import instants
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR, Viewer
from data.programme.reach import Reach
from data.rights import clocks, objection, request, timing
from data.rights.clocks import Mark, Tick
from data.rights.exchange import Need
from data.rights.states import Ground, RequestKind, State
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster

WHY = "It spans four systems."


@pytest.fixture
def uk(database: Database, roster: Roster) -> None:
    """Ana's requests run under the clock of the United Kingdom."""
    with database.writing() as session:
        session.execute(update(PersonRow).where(PersonRow.id == 1).values(jurisdiction="uk"))


def at(monkeypatch: pytest.MonkeyPatch, day: date, hour: int = 12) -> None:
    """Let it be that day, at noon UTC."""
    now = instants.of(datetime(day.year, day.month, day.day, hour, tzinfo=UTC))
    monkeypatch.setattr(instants, "now", lambda: now)


def ask(database: Database, vault: Vault, viewer: Viewer, person_id: int) -> int:
    with database.writing() as session:
        return request.open_request(session, viewer, vault, person_id, RequestKind.ERASURE).id


def extend(database: Database, vault: Vault, viewer: Viewer, number: int, why: str = WHY) -> request.Request:
    with database.writing() as session:
        return timing.extend(session, viewer, vault, number, why)


def ask_back(database: Database, vault: Vault, number: int, viewer: Viewer) -> request.Request:
    with database.writing() as session:
        return timing.ask_back(session, viewer, vault, number, "clarification", "Which months?")


def reply(database: Database, vault: Vault, viewer: Viewer, number: int) -> request.Request:
    with database.writing() as session:
        return timing.reply(session, viewer, vault, number, " March and April quillaja. ")


def recomputed(database: Database, number: int) -> date:
    """The due date as its history alone gives it."""
    with database.reading() as session:
        row = session.scalars(select(RequestRow).where(RequestRow.id == number)).one()
        lines = session.scalars(
            select(RequestEventRow).where(RequestEventRow.request_id == number).order_by(RequestEventRow.number)
        )
        ticks = {tick.value for tick in Tick}
        marks = [
            Mark(Tick(line.what), clocks.received_on(row.jurisdiction, line.at)) for line in lines if line.what in ticks
        ]
        return clocks.due_after(row.jurisdiction, marks, row.promised_days)


def test_an_answer_is_put_off_once_with_a_reason_that_the_person_reads(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, date(2026, 3, 5))
    number = ask(database, vault, roster.ana, 1)
    at(monkeypatch, date(2026, 4, 6))  # the last day of the first period: 5 April is a Sunday
    with pytest.raises(BadInput, match="needs a reason"):
        extend(database, vault, roster.olga, number, "  ")
    found = extend(database, vault, roster.olga, number)
    assert found.due_on == date(2026, 6, 5) == recomputed(database, number)
    assert (found.events[-1].what, found.events[-1].note, found.events[-1].due_on) == ("extended", WHY, found.due_on)
    with pytest.raises(Conflict, match="possible once"):
        extend(database, vault, roster.omar, number)
    assert recomputed(database, number) == date(2026, 6, 5)


def test_an_answer_is_not_put_off_once_the_first_period_is_over(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, date(2026, 3, 5))
    number = ask(database, vault, roster.ana, 1)
    at(monkeypatch, date(2026, 4, 7))
    with pytest.raises(Conflict, match="had to be extended by 2026-04-06"):
        extend(database, vault, roster.olga, number)
    with database.reading() as session:
        assert request.show(session, roster.ana, vault, number).due_on == date(2026, 4, 6)


def test_the_clock_of_the_uk_stands_until_the_person_answers(
    database: Database, vault: Vault, roster: Roster, uk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, date(2024, 9, 3))
    number = ask(database, vault, roster.ana, 1)
    at(monkeypatch, date(2024, 9, 5))
    asked = ask_back(database, vault, number, roster.olga)
    assert (asked.state, asked.due_on) == (State.STOPPED, date(2024, 10, 3))
    assert [(one.need, one.words) for one in asked.asked_back] == [(Need.CLARIFICATION, "Which months?")]
    at(monkeypatch, date(2024, 11, 5))
    with database.reading() as session:
        standing = request.show(session, roster.ana, vault, number)
    # Two months later it is as far from its end as on the day it stopped.
    assert (standing.days_left, standing.overdue) == (28, False)
    with pytest.raises(Conflict, match="waiting for its person"), database.writing() as session:
        request.decide(session, roster.olga, vault, number, True)
    with pytest.raises(NotAllowed):
        reply(database, vault, roster.olga, number)
    with pytest.raises(NotFound):
        reply(database, vault, roster.cal, number)
    found = reply(database, vault, roster.ana, number)
    assert (found.state, found.asked_back[-1].answer) == (State.OPEN, "March and April quillaja.")
    assert found.due_on == date(2024, 12, 3) == recomputed(database, number)
    with pytest.raises(Conflict):
        reply(database, vault, roster.ana, number)
    # The extension is counted with the days that the clock stood.
    assert extend(database, vault, roster.olga, number).due_on == date(2025, 2, 3) == recomputed(database, number)
    with database.reading() as session:
        kept = session.scalars(select(RequestRow.exchange)).one()
        assert kept is not None
        assert b"quillaja" not in kept


def close(
    database: Database, vault: Vault, viewer: Viewer, number: int, ground: Ground = Ground.NO_REPLY
) -> request.Request:
    with database.writing() as session:
        return request.decide(session, viewer, vault, number, False, ground, "You did not answer.")


def test_whoever_does_not_answer_within_a_month_can_be_refused_and_can_still_take_it_back(
    database: Database, vault: Vault, roster: Roster, uk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reasonable time to answer, generally a month (ICO); nobody is closed out before that, on whatever ground."""
    at(monkeypatch, date(2026, 1, 30))
    first = ask(database, vault, roster.ana, 1)
    at(monkeypatch, date(2026, 1, 31))
    assert ask_back(database, vault, first, roster.olga).reply_by == date(2026, 2, 28)
    at(monkeypatch, date(2026, 2, 28))
    for ground in (Ground.NO_REPLY, Ground.IDENTITY):
        with pytest.raises(Conflict, match="waits until 2026-02-28"):
            close(database, vault, roster.omar, first, ground)
    at(monkeypatch, date(2026, 3, 1))
    with pytest.raises(BadInput, match="use one of no_reply, identity_not_verified"):
        close(database, vault, roster.omar, first, Ground.LEGAL_HOLD)
    refused = close(database, vault, roster.omar, first)
    assert (refused.state, refused.ground, refused.reply_by) == (State.REFUSED, Ground.NO_REPLY, None)
    second = ask(database, vault, roster.ana, 1)
    ask_back(database, vault, second, roster.olga)
    with database.writing() as session:
        assert request.withdraw(session, roster.ana, vault, second).state is State.WITHDRAWN


def test_silence_ends_nothing_that_was_answered_and_no_objection(
    database: Database, vault: Vault, roster: Roster, uk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Article 21(1) names the grounds of an objection's refusal, and silence is none of them."""
    at(monkeypatch, date(2026, 1, 5))
    number = ask(database, vault, roster.ana, 1)
    with pytest.raises(BadInput, match="does not let"):
        close(database, vault, roster.olga, number)
    with database.writing() as session:
        own = objection.ask(session, roster.ana, vault, 1, Reach(), "It is too much.").id
    ask_back(database, vault, own, roster.olga)
    at(monkeypatch, date(2026, 3, 5))
    with pytest.raises(BadInput, match="does not let"):
        close(database, vault, roster.olga, own)


def test_an_officer_goes_on_without_the_answer_with_a_reason_and_the_clock_runs_again(
    database: Database, vault: Vault, roster: Roster, uk: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other honest end: days that it stood do not count, exactly as if there had been an answer."""
    at(monkeypatch, date(2026, 3, 5))
    number = ask(database, vault, roster.ana, 1)
    ask_back(database, vault, number, roster.olga)

    def go_on(viewer: Viewer, why: str = "It is clear enough.") -> request.Request:
        with database.writing() as session:
            return timing.go_on(session, viewer, vault, number, why)

    at(monkeypatch, date(2026, 3, 15))
    with pytest.raises(NotAllowed):
        go_on(roster.ana)
    with pytest.raises(BadInput, match="needs a reason"):
        go_on(roster.omar, " ")
    found = go_on(roster.omar)
    assert (found.state, found.due_on) == (State.OPEN, date(2026, 4, 15))
    assert found.due_on == recomputed(database, number)
    assert (found.asked_back[-1].answer, found.events[-1].note) == ("", "It is clear enough.")
    with pytest.raises(Conflict):
        go_on(roster.olga)


def test_no_other_clock_stands(database: Database, vault: Vault, roster: Roster) -> None:
    for viewer, person in ((roster.ana, 1), (roster.cal, 2)):
        number = ask(database, vault, viewer, person)
        with pytest.raises(Conflict, match="does not stop"):
            ask_back(database, vault, number, roster.olga)
        with database.reading() as session:
            assert request.show(session, viewer, vault, number).state is State.OPEN


def test_what_reached_an_officer_in_california_is_confirmed_once_within_ten_business_days(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, date(2026, 11, 23), 20)
    number = ask(database, vault, roster.omar, 2)
    with database.reading() as session:
        assert request.show(session, roster.cal, vault, number).confirm_by == date(2026, 12, 8)
    with database.writing() as session:
        found = timing.confirm(session, roster.olga, vault, number)
    assert (found.confirm_by, found.events[-1].what) == (None, "receipt confirmed")
    with pytest.raises(Conflict, match="was confirmed at"), database.writing() as session:
        timing.confirm(session, roster.olga, vault, number)
    other = ask(database, vault, roster.ana, 1)
    with pytest.raises(Conflict, match="no law"), database.writing() as session:
        timing.confirm(session, roster.olga, vault, other)


def test_only_officers_move_a_clock_and_never_that_of_their_own_request(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = ask(database, vault, roster.ana, 1)
    for viewer in (roster.ana, roster.cal, OPERATOR):
        with pytest.raises(NotAllowed):
            extend(database, vault, viewer, number)
    own = ask(database, vault, roster.olga, 3)
    for act in (extend, lambda *given: ask_back(given[0], given[1], given[3], given[2])):
        with pytest.raises(NotAllowed):
            act(database, vault, roster.olga, own)
    assert extend(database, vault, roster.omar, own).extended_at is not None


def test_every_move_of_a_clock_is_in_the_access_log(database: Database, vault: Vault, roster: Roster, uk: None) -> None:
    number = ask(database, vault, roster.ana, 1)
    ask_back(database, vault, number, roster.olga)
    reply(database, vault, roster.ana, number)
    extend(database, vault, roster.olga, number)
    with database.reading() as session:
        actions = list(session.scalars(select(EntryRow.action).order_by(EntryRow.position)))
    assert actions[-3:] == ["clock of request stopped", "clock of request resumed", "request extended"]
