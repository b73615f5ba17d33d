"""What is recorded in an incident is held against what looks found of its exposures."""

from __future__ import annotations

import pytest

from data.database import Database
from data.errors import Conflict, NotAllowed
from data.exposures import noting, record
from data.incidents import record as incidents
from data.incidents.incident import Happening, Incident, Said
from data.incidents.record import Opening
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from tests.data.exposures.opening import HOUR, STORE, T0, found, look
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

WORDS = "The tables were open to everyone."
DONE = (Happening.CONTAINED, Happening.FIX_CLAIMED, Happening.REGULATOR, Happening.AFFECTED)


def noted(database: Database, vault: Vault, viewer: Viewer, *happened: Happening) -> Incident:
    with database.writing() as session:
        every = [noting.note(session, viewer, vault, 1, Said(one, WORDS), by_mail=False) for one in happened]
    return every[-1]


@pytest.fixture
def linked(database: Database, vault: Vault, roster: Roster) -> None:
    """An exposure that is open, in an incident of which everything else is done."""
    look(database, vault, found())
    with database.writing() as session:
        incidents.open_new(session, roster.olga, vault, Opening("Open tables", WORDS))
        record.link(session, roster.olga, vault, 1, 1, WORDS)
    noted(database, vault, roster.olga, *DONE)


@pytest.mark.usefixtures("linked")
def test_a_fix_holds_and_an_incident_closes_only_once_a_look_found_its_exposure_right(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """An officer's word that it held does not stand beside a table that is open to everyone."""
    for happening in (Happening.FIX_HELD, Happening.CLOSED):
        with pytest.raises(Conflict, match="exposure 1 is not closed"):
            noted(database, vault, roster.olga, happening)
    look(database, vault, at=T0 + 2 * HOUR)
    assert noted(database, vault, roster.olga, Happening.FIX_HELD, Happening.CLOSED).is_closed


@pytest.mark.usefixtures("linked")
def test_a_fix_that_held_is_recorded_as_failed_once_the_same_place_is_open_again(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Nobody has to link what came back before it counts."""
    look(database, vault, at=T0 + 2 * HOUR)
    noted(database, vault, roster.olga, Happening.FIX_HELD)
    look(database, vault, found(), at=T0 + 3 * HOUR)
    with pytest.raises(Conflict, match="exposure 2 is not closed"):
        noted(database, vault, roster.olga, Happening.CLOSED)
    assert noted(database, vault, roster.olga, Happening.FIX_FAILED).failures == 1


@pytest.mark.usefixtures("linked")
def test_what_nobody_looks_at_any_more_is_not_over_by_that(database: Database, vault: Vault, roster: Roster) -> None:
    """Whoever takes the place off the list does not close the incident with it; an officer's reason does."""
    with database.writing() as session:
        record.leave(session, vault, STORE, T0 + 2 * HOUR)
    with pytest.raises(Conflict, match="exposure 1 is not closed"):
        noted(database, vault, roster.olga, Happening.FIX_HELD)
    with database.writing() as session:
        record.close(session, roster.olga, vault, 1, "The server was shut down and its disks destroyed.")
    noted(database, vault, roster.olga, Happening.FIX_HELD)


@pytest.mark.usefixtures("linked")
def test_a_notice_that_two_officers_send_at_once_goes_out_once(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Nor does it go out again when one of them presses twice."""
    with database.reading() as session:
        expected = len(incidents.one(session, roster.olga, vault, 1).events)

    def send(viewer: Viewer) -> Incident:
        with database.writing() as session:
            said = Said(Happening.STAFF, WORDS)
            return noting.note(session, viewer, vault, 1, said, by_mail=False, expected=expected)

    told = send(roster.olga)
    for viewer in (roster.omar, roster.olga):
        with pytest.raises(Conflict, match="recorded in incident 1 meanwhile; nothing was recorded or sent"):
            send(viewer)
    with database.reading() as session:
        assert incidents.one(session, roster.olga, vault, 1) == told


@pytest.mark.usefixtures("linked")
def test_only_officers_record(database: Database, vault: Vault, roster: Roster) -> None:
    """Whom it concerns reads it, and writes nothing into it."""
    with pytest.raises(NotAllowed):
        noted(database, vault, roster.ana, Happening.FIX_FAILED)
