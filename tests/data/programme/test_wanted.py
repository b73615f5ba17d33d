"""What devices are told follows the record of the pauses: the programme's, announced or begun, and a person's own."""

from __future__ import annotations

import pytest
from sqlalchemy import delete

from data import instants
from data.accesses.tables import DetailsRow
from data.database import Database
from data.errors import Unreadable
from data.people.viewer import Role, Viewer
from data.programme import own_pause, record, wanted
from data.programme.wanted import Wanted
from data.sealing.vault import Vault

ANA = Viewer(7, frozenset({Role.EMPLOYEE}), "Ana")
OLGA = Viewer(8, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Olga")
OMAR = Viewer(9, frozenset({Role.EMPLOYEE, Role.OFFICER}), "Omar")


def asked(database: Database, vault: Vault) -> Wanted:
    with database.reading() as session:
        return wanted.wanted(session, vault)


def test_devices_are_told_of_a_pause_when_it_is_announced_and_no_longer_once_it_is_over(
    database: Database, vault: Vault
) -> None:
    assert asked(database, vault) == Wanted()
    ahead = instants.now() + instants.HOUR
    with database.writing() as session:
        record.pause(session, OLGA, vault, ahead, "The tables are open.")
    assert asked(database, vault).since(ANA.person_id) == ahead
    with database.writing() as session:
        begun = record.bring_forward(session, OLGA, vault, None, "Now, as it went on.").pause
    assert begun is not None
    assert asked(database, vault) == Wanted(begun.start)
    with database.writing() as session:
        record.propose_resume(session, OLGA, vault, "They are closed.")
    with database.writing() as session:
        record.resume(session, OMAR, vault, (), "It is settled.")
    assert asked(database, vault) == Wanted()


def test_a_persons_devices_are_told_of_their_own_pause_until_it_ends(
    database: Database, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        mine = own_pause.begin(session, ANA, vault)
    assert asked(database, vault) == Wanted(own={7: mine.start})
    with database.writing() as session:
        own_pause.end(session, ANA, vault)
    assert asked(database, vault) == Wanted()
    later = instants.now() + instants.HOUR
    monkeypatch.setattr(instants, "now", lambda: later)
    with database.writing() as session:
        own_pause.begin(session, ANA, vault)
    monkeypatch.setattr(instants, "now", lambda: later + own_pause.LENGTH)
    assert asked(database, vault) == Wanted()


def test_where_the_record_of_the_pauses_is_damaged_nobody_is_told_that_it_runs(
    database: Database, vault: Vault
) -> None:
    with database.writing() as session:
        record.pause(session, OLGA, vault, None, "The tables are open.")
        session.execute(delete(DetailsRow))
    with pytest.raises(Unreadable, match="missing or altered"):
        asked(database, vault)
