"""The list of everybody whom an exposure concerns: for officers, with a reason, and everybody on it sees that."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from data.accesses.entry import Purpose, Reason
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import BadInput, NotAllowed, NotFound
from data.exposures import affected
from data.looks import history
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from pages.wording import phrases
from tests.data.exposures.opening import found, look
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

WHY = Reason(Purpose.LEGAL, "ART-34")


def test_everybody_on_the_list_reads_that_it_was_taken_and_why(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Taking a list of people is a look at each of them."""
    look(database, vault, found(people=(1, 2)))
    with database.writing() as session:
        taken = affected.take(session, roster.olga, vault, 1, WHY)
    assert [one.email for one in taken] == ["ana@example.org", "cal@example.org"]
    for viewer, person in ((roster.ana, 1), (roster.cal, 2)):
        with database.reading() as session:
            (one,) = history.about(session, viewer, vault, person)
        assert (one.purpose, one.ticket, one.role, one.people_count) == (Purpose.LEGAL, "ART-34", "officer", 2)
        assert one.scope == {"view": "affected", "exposure": 1}
        assert phrases.what(one) == "took a list of everybody whom an exposure concerns; you are on it"


def test_no_list_is_given_without_permission_and_reason(database: Database, vault: Vault, roster: Roster) -> None:
    """Nothing is read that is not logged, and a refused list leaves no entry that says it was taken."""
    look(database, vault, found())
    with database.reading() as session:
        before = session.scalar(select(func.count()).select_from(EntryRow))
    for viewer in (roster.ana, OPERATOR):
        with pytest.raises(NotAllowed), database.writing() as session:
            affected.take(session, viewer, vault, 1, WHY)
    for reason in (None, Reason(Purpose.NONE, "T-1"), Reason(Purpose.OWN, "T-1")):
        with pytest.raises(BadInput, match="everybody on it reads that"), database.writing() as session:
            affected.take(session, roster.olga, vault, 1, reason)
    with pytest.raises(NotFound), database.writing() as session:
        affected.take(session, roster.olga, vault, 7, WHY)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EntryRow)) == before
