"""Whoever a request waits for is reminded once, in time to act, and the reminder says nothing but the number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from data import instants, upkeep
from data.accesses import tree
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.database import Database
from data.notices import notice, post
from data.notices.notice import Why
from data.people.tables import PersonRow
from data.rights import reminding, request, timing
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from data.settings import Settings
from data.store import Store
from tests.data.notices.test_post import Inbox, inbox, settings
from tests.data.rights.conftest import Roster

__all__ = ["inbox"]
HOUR, DAY = instants.HOUR, instants.DAY


@pytest.mark.parametrize(
    ("delay", "expected"),
    [
        (24 * HOUR, 6 * HOUR),
        (7 * DAY, 42 * HOUR),
        (4 * HOUR, HOUR),
        (3 * HOUR, HOUR),
        (2 * HOUR, HOUR),
        (2 * HOUR - 1, None),
        (0, None),
    ],
)
def test_a_quarter_of_the_delay_before_its_end_at_least_an_hour_and_never_of_a_short_one(
    delay: int, expected: int | None
) -> None:
    assert reminding.lead(delay) == expected


def approved(database: Database, vault: Vault, roster: Roster, delay: int) -> request.Request:
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
        return request.decide(session, roster.olga, vault, number, True, delay=delay)


def place(tmp_path: Path) -> Settings:
    return Settings(tmp_path, "", "", tmp_path / "keyring")


def actions(database: Database) -> list[str]:
    wanted = [Action.DELAY_ENDS.value, Action.REPLY_AWAITED.value]
    with database.reading() as session:
        return list(session.scalars(select(EntryRow.action).where(EntryRow.action.in_(wanted))))


def test_the_end_of_the_time_to_take_a_deletion_back_is_told_once_before_it(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """Whatever is started again, by however many processes; and never once it is too late."""
    found = approved(database, vault, roster, 24 * HOUR)
    end = found.starts_at or 0
    for left, count in ((24, 0), (7, 0), (6, 1), (5, 0), (1, 0)):
        assert reminding.keep_up(database, vault, place(tmp_path), now=end - left * HOUR) == count, left
    assert actions(database) == [Action.DELAY_ENDS.value]
    with database.reading() as session:
        (line,) = [one for one in request.show(session, roster.ana, vault, found.id).events if one.what == "reminded"]
    assert instants.iso(end) in line.note


@pytest.mark.parametrize("left", [0, -1])
def test_nobody_is_told_that_they_could_still_when_they_cannot(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, left: int
) -> None:
    end = approved(database, vault, roster, 24 * HOUR).starts_at or 0
    assert reminding.keep_up(database, vault, place(tmp_path), now=end - left) == 0


def test_what_was_taken_back_or_starts_at_once_reminds_nobody(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    short = approved(database, vault, roster, HOUR)
    assert reminding.keep_up(database, vault, place(tmp_path), now=(short.starts_at or 0) - HOUR // 2) == 0
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, short.id)
    long = approved(database, vault, roster, 24 * HOUR)
    with database.writing() as session:
        request.withdraw(session, roster.ana, vault, long.id)
    assert reminding.keep_up(database, vault, place(tmp_path), now=(long.starts_at or 0) - HOUR) == 0
    assert actions(database) == []


def test_several_processes_remind_once(database: Database, vault: Vault, roster: Roster, tmp_path: Path) -> None:
    end = approved(database, vault, roster, 24 * HOUR).starts_at or 0
    with ThreadPoolExecutor(4) as pool:
        told = pool.map(lambda _: reminding.keep_up(database, vault, place(tmp_path), now=end - HOUR), range(4))
        assert sum(told) == 1


def test_whoever_does_not_answer_is_reminded_once_before_it_can_be_closed(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    with database.writing() as session:
        session.get_one(PersonRow, 1).jurisdiction = "uk"
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
        row = request.show(session, roster.ana, vault, number)
        assert row.state is State.APPROVED, "a copy for oneself needs no decision, so nothing is asked back"
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
        asked = timing.ask_back(session, roster.olga, vault, number, "identity", "Was it you?")
    assert asked.reply_by is not None
    until = instants.parse(f"{asked.reply_by}T12:00:00Z")
    for days, count in ((15, 0), (14, 1), (10, 0), (-40, 0)):
        assert reminding.keep_up(database, vault, place(tmp_path), now=until - days * DAY) == count, days
    assert actions(database) == [Action.REPLY_AWAITED.value]


def test_the_reminder_reaches_its_person_in_the_app_and_by_mail_and_names_the_number_alone(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the chores that run beside the app."""
    store = Store(settings(tmp_path, inbox.port), database, vault)
    found = approved(database, vault, roster, 24 * HOUR)
    notice.keep_up(database, vault, by_mail=False)
    with database.writing() as session:
        notice.see_beside(session, roster.ana, Why.REQUEST, tree.end(session))
    monkeypatch.setattr(instants, "now", lambda: (found.starts_at or 0) - 2 * HOUR)
    for name in ("reminders", "notices", "mail"):
        (chore,) = (one for one in upkeep.chores_of(store) if one.name == name)
        chore.run(store)
    with database.reading() as session:
        (told,) = notice.beside(session, roster.ana, Why.REQUEST)
        assert notice.beside(session, roster.olga, Why.REQUEST) == ()
    assert (told.request, told.action) == (found.id, Action.DELAY_ENDS)
    ((people, text),) = inbox.taken
    assert people == ["ana@example.org"]
    assert f"Subject: Daylight: news about your request {found.id}" in text
    assert not any(word in text.lower() for word in ("delet", "taken back", "olga", "6 hours"))


def test_a_mail_names_every_request_that_it_is_about_and_no_other(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    first = approved(database, vault, roster, 0)
    with database.writing() as session:
        other = request.open_request(session, roster.cal, vault, 2, RequestKind.ERASURE)
        request.withdraw(session, roster.ana, vault, first.id)
        second = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE)
    notice.keep_up(database, vault, by_mail=True)
    assert post.deliver(database, settings(tmp_path, inbox.port), instants.now()) == 2
    mails = {people[0]: text for people, text in inbox.taken}
    assert f"news about your requests {first.id} and {second.id}.\r\n" in mails["ana@example.org"]
    assert f"news about your request {other.id}.\r\n" in mails["cal@example.org"]
