"""After the key step no file of the database holds a wrapped key of the person any more."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from data.captures.scope import Scope
from data.captures.tables import SegmentRow
from data.database import Database
from data.errors import Unreadable
from data.rights import steps, work
from data.rights.states import RequestKind
from data.sealing.tables import PersonKeyRow
from data.sealing.vault import Vault
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.test_erasure import NARROW, approved, hold


def wrapped(database: Database, person_id: int) -> list[bytes]:
    """The person's wrapped key and the wrapped keys of their segments."""
    with database.reading() as session:
        mine = session.scalars(select(PersonKeyRow.wrapped).where(PersonKeyRow.person_id == person_id))
        segments = session.scalars(select(SegmentRow.wrapped_key).where(SegmentRow.person_id == person_id))
        return [one for one in (*mine, *segments) if one]


def files(folder: Path) -> bytes:
    """What the database's file, its log and the log's index hold."""
    return b"".join(one.read_bytes() for one in sorted(folder.glob("daylight.db*")))


@pytest.mark.parametrize("scope", [Scope(), NARROW], ids=["everything", "narrow"])
def test_no_file_of_the_database_holds_a_destroyed_key(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, scope: Scope
) -> None:
    hold(database, vault, 1)
    hold(database, vault, 2)
    secrets = wrapped(database, 1)
    assert len(secrets) == 3
    settings = place_of(database, tmp_path).settings
    claimed, step = work.take(database, vault, settings, approved(database, vault, roster, scope))
    chain = steps.STEPS[RequestKind.ERASURE]
    if database.is_sqlite:
        assert all(one in files(tmp_path) for one in secrets), "the test would find them"
    while step in ("start", "keys"):
        step = chain[step](claimed)
    if database.is_sqlite:
        assert secrets[0] not in files(tmp_path), "right after the key step"
    while step is not None:
        step = chain[step](claimed)
    if database.is_sqlite:
        assert not [one for one in secrets if one in files(tmp_path)]
    # A server's pages, log and archives may hold the bytes for longer: what they were wrapped with is gone.
    assert vault.keyring.epochs() == (2,)
    with pytest.raises(Unreadable, match="epoch 1 was destroyed"):
        vault.keyring.unwrap(1, secrets[0], vault.binding("person key", person=1, key=1))
