"""What came of a pause is looked up in what is stored, for each pause by itself, by the person alone."""

from __future__ import annotations

import pytest

from data import instants
from data.captures import disobeying, evidence
from data.captures.pausing import Why
from data.database import Database
from data.errors import NotAllowed
from data.people.viewer import Viewer
from data.programme import own_pause, record
from data.programme.state import Span
from data.sealing.vault import Vault
from pages.employee import running
from tests.data.captures.rows import row
from tests.data.captures.taking import PERSON, add_people
from tests.data.captures.test_quarantine import ANA, INGRID, OLGA, bring, pause, resume, rows

HOUR = instants.HOUR


@pytest.fixture(autouse=True)
def people(database: Database) -> None:
    add_people(database)


def pause_me(database: Database, vault: Vault) -> Span:
    with database.writing() as session:
        own_pause.begin(session, ANA, vault)
    with database.writing() as session:
        return own_pause.end(session, ANA, vault)


def test_a_capture_that_came_in_before_the_pause_it_says_it_was_made_in_is_found(
    database: Database, vault: Vault
) -> None:
    """A clock that was ahead, or an announced pause: no count of what was refused tells of it, a look does."""
    bring(database, vault, [row(instants.now() + HOUR, device="ThinkPad")])
    since = pause(database, vault)
    with database.reading() as session:
        found = evidence.of(session, ANA, vault, PERSON, Why.PROGRAMME, Span(since))
        before = evidence.of(session, ANA, vault, PERSON, Why.PROGRAMME, Span(since, since + HOUR // 2))
        standing = running.fetch(session, ANA, vault, PERSON, instants.now())
    assert (found.sent, found.is_held, before.is_held) == ((), True, False)
    assert standing.stored


def test_a_pause_that_is_only_announced_finds_no_capture_that_should_not_be(database: Database, vault: Vault) -> None:
    now = instants.now()
    bring(database, vault, [row(now + 2 * HOUR)])
    with database.writing() as session:
        record.pause(session, OLGA, vault, now + HOUR, "The tables were open.")
    with database.reading() as session:
        assert not running.fetch(session, ANA, vault, PERSON, now).stored


def test_each_own_pause_of_the_last_weeks_has_evidence_of_its_own(database: Database, vault: Vault) -> None:
    """The newest first, each with what was sent from it and not from another; older ones are left out."""
    first = pause_me(database, vault)
    second = pause_me(database, vault)
    bring(database, vault, rows(second.start, 1))
    with database.reading() as session:
        found = evidence.own(session, ANA, vault, PERSON, instants.now())
        assert [(one.span, [each.count for each in one.sent], one.is_held) for one in found] == [
            (second, [1], False),
            (first, [], False),
        ]
        assert evidence.own(session, ANA, vault, PERSON, instants.now() + evidence.LASTS) == ()
        with pytest.raises(NotAllowed):
            evidence.own(session, Viewer(8, ANA.roles), vault, PERSON, instants.now())


def test_what_a_device_sends_from_the_pause_only_after_the_resume_is_counted_for_organizers(
    database: Database, vault: Vault
) -> None:
    """An offline device that captured all through the pause uploads when it is back, which may be days later."""
    since = pause(database, vault)
    resume(database, vault)
    bring(database, vault, [row(since, device="ThinkPad")])
    with database.reading() as session:
        programme, found = disobeying.current(session, INGRID, vault)
    assert programme.pause is None
    assert (found.devices, found.people, found.captures) == (1, 1, 1)
