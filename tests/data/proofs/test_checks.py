"""The upkeep of the log: it is published as it grows, checked once a day, and a damage is kept for all to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import tree
from data.accesses.tables import AboutRow, CheckpointRow, CheckRow, DetailsRow, EntryRow, ListedRow, TagsRow, TileRow
from data.database import Database
from data.errors import Conflict
from data.proofs import checks, publishing
from data.proofs.anchor import Anchor
from data.proofs.check import Checked
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
        found = checks.last(session, vault)
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
        assert checks.last(session, vault) == found
    assert found.findings == (Finding(What.ENTRY_MISSING, 3, 3),)


def put_back(session: Session, size: int) -> None:
    """The database as it was with `size` entries."""
    for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow):
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
    signed = anchor.read(None)
    with database.writing() as session:
        put_back(session, 5)
    if since != "nothing":
        fill(database, vault, 3, first=90)
    if since == "a look that was signed":
        with database.writing() as session:
            publishing.publish(session, vault)
    assert checks.keep_up(database, vault, anchor) is None
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    assert {one.what for one in found.findings} <= {What.ROLLED_BACK, What.REWRITTEN}
    assert not found.holds
    assert anchor.read(None) == signed, "the evidence was replaced"
    with pytest.raises(Conflict, match="put back to an older state"):
        publishing.check(database, vault, anchor)


def put(session: Session, **said: Any) -> None:
    """A result that somebody writes into the database."""
    row = {"id": 1, "at": 1, "took": 1, "entries": 3, "size": 3, "with_details": True, "findings": "[]", "seal": b"x"}
    session.execute(insert(CheckRow), [row | said])


AHEAD = instants.now() + 10 * 365 * instants.DAY


@pytest.mark.parametrize(
    "said",
    [
        {"at": AHEAD},
        {"id": 2**63 - 1},
        {"id": 2**62 - 1},
        {"id": -5},
        {"findings": '[["nonsense", 1, 1, ""]]'},
        {"at": 7},
    ],
)
def test_a_result_that_somebody_put_there_hides_none_and_is_named(
    database: Database, vault: Vault, anchor: Anchor, said: dict[str, Any]
) -> None:
    """Whatever its number and its date: what is found later is what pages show, and the worker does not check all of
    the log again and again because of it."""
    fill(database, vault, 3)
    with database.writing() as session:
        put(session, **said)
    checks.keep_up(database, vault, anchor)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == 1))
    checks.run(database, vault, anchor)
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    number = said.get("id", 1)
    assert set(found.findings) == {Finding(What.CHECK_ALTERED, number, number), Finding(What.ENTRY_MISSING, 1, 1)}
    assert found.at > instants.now() - instants.MINUTE
    before = count(database)
    for _ in range(3):
        checks.keep_up(database, vault, anchor)
    assert count(database) == before


@pytest.mark.parametrize(
    "change", [{"findings": "[]"}, {"at": 5}, {"at": AHEAD}, {"id": 400}, {"seal": b""}, {"entries": 9}]
)
def test_a_result_that_somebody_alters_is_an_alarm(
    database: Database, vault: Vault, anchor: Anchor, change: dict[str, Any]
) -> None:
    fill(database, vault, 3)
    publishing.run(database, vault, anchor)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == 1))
    checks.run(database, vault, anchor)
    with database.writing() as session:
        session.execute(update(CheckRow).values(**change))
    with database.reading() as session:
        found = checks.last(session, vault)
    number = change.get("id", 1)
    assert found == Checked(0, 0, 0, 0, False, (Finding(What.CHECK_ALTERED, number, number),))
    # The worker reads it all again at its next turn, and the alarm stays beside what it finds.
    checks.keep_up(database, vault, anchor)
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    assert found.findings == (Finding(What.CHECK_ALTERED, number, number), Finding(What.ENTRY_MISSING, 1, 1))


def test_a_result_of_a_clock_that_ran_ahead_is_named_and_not_believed(
    database: Database, vault: Vault, anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was kept by this program, and would pass for new for as long as the clock was ahead."""
    fill(database, vault, 3)
    with monkeypatch.context() as patch:
        patch.setattr(instants, "now", lambda: AHEAD)
        checks.run(database, vault, anchor)
    checks.keep_up(database, vault, anchor)
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    assert found.findings == (Finding(What.CHECK_AHEAD, 1, 1),)
    assert found.at < instants.now()


def test_the_newest_result_is_the_one_that_was_kept_last_whatever_the_clock_said(
    database: Database, vault: Vault, anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that was put right by minutes in between must not leave an earlier word standing."""
    fill(database, vault, 3)
    publishing.run(database, vault, anchor)
    soon = instants.now() + 4 * instants.MINUTE
    with monkeypatch.context() as patch:
        patch.setattr(instants, "now", lambda: soon)
        checks.run(database, vault, anchor)
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == 1))
    found = checks.run(database, vault, anchor)
    with database.reading() as session:
        assert checks.last(session, vault) == found
    assert not found.holds


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        ("INSERT INTO access_tiles (level, \"index\", hashes) VALUES (0, 3, '12345678901234567890123456789012')", None),
        ("UPDATE access_entries SET position = 7 WHERE position = 5", What.NEWER_MISSING),
        ("UPDATE access_entries SET position = 900000000000 WHERE position = 4", What.ENTRY_MISSING),
    ],
)
def test_whatever_keeps_the_log_from_being_published_it_is_read_again_and_told(
    database: Database, vault: Vault, anchor: Anchor, harm: str, what: What | None
) -> None:
    """The daily check of a log that takes in a new look, after each of these, never ran again."""
    fill(database, vault, 5)
    checks.keep_up(database, vault, anchor)
    fill(database, vault, 1, first=5)
    with database.writing() as session:
        session.execute(text(harm))
    for _ in range(3):
        assert checks.keep_up(database, vault, anchor) is None
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    assert (what or What.TILE_SURPLUS) in {one.what for one in found.findings}
    assert count(database) == 2, "and not again and again"


def test_an_anchor_that_cannot_be_read_is_told_and_the_log_is_read_all_the_same(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    fill(database, vault, 5)
    checks.keep_up(database, vault, anchor)
    anchor.path.write_bytes(b"\xff")
    with database.writing() as session:
        session.execute(delete(EntryRow).where(EntryRow.position == 2))
    checks.keep_up(database, vault, anchor)
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    assert [one.what for one in found.findings] == [What.ANCHOR_UNREADABLE, What.ENTRY_MISSING]


def test_that_nothing_can_be_signed_any_more_is_an_alarm_though_nothing_else_is_found(
    database: Database, vault: Vault, anchor: Anchor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(database, vault, 5)
    checks.keep_up(database, vault, anchor)
    monkeypatch.setattr(publishing, "run", lambda *_: 1 / 0)
    for _ in range(3):
        checks.keep_up(database, vault, anchor)
    with database.reading() as session:
        found = checks.last(session, vault)
    assert found is not None
    assert [one.what for one in found.findings] == [What.NOT_PUBLISHED]
    assert "ZeroDivisionError" in found.findings[0].sentence
    assert count(database) == 2
