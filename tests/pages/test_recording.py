"""Recording in an incident: what an officer writes stays until it is recorded, whatever others record meanwhile."""

from __future__ import annotations

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from data import instants
from data.database import Database
from data.exposures import noting
from data.incidents import record
from data.incidents.incident import Happening, Incident, Said
from data.incidents.record import Opening
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from pages.officer import recording
from tests.data.rights.conftest import Roster, roster
from tests.pages.seat import Seat, drawn, seated, text

__all__ = ["roster"]

OPENED, CONTAINED, CLAIMED = "The tables were open.", "Nobody reads them now.", "A ticket says that they were closed."


def held(database: Database, vault: Vault, viewer: Viewer) -> Incident:
    with database.reading() as session:
        return record.one(session, viewer, vault, 1)


def opened(database: Database, vault: Vault, roster: Roster) -> Viewer:
    """The officer who opened an incident, and has just signed in."""
    olga = replace(roster.olga, proved_at=instants.now())
    with database.writing() as session:
        record.open_new(session, olga, vault, Opening("Open tables", OPENED))
    return olga


def contain(database: Database, vault: Vault, viewer: Viewer) -> None:
    with database.writing() as session:
        noting.note(session, viewer, vault, 1, Said(Happening.CONTAINED, CONTAINED), by_mail=False)


def form(seat: Seat) -> None:
    """As the page has it: drawn anew, it reads the incident anew."""
    recording.recording(seat, held(seat.store.database, seat.store.vault, seat.who), ())


def words(page: AppTest) -> str:
    return page.text_area[0].value or ""


def test_what_is_written_stays_when_another_officer_records_and_goes_once_it_is_recorded(
    database: Database, vault: Vault, roster: Roster
) -> None:
    olga = opened(database, vault, roster)
    page = drawn(form, seated(database, vault, olga))
    page.text_area[0].set_value(CLAIMED).run()
    contain(database, vault, roster.omar)
    page.run()
    assert words(page) == CLAIMED
    page.selectbox[0].set_value(Happening.FIX_CLAIMED).run()
    page.button[-1].click().run()
    assert [one.words for one in held(database, vault, olga).events] == [OPENED, CONTAINED, CLAIMED]
    assert words(page) == ""


def test_what_another_officer_recorded_since_is_read_before_anything_goes_out(
    database: Database, vault: Vault, roster: Roster
) -> None:
    olga = opened(database, vault, roster)
    seen = held(database, vault, olga)
    page = drawn(recording.recording, seated(database, vault, olga), seen, ())
    contain(database, vault, roster.omar)
    page.text_area[0].set_value(CLAIMED)
    page.button[-1].click().run()
    assert "Copy your words, and reload to read it" in text(page)
    assert words(page) == CLAIMED
    assert len(held(database, vault, olga).events) == 2
