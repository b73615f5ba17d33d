"""Who may change an exposure: nobody whose looks an incident is about that it belongs to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from data.accesses.accessors import Outside
from data.database import Database
from data.errors import NotAllowed
from data.exposures import record
from data.incidents import looks
from data.incidents import record as incidents
from data.incidents.record import Opening
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from tests.data.exposures.opening import HOUR, STORE, T0, found, look
from tests.data.looks.test_reconciliation import seen
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

WHY = "The log of the database shows that the grant was made at nine."


def test_nobody_moves_or_changes_what_keeps_an_incident_about_their_own_looks_open(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """An exposure taken out of it, or closed by a reason, would let it be called fixed; one put in changes it."""
    own = seen(database, vault, Outside("olga_db", "officer", person_id=roster.olga.person_id))
    with database.writing() as session:
        opening = Opening("Her looks", WHY)
        barred = looks.open_about(session, roster.omar, vault, own, opening, expected=1)
        other = incidents.open_new(session, roster.omar, vault, Opening("Open tables", WHY, people=(1, 2)))
        hers = incidents.handled(session, roster.omar, vault, barred)
        incidents.widen(session, roster.omar, vault, hers, Opening("", WHY, people=(1, 2)))
    look(database, vault, found())
    changes: dict[str, Callable[[Session, Viewer], None]] = {
        "in": lambda session, who: record.link(session, who, vault, 1, barred, WHY),
        "time": lambda session, who: record.correct(session, who, vault, 1, start=T0 + 1, end=None, reason=WHY),
        "over": lambda session, who: record.close(session, who, vault, 1, WHY),
        "again": lambda session, who: record.close(session, who, vault, 2, WHY),
        "out": lambda session, who: record.link(session, who, vault, 1, other, WHY),
    }

    def change(name: str) -> None:
        said = f"Incident {barred} is about looks of your own"
        with pytest.raises(NotAllowed, match=said), database.writing() as session:
            changes[name](session, roster.olga)
        with database.writing() as session:
            changes[name](session, roster.omar)

    change("in")
    change("time")
    with database.writing() as session:
        record.leave(session, vault, STORE, T0 + 2 * HOUR)
    change("over")
    look(database, vault, found(), at=T0 + 3 * HOUR)
    with database.reading() as session:
        among = [incidents.one(session, roster.omar, vault, barred)]
        assert record.unclosed(session, roster.omar, vault, among) == {barred: (2,)}
    with database.writing() as session:
        record.leave(session, vault, STORE, T0 + 4 * HOUR)
    change("again")
    change("out")
    # It belongs to no incident about her any more.
    with database.writing() as session:
        record.correct(session, roster.olga, vault, 1, start=T0 + 2, end=None, reason=WHY)
