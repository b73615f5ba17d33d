"""What goes wrong reaches whom it concerns, and the officers who have to see to it, in the app and by an e-mail that
says no more than that there is something to read."""

from __future__ import annotations

from pathlib import Path

import pytest

from data import instants
from data.accesses import tree
from data.captures.ingest import ingest
from data.controls import record as controls
from data.controls.control import Name, Result, State
from data.database import Database
from data.exposures import noting
from data.exposures import record as exposures
from data.incidents import drift
from data.incidents import record as incidents
from data.incidents.incident import Happening, Said
from data.incidents.record import Opening
from data.notices import notice, post
from data.notices.notice import Why
from data.people.tables import GrantRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import own_pause, record, rules
from data.programme.reach import Reach
from data.sealing.vault import Vault
from tests.data.captures.rows import row, table
from tests.data.captures.taking import recording
from tests.data.exposures.opening import HOUR, T0, found, look
from tests.data.incidents.test_drift import NOTICE, publish
from tests.data.notices.test_post import URL, Inbox, inbox, settings
from tests.data.rights.conftest import Roster, roster

__all__ = ["inbox", "roster"]

NOW = instants.parse("2026-11-23T12:00:00Z")
ANA, CAL, OLGA, OMAR = "ana@example.org", "cal@example.org", "olga@example.org", "omar@example.org"


@pytest.fixture(autouse=True)
def officers(database: Database, roster: Roster) -> None:
    with database.writing() as session:
        for person in (3, 4):
            session.add(GrantRow(person_id=person, role=Role.OFFICER.value, granted_at=0, revoked_at=None))


def mailed(database: Database, vault: Vault, tmp_path: Path, inbox: Inbox, hours: int = 0) -> dict[str, str]:
    """Who got an e-mail in this round, with its text; `hours` later than the first."""
    inbox.taken.clear()
    notice.keep_up(database, vault, by_mail=True)
    post.deliver(database, settings(tmp_path, inbox.port), NOW + hours * HOUR)
    return {people[0]: text for people, text in inbox.taken}


def new(database: Database, viewer: Viewer, why: Why) -> int:
    with database.reading() as session:
        return len(notice.beside(session, viewer, why))


def send(database: Database, vault: Vault, person: int, at: int) -> None:
    rows = [row(at + one, device="ThinkPad", app="Secret") for one in range(3)]
    ingest(database, vault, OPERATOR, person, recording(table(rows), source=f"of {person} at {at}"))


def pause(database: Database, vault: Vault, roster: Roster) -> int:
    with database.writing() as session:
        span = record.pause(session, roster.olga, vault, None, "The tables were open.").pause
    assert span is not None
    return span.start


def test_an_exposure_is_told_to_whom_it_concerns_when_it_opens_is_corrected_and_ends(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """Nobody has to open the app to learn that their data lay open, nor officers that they have to see to it."""
    look(database, vault, found())
    first = mailed(database, vault, tmp_path, inbox)
    assert set(first) == {ANA, CAL, OLGA, OMAR}
    assert "alarm for privacy officers" in first[OLGA]
    for text in (first[ANA], first[CAL]):
        assert f"{URL}/" in text
        for word in ("officers", "captures table", "exposure", "public", "warehouse", "Ana", "open to"):
            assert word not in text
    with database.writing() as session:
        exposures.correct(session, roster.olga, vault, 1, start=T0 - HOUR, end=None, reason="It was granted before.")
    assert set(mailed(database, vault, tmp_path, inbox, 1)) == {ANA, CAL}
    look(database, vault, at=T0 + 3 * HOUR)
    assert set(mailed(database, vault, tmp_path, inbox, 2)) == {ANA, CAL}
    assert new(database, roster.ana, Why.EXPOSURE) == 3
    assert (new(database, roster.olga, Why.EXPOSURE), new(database, roster.olga, Why.ALARM)) == (0, 1)
    with database.writing() as session:
        notice.see_beside(session, roster.ana, Why.EXPOSURE, tree.end(session))
    assert (new(database, roster.ana, Why.EXPOSURE), new(database, roster.cal, Why.EXPOSURE)) == (0, 3)


def test_that_an_exposure_belongs_to_an_incident_is_no_second_notice(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """The incident has its own notices; a mailbox full of bookkeeping is not read."""
    look(database, vault, found())
    with database.writing() as session:
        number = incidents.open_new(session, roster.olga, vault, Opening("Open tables", "The tables were open."))
        exposures.link(session, roster.olga, vault, 1, incident=number, reason="It is what happened there.")
    mailed(database, vault, tmp_path, inbox)
    assert new(database, roster.ana, Why.EXPOSURE) == 1


def test_drift_is_told_by_mail_to_whom_it_concerns(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """What nobody promised is told to the person it was captured of, and to nobody beside them."""
    publish(database, vault, roster.olga, NOTICE, since=None)
    send(database, vault, 1, instants.now())
    drift.keep_up(database, vault)
    told = mailed(database, vault, tmp_path, inbox)
    assert set(told) == {ANA}
    assert "Secret" not in told[ANA]


def test_a_device_in_the_programmes_pause_is_told_to_its_person_and_once_to_officers(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """A pause that is not one reaches whoever is captured by mail; seventy thousand devices are one alarm for officers
    until they have seen it."""
    since = pause(database, vault, roster)
    send(database, vault, 1, since + 1)
    send(database, vault, 2, since + 1)
    assert set(mailed(database, vault, tmp_path, inbox)) == {ANA, CAL, OLGA, OMAR}
    assert (new(database, roster.ana, Why.PAUSE), new(database, roster.olga, Why.ALARM)) == (1, 1)
    with database.writing() as session:
        notice.see_beside(session, roster.olga, Why.ALARM, tree.end(session))
    send(database, vault, 4, since + 1)
    mailed(database, vault, tmp_path, inbox, 2)
    assert (new(database, roster.olga, Why.ALARM), new(database, roster.omar, Why.ALARM)) == (1, 1)
    assert new(database, roster.omar, Why.PAUSE) == 1


def test_what_came_from_a_persons_own_pause_is_told_to_them_alone(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """That somebody paused is nobody else's business: no officer reads it in an alarm, no mail server in a text."""
    with database.writing() as session:
        span = own_pause.begin(session, roster.ana, vault)
    send(database, vault, 1, span.start + 1)
    told = mailed(database, vault, tmp_path, inbox)
    assert set(told) == {ANA}
    assert "pause" not in told[ANA]
    assert new(database, roster.olga, Why.ALARM) == 0


def test_an_opt_out_that_a_device_ignores_is_told_to_its_person_alone(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """That somebody opted out is nobody else's business either, and no text of a mail says it."""
    with database.writing() as session:
        since = rules.add(session, vault, 1, 3, rules.RuleKind.OBJECTION, Reach(), granted=False).since
    send(database, vault, 1, since + 1)
    told = mailed(database, vault, tmp_path, inbox)
    assert set(told) == {ANA}
    assert "object" not in told[ANA]
    assert (new(database, roster.ana, Why.OBJECTED), new(database, roster.olga, Why.ALARM)) == (1, 0)


def test_a_promise_that_is_found_broken_is_an_alarm_for_officers_once(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """A look that finds the same as before is no news, and one that finds it kept, or cannot see, is no alarm."""
    name, hour = Name("readers", "warehouse"), instants.HOUR
    for number, state in enumerate((State.HOLDS, State.UNKNOWN, State.BROKEN, State.BROKEN, State.HOLDS)):
        with database.writing() as session:
            result = Result(state, f"It is {state.value}.")
            controls.keep(session, vault, name, result, NOW + number * hour, by=None, days=7)
    told = mailed(database, vault, tmp_path, inbox)
    assert set(told) == {OLGA, OMAR}
    assert "warehouse" not in told[OLGA]
    assert (new(database, roster.olga, Why.ALARM), new(database, roster.ana, Why.ALARM)) == (1, 0)


def test_other_officers_are_told_that_the_public_was_told_before_all_staff(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """Staff come first; where they did not, whoever did not do it learns it at once, not from the press."""
    with database.writing() as session:
        number = incidents.open_new(session, roster.olga, vault, Opening("Open tables", "The tables were open."))
        said = Said(Happening.PRESS, "A spokesperson told a newspaper.", anyway=True)
        noting.note(session, roster.olga, vault, number, said, by_mail=True)
    assert set(mailed(database, vault, tmp_path, inbox)) == {OMAR}
    assert (new(database, roster.omar, Why.ALARM), new(database, roster.olga, Why.ALARM)) == (1, 0)


def test_a_notice_about_an_incident_goes_out_by_mail_and_what_it_says_is_read_in_the_app(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, inbox: Inbox
) -> None:
    """All staff are told, whoever opens the app or not; a mail server learns nothing of what happened."""
    with database.writing() as session:
        number = incidents.open_new(session, roster.olga, vault, Opening("Open tables", "The tables were open."))
        said = Said(Happening.STAFF, "Your keystrokes lay open for four days.")
        noting.note(session, roster.olga, vault, number, said, by_mail=True)
    told = mailed(database, vault, tmp_path, inbox)
    assert set(told) == {ANA, CAL, OLGA, OMAR}
    for text in told.values():
        assert f"{URL}/incidents" in text and "keystrokes" not in text and "tables" not in text
