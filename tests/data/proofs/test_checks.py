"""The upkeep of the log: it is published as it grows, checked once a day, and a damage is kept for all to read."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import tree
from data.accesses.tables import AboutRow, CheckpointRow, CheckRow, DetailsRow, EntryRow, TagsRow, TileRow
from data.database import Database
from data.errors import Conflict
from data.proofs import checks, publishing
from data.proofs.anchor import Anchor
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from tests.data.accesses.logging import fill


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    return Anchor(tmp_path / "checkpoint")


def count(database: Database) -> int:
    with database.reading() as session:
        return len(session.scalars(select(CheckRow)).all())


def test_it_publishes_what_is_new_and_checks_once_a_day(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 5)
    published = checks.keep_up(database, vault, anchor)
    assert published is not None
    assert published.size == 5
    assert count(database) == 1
    fill(database, vault, 1, first=5)
    assert (found := checks.keep_up(database, vault, anchor)) is not None
    assert found.size == 6
    assert count(database) == 1
    with database.writing() as session:
        session.execute(update(CheckRow).values(at=instants.now() - checks.EVERY))
    checks.keep_up(database, vault, anchor)
    assert count(database) == 2


def test_a_log_that_cannot_be_published_is_checked_at_once(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 5)
    checks.keep_up(database, vault, anchor)
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 2).values(count=99))
        session.execute(delete(TileRow))
    fill(database, vault, 1, first=5)
    assert checks.keep_up(database, vault, anchor) is None
    with database.reading() as session:
        found = checks.last(session)
        newest = publishing.newest(session)
    assert newest is not None
    assert newest.size == 5
    assert found is not None
    assert not found.holds
    # And not again and again while it stays so.
    checks.keep_up(database, vault, anchor)
    assert count(database) == 2


def test_what_a_check_found_is_kept_to_the_letter(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 5)
    publishing.run(database, vault, anchor)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == 3))
    found = checks.run(database, vault, anchor)
    with database.reading() as session:
        assert checks.last(session) == found
    assert found.findings == (Finding(What.ENTRY_MISSING, 3, 3),)


def put_back(session: Session, size: int) -> None:
    """The database as it was with `size` entries."""
    for table in (EntryRow, DetailsRow, AboutRow, TagsRow):
        session.execute(delete(table).where(table.position >= size))
    session.execute(delete(TileRow))
    session.execute(delete(CheckpointRow).where(CheckpointRow.size > size))
    tree.grow(session)


@pytest.mark.parametrize("since", ["nothing", "a look", "a look that was signed"])
def test_a_database_put_back_under_a_running_worker_is_told_at_its_next_turn(
    database: Database, vault: Vault, anchor: Anchor, since: str
) -> None:
    """Also when nothing was logged since, and when a receipt had the new history signed meanwhile."""
    fill(database, vault, 5)
    checks.keep_up(database, vault, anchor)
    fill(database, vault, 2, first=5)
    checks.keep_up(database, vault, anchor)
    signed = anchor.read()
    with database.writing() as session:
        put_back(session, 5)
    if since != "nothing":
        fill(database, vault, 3, first=90)
    if since == "a look that was signed":
        with database.writing() as session:
            publishing.publish(session, vault)
    assert checks.keep_up(database, vault, anchor) is None
    with database.reading() as session:
        found = checks.last(session)
    assert found is not None
    assert {one.what for one in found.findings} <= {What.ROLLED_BACK, What.REWRITTEN}
    assert not found.holds
    assert anchor.read() == signed, "the evidence was replaced"
    with pytest.raises(Conflict, match="put back to an older state"):
        publishing.check(database, anchor)


def test_a_result_from_the_future_does_not_put_the_check_off(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 3)
    with database.writing() as session:
        ahead = instants.now() + 10 * 365 * instants.DAY
        session.add(CheckRow(at=ahead, took=1, entries=3, size=3, with_details=True, findings=[]))
    checks.keep_up(database, vault, anchor)
    assert count(database) == 2
