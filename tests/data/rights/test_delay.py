"""Between the approval of a deletion and its start lies a time in which the person can take it back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data import instants
from data.database import Database
from data.errors import BadInput, Conflict
from data.people.viewer import OPERATOR
from data.rights import request, steps, worker
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import keep, kept, rows

DAY = 24 * 60 * 60


def approved(database: Database, vault: Vault, roster: Roster, kind: RequestKind, delay: int | None) -> int:
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, kind).id
    if kind is RequestKind.ERASURE:
        with database.writing() as session:
            request.decide(session, roster.olga, vault, number, True, delay=delay)
    return number


def passed(monkeypatch: pytest.MonkeyPatch, microseconds: int) -> None:
    present = instants.now
    monkeypatch.setattr(instants, "now", lambda: present() + microseconds)


def test_nothing_starts_before_its_time_and_the_person_can_take_it_back_until_then(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settings = place_of(database, tmp_path).settings
    keep(database, vault, 1, rows(30))
    number = approved(database, vault, roster, RequestKind.ERASURE, instants.HOUR)
    assert worker.waiting(database, settings) == ()
    with pytest.raises(Conflict, match=f"Request {number} starts at .* can be taken back"):
        steps.run(database, vault, settings, OPERATOR, number)
    with database.writing() as session:
        assert request.show(session, roster.ana, vault, number).state is State.APPROVED
        assert request.withdraw(session, roster.ana, vault, number).state is State.WITHDRAWN
    with pytest.raises(Conflict):
        steps.run(database, vault, settings, OPERATOR, number)
    assert len(kept(database, vault, 1)) == 30


def test_it_starts_by_itself_after_that_and_can_be_taken_back_no_more(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = place_of(database, tmp_path).settings
    keep(database, vault, 1, rows(30))
    number = approved(database, vault, roster, RequestKind.ERASURE, instants.HOUR)
    passed(monkeypatch, instants.HOUR)
    assert worker.waiting(database, settings) == (number,)
    assert steps.run(database, vault, settings, OPERATOR, number, until=lambda: True).state is State.RUNNING
    with pytest.raises(Conflict, match="being carried out"), database.writing() as session:
        request.withdraw(session, roster.ana, vault, number)
    steps.run(database, vault, settings, OPERATOR, number)
    assert kept(database, vault, 1) == []


def test_the_time_is_fixed_with_the_decision_whatever_the_settings_say_later(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """A restart with a shorter setting shortens nothing that was promised."""
    settings = replace(place_of(database, tmp_path).settings, erasure_seconds=0)
    number = approved(database, vault, roster, RequestKind.ERASURE, instants.DAY)
    with database.reading() as session:
        found = request.show(session, roster.ana, vault, number)
    assert (found.starts_at, found.decided_at) == ((found.decided_at or 0) + instants.DAY, found.decided_at)
    assert worker.waiting(database, settings) == ()


def test_a_decision_that_names_no_delay_is_held_back_by_the_settings_and_a_copy_by_nothing(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settings = replace(place_of(database, tmp_path).settings, erasure_seconds=DAY)
    deletion = approved(database, vault, roster, RequestKind.ERASURE, None)
    copy = approved(database, vault, roster, RequestKind.EXPORT, None)
    assert worker.waiting(database, settings) == (copy,)
    with pytest.raises(Conflict, match="can be taken back"):
        steps.run(database, vault, settings, OPERATOR, deletion)


def test_the_setting_is_a_day_unless_a_span_is_given() -> None:
    assert Settings.from_environment({}).erasure_seconds == DAY
    spans = {"0s": 0, "90m": 5400, "7d": 7 * DAY, "36h": 36 * 3600}
    assert {one: Settings.from_environment({"DAYLIGHT_ERASURE_DELAY": one}).erasure_seconds for one in spans} == spans
    for wrong in ("1", "h", "-1h", "1.5h", "24 h", "never"):
        with pytest.raises(BadInput, match="DAYLIGHT_ERASURE_DELAY"):
            Settings.from_environment({"DAYLIGHT_ERASURE_DELAY": wrong})
