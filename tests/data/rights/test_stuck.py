"""A request whose step fails does not stick silently: its person, officers and the command line say so, and why."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.captures import erase
from data.database import Database
from data.errors import Unreadable
from data.notices import notice
from data.notices.notice import Why
from data.people.tables import GrantRow
from data.people.viewer import OPERATOR, Role
from data.rights import escalation, queue, request, steps, work
from data.rights.erasure import sparing
from data.rights.states import State
from data.sealing.vault import Vault
from data.settings import Settings
from pages.shell.words import Calendar
from pages.wording import desk, standing
from pages.wording import queue as wording
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import keep, rows
from tests.data.rights.test_erasure import approved
from tests.data.test_command_line import Shell, office, refused, shell

__all__ = ["office", "shell"]
WHY = "2 entries about legal holds are missing; tell the auditor."


def fails(*_: object) -> None:
    raise Unreadable(WHY)


@pytest.fixture
def settings(database: Database, tmp_path: Path) -> Settings:
    return place_of(database, tmp_path).settings


def test_a_step_that_fails_again_and_again_is_told_once_and_said_wherever_the_request_stands(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(database, vault, 1, rows(30))
    number = approved(database, vault, roster)
    with database.writing() as session:
        session.add_all(GrantRow(person_id=one, role=Role.OFFICER.value, granted_at=0) for one in (3, 4))
    monkeypatch.setattr(sparing, "plan", fails)
    for told in (1, 0, 0):
        with pytest.raises(Unreadable):
            steps.run(database, vault, settings, OPERATOR, number)
        assert escalation.keep_up(database, vault, by_mail=False) == told
    calendar = Calendar(ZoneInfo("Europe/Berlin"), instants.now())
    with database.reading() as session:
        found = request.show(session, roster.ana, vault, number)
        for officer in (roster.olga, roster.omar):
            assert [one.request for one in notice.beside(session, officer, Why.DEADLINE)] == [number]
        (listed,) = queue.page(session, roster.olga).rows
        assert not request.erasing(session, roster.ana, vault, 1), "nothing of it is gone yet"
    assert [event.note for event in found.events if event.what == work.FAILED] == [WHY]
    said = f"A step failed: {WHY} It is tried again every minute, and privacy officers are told."
    assert standing.next_step(found, calendar) == said
    assert said in desk.facts(found, calendar)
    assert "a step failed" in desk.heading(found, calendar)
    assert "dl-alarm" in desk.heading(found, calendar)
    assert "a step failed" in wording.row(listed, calendar, 3)

    monkeypatch.undo()
    done = steps.run(database, vault, settings, OPERATOR, number)
    assert (done.state, done.failure) == (State.DONE, "")
    assert escalation.keep_up(database, vault, by_mail=False) == 0


def test_while_the_keys_go_the_pages_say_so_also_when_that_fails(
    database: Database, vault: Vault, roster: Roster, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the step of the keys on, what is held cannot be told."""
    number = approved(database, vault, roster)
    monkeypatch.setattr(erase, "destroy_keys", fails)
    with pytest.raises(Unreadable):
        steps.run(database, vault, settings, OPERATOR, number)
    with database.reading() as session:
        assert request.erasing(session, roster.ana, vault, 1)


def test_the_command_line_says_that_a_step_failed_and_what_a_copy_waits_for(
    office: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = ("--person", "ana@x.org", "--as", "ana@x.org")
    office.done("request", "erasure", *mine)
    monkeypatch.setenv("DAYLIGHT_ERASURE_DELAY", "0s")
    office.done("request", "decide", "1", "approve", "--as", "ben@x.org")
    monkeypatch.setattr(erase, "destroy_keys", fails)
    assert WHY in refused(office("request", "run", "1"), 1)
    assert f"A step failed: {WHY}" in office.done("request", "show", "1", "--as", "ben@x.org").out
    assert "being carried out, a step failed" in office.done("request", "list", "--as", "ben@x.org").out
    assert "Waits until deletion 1 is done" in office.done("request", "export", *mine).out
