"""A device that says, long after a pause began, that it captures is said in the log, and told to whoever watches."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data import instants
from data.accesses import events
from data.accesses.entry import Action
from data.accesses.tables import AboutRow
from data.alarms import sources
from data.alarms.alarm import Kind
from data.database import Database
from data.programme import going_on, record
from data.programme.beat import State
from data.programme.going_on import GRACE
from data.sealing.vault import Vault
from tests.data.programme.reporting import enrolled, said, sent
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]


@pytest.fixture
def since(database: Database, vault: Vault, roster: Roster) -> int:
    """When the pause began."""
    with database.writing() as session:
        pause = record.pause(session, roster.olga, vault, None, "The tables were open.").pause
    assert pause
    return pause.start


def test_a_device_that_reports_that_it_captures_in_a_pause_is_an_alarm_once_before_it_sends_anything(
    database: Database, vault: Vault, since: int
) -> None:
    """Organizers learn within minutes what files may show only days later: in a count, about nobody."""
    one, other, third = (enrolled(database, vault, person) for person in (1, 2, 4))
    at = since + GRACE
    said(database, sent(one, 1, at=at), sent(other, 1, at=at), sent(third, 1, State.PAUSED, at=at))
    assert going_on.keep_up(database, vault, at) == 2
    assert going_on.keep_up(database, vault, at) == 0
    with database.reading() as session:
        ((row, scope),) = events.of(session, vault, Action.WENT_ON)[0]
        assert (scope["since"], row.count) == (since, 2)
        assert not session.scalars(select(AboutRow).where(AboutRow.position == row.position)).all()
        assert [(one.kind, one.position) for one in sources.every(session, vault)] == [(Kind.DISOBEYED, row.position)]


def test_a_device_has_time_to_hear_of_the_pause_and_silence_alarms_nobody(
    database: Database, vault: Vault, since: int
) -> None:
    """It learns of the pause by the answer to its next report; what it said before that is no disobedience."""
    token = enrolled(database, vault, 1)
    said(database, sent(token, 1, at=since + instants.SECOND))
    assert going_on.keep_up(database, vault, since + instants.MINUTE) == 0
    assert going_on.keep_up(database, vault, since + GRACE) == 0, "it has been silent since"
    said(database, sent(token, 2, State.PAUSED, at=since + GRACE))
    assert going_on.keep_up(database, vault, since + GRACE) == 0


def test_nothing_is_said_while_the_programme_runs(database: Database, vault: Vault, roster: Roster) -> None:
    said(database, sent(enrolled(database, vault, 1), 1))
    assert going_on.keep_up(database, vault) == 0
