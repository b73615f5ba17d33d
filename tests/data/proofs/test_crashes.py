"""Killed at any moment, the log loses nothing that it acknowledged, holds, and goes on from where it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from data.accesses.tables import EntryRow
from data.database import Database
from data.proofs import check, publishing
from data.sealing.vault import Vault
from tests.data.accesses.logging import fill
from tests.data.proofs.crashing import Place, publish_and_die, run_and_die

PATIENCE = 0.06  # seconds


@pytest.fixture
def place(database: Database, vault: Vault, tmp_path: Path) -> Place:
    return Place(database.url.render_as_string(hide_password=False), tmp_path)


def test_killed_under_load_nothing_acknowledged_is_lost(database: Database, vault: Vault, place: Place) -> None:
    acknowledged: dict[int, int] = {}
    signed = 0
    for number in range(40 if database.is_sqlite else 8):
        said, size = run_and_die(place, number, PATIENCE)
        assert not acknowledged.keys() & said.keys(), "a position was given twice"
        acknowledged |= said
        signed = max(signed, size)
        with database.reading() as session:
            held = dict(session.execute(select(EntryRow.position, EntryRow.count)).all())
            newest = publishing.newest(session)
            kept = place.anchor.read(None)
            assert acknowledged.items() <= held.items(), "an acknowledged entry is gone, or another stands there"
            assert sorted(held) == list(range(len(held))), "positions have a gap"
            found = check.check(session, vault, place.anchor)
        assert found.holds, [one.sentence for one in found.findings]
        assert (0 if newest is None else newest.size) >= max(signed, 0 if kept is None else kept.size)
        publishing.check(database, vault, place.anchor)
        published = publishing.run(database, vault, place.anchor)
        assert published is not None
        assert published.size == len(held)
        signed = published.size
    assert len(acknowledged) > 30, "the kills came before there was any load"


@pytest.mark.parametrize("moment", ["before commit", "after commit", "before anchor"])
def test_the_anchor_is_never_ahead_of_the_database_and_catches_up(
    database: Database, vault: Vault, place: Place, moment: str
) -> None:
    """The file is written after the commit. Before it, nothing was signed; after it, the file is merely behind."""
    fill(database, vault, 3)
    publishing.run(database, vault, place.anchor)
    fill(database, vault, 2, first=3)
    assert publish_and_die(place, moment) == -9
    with database.reading() as session:
        newest = publishing.newest(session)
        assert check.check(session, vault, place.anchor).holds
    kept = place.anchor.read(None)
    assert newest is not None
    assert kept is not None
    assert (newest.size, kept.size) == (3 if moment == "before commit" else 5, 3)
    publishing.check(database, vault, place.anchor)
    published = publishing.run(database, vault, place.anchor)
    again = place.anchor.read(None)
    assert published is not None
    assert again is not None
    assert published.size == again.size == 5
