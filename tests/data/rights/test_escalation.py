"""No deadline sticks silently: officers are told before, on and after the day, each once, and people of each step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from data import instants
from data.accesses import tree
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.captures.scope import Scope
from data.database import Database
from data.notices import notice, post
from data.notices.notice import Why
from data.notices.tables import NoticeRow
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import Role
from data.rights import escalation, holds, request, timing
from data.rights.states import RequestKind
from data.rights.tables import EscalationRow
from data.sealing.vault import Vault
from tests.data.notices.test_post import Inbox, inbox, settings
from tests.data.rights.conftest import Roster
from tests.data.rights.test_reviewing import bring, erase, paused, rows

__all__ = ["inbox"]
WHY = "A claim wants this kept."


@pytest.fixture(autouse=True)
def officers(database: Database, roster: Roster) -> None:
    with database.writing() as session:
        for viewer in (roster.olga, roster.omar):
            session.add(GrantRow(person_id=viewer.person_id, role=Role.OFFICER.value, granted_at=0))


def ask(database: Database, vault: Vault, roster: Roster) -> request.Request:
    with database.writing() as session:
        return request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)


def told(database: Database) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(EscalationRow).order_by(EscalationRow.position))
        return [(row.subject, row.number, row.stage) for row in rows]


def noon(days: int, found: request.Request) -> int:
    """Noon, `days` after the request's due date."""
    return instants.parse(f"{found.due_on + timedelta(days=days)}T12:00:00Z")


def test_each_stage_is_told_once_whatever_is_started_again(database: Database, vault: Vault, roster: Roster) -> None:
    found = ask(database, vault, roster)
    for days, count in ((-9, 0), (-7, 1), (-5, 0), (0, 1), (1, 1), (40, 0)):
        assert escalation.keep_up(database, vault, by_mail=False, now=noon(days, found)) == count, days
        assert escalation.keep_up(database, vault, by_mail=False, now=noon(days, found)) == 0
    assert told(database) == [("request", "1", stage) for stage in ("soon", "today", "passed")]
    with database.reading() as session:
        assert [one.request for one in notice.beside(session, roster.olga, Why.DEADLINE)] == [1, 1, 1]
        assert notice.beside(session, roster.ana, Why.DEADLINE) == ()
        logged = session.scalars(select(EntryRow.action).where(EntryRow.action == Action.ESCALATED.value)).all()
        assert len(logged) == 3


def test_what_was_told_by_a_clock_that_was_ahead_is_told_again_on_its_day(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told a year too early, a deadline would pass in silence."""
    found = ask(database, vault, roster)
    ahead = noon(365, found)
    with monkeypatch.context() as patch:
        patch.setattr(instants, "now", lambda: ahead)
        assert escalation.keep_up(database, vault, by_mail=False) == 1
    for days, count in ((-20, 0), (1, 1), (2, 0)):
        assert escalation.keep_up(database, vault, by_mail=False, now=noon(days, found)) == count, days
    assert told(database) == [("request", "1", "passed")]


def test_two_at_once_tell_it_once(database: Database, vault: Vault, roster: Roster) -> None:
    found = ask(database, vault, roster)
    with ThreadPoolExecutor(4) as pool:
        counts = pool.map(lambda _: escalation.keep_up(database, vault, by_mail=False, now=noon(2, found)), range(4))
        assert sum(counts) == 1
    assert told(database) == [("request", "1", "passed")]


def test_a_clock_that_stands_too_long_and_a_hold_nobody_looks_at_are_told_too_but_not_to_whom_they_hide_from(
    database: Database, vault: Vault, roster: Roster
) -> None:
    with database.writing() as session:
        session.get_one(PersonRow, 1).jurisdiction = "uk"
    found = ask(database, vault, roster)
    with database.writing() as session:
        timing.ask_back(session, roster.omar, vault, found.id, "identity", "Was it you?")
        review = instants.day_of(instants.now()) + timedelta(days=20)
        made = holds.propose(session, roster.omar, vault, 3, Scope(), WHY, review, "They are an officer.")
        session.add(GrantRow(person_id=2, role=Role.OFFICER.value, granted_at=0))
    second = roster.cal.__class__(2, frozenset({Role.OFFICER}), "Cal", "cal@example.org")
    with database.writing() as session:
        holds.confirm(session, second, vault, made.number)
    at = instants.now() + 32 * instants.DAY
    assert escalation.keep_up(database, vault, by_mail=False, now=at) == 2
    assert told(database) == [("stopped", "1", "passed"), ("hold", "1", "passed")]
    with database.reading() as session:
        found = {
            viewer.name: {one.request for one in notice.beside(session, viewer, Why.DEADLINE)}
            for viewer in (roster.olga, roster.omar)
        }
    assert found == {"Olga": {1}, "Omar": {1, None}}


def test_officers_are_told_that_the_quarantine_is_to_be_reviewed_until_it_was(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Thirty days after the first of a pause came, once a stage however many files come; and not once it was erased."""
    began = paused(database, vault, roster)
    for later in range(3):
        bring(database, vault, 1, rows(began + later * instants.HOUR, 2))
    for days, count in ((22, 0), (23, 1), (24, 0), (30, 1), (31, 1), (90, 0)):
        assert escalation.keep_up(database, vault, by_mail=False, now=began + days * instants.DAY) == count, days
    assert told(database) == [("quarantine", str(began), stage) for stage in ("soon", "today", "passed")]
    with database.reading() as session:
        seen = notice.beside(session, roster.omar, Why.DEADLINE)
        assert [(one.request, one.action) for one in seen] == [(None, Action.REVIEW_DUE)] * 3
    erase(database, vault, roster)
    bring(database, vault, 1, rows(began + 5 * instants.HOUR, 2))
    erase(database, vault, roster)
    assert escalation.keep_up(database, vault, by_mail=False, now=began + 200 * instants.DAY) == 0


def test_a_person_is_told_of_each_step_by_others_and_that_it_arrived_and_the_mail_says_nothing_of_it(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    found = ask(database, vault, roster)
    with database.writing() as session:
        timing.extend(session, roster.olga, vault, found.id, "It is much.")
        request.decide(session, roster.olga, vault, found.id, False, "other", "Because of Outlook.")
    escalation.keep_up(database, vault, by_mail=True, now=noon(0, found))
    notice.keep_up(database, vault, by_mail=True)
    with database.reading() as session:
        told = notice.beside(session, roster.ana, Why.REQUEST)
        assert [(one.request, one.action) for one in told] == [
            (1, Action.REQUEST_DECIDED),
            (1, Action.REQUEST_EXTENDED),
            (1, Action.REQUEST_OPENED),
        ]
        assert notice.unseen(session, roster.ana, vault, 1).total == 0
    assert post.deliver(database, settings(tmp_path, inbox.port), instants.now()) == 1
    ((people, text),) = inbox.taken
    assert people == ["ana@example.org"] and "/requests" in text and "Daylight: news about your request 1" in text
    assert not any(word in text for word in ("Outlook", "It is much", "refused", "deletion", "Ana"))
    with database.writing() as session:
        notice.see_beside(session, roster.ana, Why.REQUEST, tree.end(session))
        assert notice.beside(session, roster.ana, Why.REQUEST) == ()


def test_what_the_person_did_themselves_is_no_news(database: Database, vault: Vault, roster: Roster) -> None:
    found = ask(database, vault, roster)
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, found.id)
    notice.keep_up(database, vault, by_mail=False)
    with database.reading() as session:
        assert [row.why for row in session.scalars(select(NoticeRow))] == [Why.REQUEST.value]


def test_officers_get_a_deadline_by_mail(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    found = ask(database, vault, roster)
    escalation.keep_up(database, vault, by_mail=True, now=noon(-3, found))
    assert post.deliver(database, settings(tmp_path, inbox.port), instants.now()) == 2
    assert sorted(inbox.to) == ["olga@example.org", "omar@example.org"]
    assert all("/queue" in text and "a deadline comes, or has passed: request 1" in text for _, text in inbox.taken)


def test_a_clock_that_stands_on_is_told_again_each_month(database: Database, vault: Vault, roster: Roster) -> None:
    """Nobody may forget what waits for somebody else."""
    with database.writing() as session:
        session.get_one(PersonRow, 1).jurisdiction = "uk"
    found = ask(database, vault, roster)
    with database.writing() as session:
        asked = timing.ask_back(session, roster.omar, vault, found.id, "identity", "Was it you?")
    start = asked.stopped_at or 0
    counts = [escalation.keep_up(database, vault, by_mail=False, now=start + day * instants.DAY) for day in range(100)]
    months = [sum(counts[first:last]) for first, last in ((0, 20), (20, 45), (45, 75), (75, 100))]
    assert months == [0, 3, 2, 2]
    with database.reading() as session:
        assert {one.request for one in notice.beside(session, roster.olga, Why.DEADLINE)} == {1}


def test_a_receipt_that_nobody_confirms_is_told_like_any_other_deadline(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """In California what reached an officer is confirmed in ten business days; whoever forgets that hears of it."""
    with database.writing() as session:
        found = request.open_request(session, roster.olga, vault, 2, RequestKind.ERASURE)
    assert found.confirm_by is not None
    passed = instants.parse(f"{found.confirm_by + timedelta(days=1)}T20:00:00Z")
    assert escalation.keep_up(database, vault, by_mail=False, now=passed) == 1
    assert told(database) == [("confirmation", "1", "passed")]
    with database.writing() as session:
        timing.confirm(session, roster.omar, vault, 1)
    assert escalation.keep_up(database, vault, by_mail=False, now=passed + instants.DAY) == 0
