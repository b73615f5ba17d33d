"""Whoever tampers with the log, in whatever way, is found out by the full check, which names the place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.orm import Session

from data.accesses import keys, tree
from data.accesses.tables import (
    AboutRow,
    CheckpointRow,
    DetailsRow,
    EntryRow,
    ExplanationRow,
    ListedRow,
    TagsRow,
    TileRow,
)
from data.database import Database
from data.proofs import check, checks, publishing
from data.proofs.anchor import Anchor
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from data.tlog import checkpoint, note
from data.tlog.checkpoint import Checkpoint
from data.tlog.note import Signer
from tests.data.accesses.logging import ANA, blame, fill, own

SIZE = 700


@pytest.fixture
def anchor(database: Database, vault: Vault, tmp_path: Path) -> Anchor:
    """A log of 700 entries, three checkpoints on the way, and ten entries that are not in the tree yet."""
    found = Anchor(tmp_path / "checkpoint")
    for first, last in ((0, 300), (300, 301), (301, SIZE)):
        fill(database, vault, last - first, first=first)
        publishing.run(database, vault, found)
    fill(database, vault, 10, first=SIZE)
    return found


def checked(database: Database, vault: Vault, anchor: Anchor) -> tuple[Finding, ...]:
    with database.reading() as session:
        return check.check(session, vault, anchor).findings


def test_an_untouched_log_holds(database: Database, vault: Vault, anchor: Anchor) -> None:
    heard: list[tuple[int, int]] = []
    with database.reading() as session:
        found = check.check(session, vault, anchor, progress=lambda done, all: heard.append((done, all)))
    assert found.holds
    assert (found.entries, found.size) == (SIZE + 10, SIZE)
    assert heard[-1] == (SIZE, SIZE)


def test_a_check_takes_nothing_from_what_pages_remember_and_puts_nothing_there(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    with database.writing() as session:
        row = {"position": 40, "said": 41, "settles": True}
        session.execute(insert(ExplanationRow), [row])
    with database.reading() as session:
        log_keys = keys.find(session, vault)
        assert log_keys is not None
        before = log_keys.read.cache_info()  # pyright: ignore[reportFunctionMemberAccess]
        check.check(session, vault, anchor)
        assert keys.find(session, vault) is log_keys
    assert log_keys.read.cache_info() == before  # pyright: ignore[reportFunctionMemberAccess]


def test_an_empty_log_holds(database: Database, vault: Vault, tmp_path: Path) -> None:
    assert checked(database, vault, Anchor(tmp_path / "none")) == ()


def test_details_that_were_taken_away_are_found(database: Database, vault: Vault, anchor: Anchor) -> None:
    """No entry says that they were to be destroyed, so whoever took them was somebody else."""
    with database.writing() as session:
        session.execute(text("DELETE FROM access_details WHERE position IN (40, 650)"))
    assert checked(database, vault, anchor) == tuple(Finding(What.DETAILS_MISSING, at, at) for at in (40, 650))


def test_a_look_that_was_put_on_somebody_else_is_found(database: Database, vault: Vault, anchor: Anchor) -> None:
    """Its leaf, its details and its columns all agree: who looked is no longer whom the details commit to."""
    with database.writing() as session:
        blame(session, vault, 40, own(ANA))
    assert checked(database, vault, anchor) == (Finding(What.DETAILS_CHANGED, 40, 40),)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("accessor_id", "1"),
        ("accessor_id", "NULL"),
        ("who", "''"),
        ("automated", "NOT automated"),
        ("purpose", "'legal'"),
        ("role", "'employee'"),
        ("people_count", "0"),
    ],
)
def test_an_altered_column_is_found_and_named(
    database: Database, vault: Vault, anchor: Anchor, column: str, value: str
) -> None:
    """Lists and figures are found by columns that are not in the tree; the details commit to each of them."""
    with database.writing() as session:
        session.execute(text(f"UPDATE access_details SET {column} = {value} WHERE position = 40"))
    assert checked(database, vault, anchor) == (Finding(What.COLUMNS_CHANGED, 40, 40, column),)


def test_an_access_that_is_no_longer_called_observed_is_found_before_and_after_it_is_in_the_tree(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    with database.writing() as session:
        session.execute(text(f"UPDATE access_entries SET observed = NOT observed WHERE position IN (40, {SIZE + 5})"))
    assert set(checked(database, vault, anchor)) == {
        Finding(What.ENTRY_CHANGED, 40, 40),
        Finding(What.COLUMNS_CHANGED, 40, 40, "observed"),
        Finding(What.COLUMNS_CHANGED, SIZE + 5, SIZE + 5, "observed"),
    }


def test_an_explanation_that_nothing_stands_behind_is_found(database: Database, vault: Vault, anchor: Anchor) -> None:
    """Neither the officer's queue nor the person's page rests on it, and the check names it."""
    with database.writing() as session:
        for at, settles in ((40, True), (41, False)):
            session.execute(insert(ExplanationRow), [{"position": at, "said": 9 + at, "settles": settles}])
    assert checked(database, vault, anchor) == tuple(Finding(What.EXPLANATION_UNFOUNDED, at, 9 + at) for at in (40, 41))


def test_what_differs_is_kept_with_the_check(database: Database, vault: Vault, anchor: Anchor) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE access_details SET who = '', purpose = 'own' WHERE position = 40"))
    found = checks.run(database, vault, anchor)
    assert "it committed to: who, purpose." in found.findings[0].sentence
    with database.reading() as session:
        kept = checks.last(session, vault)
    assert kept is not None
    assert kept.findings == found.findings


def edit(session: Session) -> None:
    session.execute(update(EntryRow).where(EntryRow.position == 17).values(count=0))


def drop_last(session: Session) -> None:
    session.execute(delete(EntryRow).where(EntryRow.position >= SIZE - 1))


def drop_middle(session: Session) -> None:
    session.execute(delete(EntryRow).where(EntryRow.position == 256))


def close_the_gap(session: Session) -> None:
    """As `drop_middle`, and all later entries move up by one."""
    session.execute(delete(EntryRow).where(EntryRow.position == 698))
    session.execute(update(EntryRow).where(EntryRow.position == 699).values(position=698))


def swap(session: Session) -> None:
    one, other = session.get_one(EntryRow, 5), session.get_one(EntryRow, 6)
    fields = ("at", "recorded_at", "action", "source", "count", "commitment", "people")
    values = [{name: getattr(row, name) for name in fields} for row in (one, other)]
    for row, taken in zip((other, one), values, strict=True):
        for name, value in taken.items():
            setattr(row, name, value)


def zero_a_tile(session: Session) -> None:
    session.execute(update(TileRow).where(TileRow.level == 0, TileRow.index == 1).values(hashes=bytes(8192)))


def zero_the_last_tile(session: Session) -> None:
    session.execute(update(TileRow).where(TileRow.level == 0, TileRow.index == 2).values(hashes=bytes(188 * 32)))


def zero_an_upper_tile(session: Session) -> None:
    session.execute(update(TileRow).where(TileRow.level == 1).values(hashes=bytes(64)))


def drop_a_tile(session: Session) -> None:
    session.execute(delete(TileRow).where(TileRow.level == 0, TileRow.index == 0))


def add_a_tile(session: Session) -> None:
    session.add(TileRow(level=2, index=0, hashes=bytes(32)))


def claim_another_root(session: Session) -> None:
    session.execute(update(CheckpointRow).where(CheckpointRow.size == 301).values(root=bytes(32)))


def move_a_checkpoint(session: Session) -> None:
    session.execute(update(CheckpointRow).where(CheckpointRow.size == 301).values(size=302))


def claim_a_larger_log(session: Session) -> None:
    session.execute(update(CheckpointRow).where(CheckpointRow.size == SIZE).values(size=SIZE + 1))


def forge_a_signature(session: Session) -> None:
    row = session.get_one(CheckpointRow, 301)
    text = checkpoint.text(Checkpoint(row.note.partition("\n")[0], 301, row.root))
    row.note = note.sign(text, [Signer(row.note.partition("\n")[0], b"another key of thirty-two bytes.")])


def drop_a_newer_one(session: Session) -> None:
    session.execute(delete(EntryRow).where(EntryRow.position == SIZE + 4))


def change_details(session: Session) -> None:
    session.execute(update(DetailsRow).where(DetailsRow.position == 40).values(details=bytes(200)))


def swap_details(session: Session) -> None:
    one, other = session.get_one(DetailsRow, 40), session.get_one(DetailsRow, 41)
    one.details, other.details = other.details, one.details


def move_the_recording(session: Session) -> None:
    session.execute(update(EntryRow).where(EntryRow.position == 40).values(recorded_at=1))


def hide_from_the_person(session: Session) -> None:
    """The entry stays, but Ana's page no longer lists it."""
    session.execute(delete(AboutRow).where(AboutRow.position == 40))


def hide_from_one_of_two(session: Session) -> None:
    session.execute(delete(AboutRow).where(AboutRow.position == 49, AboutRow.person_id == 1))


def blame_another(session: Session) -> None:
    session.execute(update(AboutRow).where(AboutRow.position == 40).values(person_id=2))


def hide_in_another_year(session: Session) -> None:
    """The entry stays listed for Ana, at a time that no page shows."""
    session.execute(update(ListedRow).where(ListedRow.position == 40).values(at=0))


def hide_from_the_list(session: Session) -> None:
    session.execute(delete(ListedRow).where(ListedRow.position == 40))


def list_for_another(session: Session) -> None:
    session.add(ListedRow(person_id=2, at=session.get_one(EntryRow, 40).at, position=40))


def change_the_tags(session: Session) -> None:
    session.execute(update(TagsRow).where(TagsRow.position == 49).values(tags=bytes(64)))


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (edit, [Finding(What.ENTRY_CHANGED, 17, 17)]),
        (drop_last, [Finding(What.ENTRY_MISSING, SIZE - 1, SIZE - 1)]),
        (drop_middle, [Finding(What.ENTRY_MISSING, 256, 256)]),
        (close_the_gap, [Finding(What.ENTRY_MISSING, 699, 699), Finding(What.ENTRY_CHANGED, 698, 698)]),
        (swap, [Finding(What.ENTRY_CHANGED, 5, 5), Finding(What.ENTRY_CHANGED, 6, 6)]),
        (zero_the_last_tile, [Finding(What.TILE_DAMAGED, 0, 2)]),
        (zero_a_tile, [Finding(What.TILE_DAMAGED, 0, 1)]),
        (zero_an_upper_tile, [Finding(What.TILE_DAMAGED, 1, 0)]),
        (drop_a_tile, [Finding(What.TILE_MISSING, 0, 0)]),
        (add_a_tile, [Finding(What.TILE_SURPLUS, 2, 0)]),
        (claim_another_root, [Finding(What.CHECKPOINT_BROKEN, 301, 301), Finding(What.CHECKPOINT_FORGED, 301, 301)]),
        (move_a_checkpoint, [Finding(What.CHECKPOINT_BROKEN, 302, 302), Finding(What.CHECKPOINT_FORGED, 302, 302)]),
        (
            claim_a_larger_log,
            [Finding(What.CHECKPOINT_MISSING, SIZE, SIZE), Finding(What.CHECKPOINT_BROKEN, SIZE + 1, SIZE + 1)],
        ),
        (forge_a_signature, [Finding(What.CHECKPOINT_FORGED, 301, 301)]),
        (drop_a_newer_one, [Finding(What.NEWER_MISSING, SIZE, SIZE + 9)]),
        (change_details, [Finding(What.DETAILS_CHANGED, 40, 40)]),
        (swap_details, [Finding(What.DETAILS_CHANGED, 40, 40), Finding(What.DETAILS_CHANGED, 41, 41)]),
        (move_the_recording, [Finding(What.DETAILS_CHANGED, 40, 40)]),
        (hide_from_the_person, [Finding(What.PEOPLE_CHANGED, 40, 40)]),
        (hide_from_one_of_two, [Finding(What.PEOPLE_CHANGED, 49, 49)]),
        (blame_another, [Finding(What.PEOPLE_CHANGED, 40, 40)]),
        (hide_in_another_year, [Finding(What.LIST_CHANGED, 40, 40)]),
        (hide_from_the_list, [Finding(What.LIST_CHANGED, 40, 40)]),
        (list_for_another, [Finding(What.LIST_CHANGED, 40, 40)]),
        (change_the_tags, [Finding(What.PEOPLE_CHANGED, 49, 49)]),
    ],
)
def test_tampering_is_found_and_named(
    database: Database,
    vault: Vault,
    anchor: Anchor,
    tamper: Callable[[Session], None],
    found: list[Finding],
) -> None:
    with database.writing() as session:
        tamper(session)
    every = checked(database, vault, anchor)
    assert [one for one in every if one in found] == found
    # A deleted or changed entry takes its details and people along; nothing else is blamed.
    beside = {What.DETAILS_CHANGED, What.PEOPLE_CHANGED, What.COLUMNS_CHANGED, What.NEWER_MISSING}
    places = {one.first for one in found} | {698, 699, *range(SIZE, SIZE + 10)}
    assert all(one in found or (one.what in beside and one.first in places) for one in every)
    assert all(one.sentence for one in every)


def test_putting_an_older_database_back_is_found(database: Database, vault: Vault, anchor: Anchor) -> None:
    """Everything since entry 300 is gone, without a trace in the database itself."""
    with database.writing() as session:
        for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow):
            session.execute(delete(table).where(table.position >= 300))
        session.execute(delete(TileRow))
        session.execute(delete(CheckpointRow).where(CheckpointRow.size > 300))
        tree.grow(session)
    assert checked(database, vault, anchor) == (Finding(What.ROLLED_BACK, 300, SIZE),)


def test_a_history_written_anew_with_the_logs_own_key_is_found(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    """An administrator with every key changes an entry and signs all of it again: only what is kept elsewhere tells."""
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 17).values(action="query"))
        session.execute(delete(TileRow))
        session.execute(delete(CheckpointRow))
        publishing.publish(session, vault)
    with database.reading() as session:
        assert check.check(session, vault, with_details=False).holds
        told = check.check(session, vault).findings
        assert told == (Finding(What.COLUMNS_CHANGED, 17, 17, "action"),), "its details still say what it was"
        assert session.scalar(select(func.count()).select_from(CheckpointRow)) == 1
    assert checked(database, vault, anchor) == (Finding(What.REWRITTEN, SIZE, SIZE), *told)


@pytest.mark.parametrize("away", ["DELETE FROM access_keys", "UPDATE access_keys SET wrapped = 'x'"])
def test_without_its_key_no_checkpoint_is_the_logs(database: Database, vault: Vault, anchor: Anchor, away: str) -> None:
    with database.writing() as session:
        session.execute(text(away))
    assert {one.what for one in checked(database, vault, anchor)} == {What.CHECKPOINT_FORGED, What.KEY_GONE}


def test_a_check_is_not_alarmed_by_what_is_published_meanwhile(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    """The log grows while it is read: the check is of one moment."""

    def publish(_done: int, _all: int) -> None:
        fill(database, vault, 300, first=SIZE + 10)
        publishing.run(database, vault, anchor)

    before = anchor.read(None)
    with database.reading() as session:
        # SQLite's snapshot begins with the first statement, as any page's does.
        assert tree.size(session) == SIZE
        found = check.check(session, vault, None, progress=publish)
    assert before is not None
    assert (found.size, found.findings) == (SIZE, ())
    assert checked(database, vault, anchor) == ()
