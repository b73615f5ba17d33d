"""The report after an incident: made of the record alone, every number with the entry that says it, naming nobody."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from data import instants
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import NotFound
from data.exposures import noting, report
from data.exposures import record as exposures
from data.incidents import record
from data.incidents.incident import Happening, Said
from data.incidents.record import Opening
from data.people.viewer import Viewer
from data.proofs import publishing
from data.sealing.vault import Vault
from pages.shell.words import Calendar
from pages.wording import incidents as cards
from pages.wording import report as wording
from tests import nasty
from tests.data.exposures.opening import HOUR, T0, found, look
from tests.data.exposures.test_card import CAL, read, recording
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

WORDS = "The tables were open to everyone for a day."
HAPPENED = (
    (Happening.CONTAINED, 2), (Happening.FIX_CLAIMED, 3), (Happening.FIX_FAILED, 30), (Happening.FIX_CLAIMED, 31),
    (Happening.FIX_HELD, 60), (Happening.REGULATOR, 80), (Happening.REGULATOR, 90), (Happening.PRESS, 91),
    (Happening.STAFF, None), (Happening.STAFF, None),
)  # fmt: skip


@pytest.fixture
def number(database: Database, vault: Vault, roster: Roster) -> int:
    """An incident in which nearly everything went wrong, with an exposure."""
    look(database, vault, found(people=(1,)))
    look(database, vault, at=T0 + 4 * HOUR)
    recording(database, vault, T0 - HOUR, T0 + 3 * HOUR)
    read(database, vault, CAL)
    with database.writing() as session:
        found_number = record.open_new(session, roster.olga, vault, Opening("Open tables", WORDS, T0, people=(1,)))
        exposures.link(session, roster.olga, vault, 1, found_number, WORDS)
        for happening, hours in HAPPENED:
            at = None if hours is None else T0 + hours * HOUR
            late = "The officer was away." if hours == 80 else ""
            said = Said(happening, WORDS, at, late, anyway=True)
            noting.note(session, roster.olga, vault, found_number, said, by_mail=False)
        publishing.publish(session, vault)
    return found_number


def made(database: Database, vault: Vault, viewer: Viewer, number: int) -> str:
    with database.reading() as session:
        return wording.as_html(report.report(session, viewer, vault, number)).decode()


def plain(html: str) -> str:
    """The page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.partition("<body>")[2]))


def test_it_says_what_went_wrong_as_the_record_has_it(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    """Nobody writes this report, so nobody leaves out that a fix failed or that the press was told first."""
    text = plain(made(database, vault, roster.ana, number))
    for part in (
        "2 fixes were claimed; 1 did not hold.",
        "It was told 8 h 00 min late",
        "1 further report followed (Article 33(4))",
        "The officer was away.",
        "The public was told before all staff were.",
        "All staff were told (version 2 of 2)",
        "Of this the record says nothing: the people concerned were told, the organizers were told and closed.",
        "2 people and 1 account whose owner is not on record could open people’s keystrokes.",
        "1 person did. For 1 h 00 min, from",
    ):
        assert part in text, part


def test_every_line_of_the_record_is_in_it_with_its_entry(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    """Whoever doubts a line finds it in the log; a line that is missing would be a record that was made nicer."""
    html = made(database, vault, roster.ana, number)
    with database.reading() as session:
        found_ = report.report(session, roster.ana, vault, number)
        wanted = (Action.INCIDENT.value, Action.EXPOSURE.value)
        logged = session.scalars(select(EntryRow.position).where(EntryRow.action.in_(wanted))).all()
    assert html.count(f"<blockquote>{WORDS}") + html.count(f": {WORDS}</blockquote>") == len(found_.incident.events)
    assert sorted(logged) == list(found_.positions)
    for position in logged:
        assert re.search(rf"\b{position}\b", plain(html)), position
    assert found_.published is not None
    assert found_.published.note.splitlines()[2] in html


def test_it_names_nobody_and_only_who_may_read_the_incident_gets_it(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """It is the same page for everybody who may read it; the accounts and names stay with the officers."""
    look(database, vault, found(people=(1,)))
    with database.writing() as session:
        one = record.open_new(session, roster.olga, vault, Opening("Open tables", WORDS, people=(1,)))
        exposures.link(session, roster.olga, vault, 1, one, WORDS)
    text = made(database, vault, roster.ana, one)
    for name in ("Ana", "Cal", "cal_db", "svc-report", "ana@example.org", "Olga"):
        assert name not in text, name
    with pytest.raises(NotFound):
        made(database, vault, roster.cal, one)


@pytest.mark.parametrize("text", [nasty.SEEN, nasty.SHORT])
def test_what_was_typed_is_only_read(database: Database, vault: Vault, roster: Roster, text: str) -> None:
    """The report is a page of its own, outside Streamlit: nothing in it runs."""
    with database.writing() as session:
        one = record.open_new(session, roster.olga, vault, Opening(text[:100], text))
    html = made(database, vault, roster.olga, one)
    assert "<img" not in html
    assert "<script" not in html
    assert "default-src 'none'" in html


def test_the_card_of_an_incident_tells_versions_phases_and_lateness(
    database: Database, vault: Vault, roster: Roster, number: int
) -> None:
    """A second notice and a second report to the regulator are not lost behind the first."""
    with database.reading() as session:
        one = record.one(session, roster.ana, vault, number)
    said = cards.clocks(one, Calendar(ZoneInfo("UTC"), instants.now()))
    for part in ("8 h 00 min late; 1 further report followed", "version 2; 0 of 4 people have read it here"):
        assert part in said, part
    assert f"/download/incident/{number}" in cards.report(one)
