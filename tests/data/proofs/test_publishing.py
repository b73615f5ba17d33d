"""A checkpoint is signed only over a history that leads on from what was signed before."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from data.accesses import tree
from data.accesses.tables import AboutRow, CheckpointRow, DetailsRow, EntryRow, TagsRow, TileRow
from data.database import Database
from data.errors import Conflict, Unreadable
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.tlog import checkpoint, note
from data.tlog.note import Verifier
from tests.data.accesses.logging import fill


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    return Anchor(tmp_path / "checkpoint")


def test_what_is_signed_is_the_root_of_every_entry_so_far(database: Database, vault: Vault, anchor: Anchor) -> None:
    assert publishing.run(database, vault, anchor) is None
    assert anchor.read() is None
    fill(database, vault, 300)
    published = publishing.run(database, vault, anchor)
    assert published is not None
    with database.reading() as session:
        key = publishing.verifier_key(session, vault)
        told = checkpoint.parse(note.open_note(published.note, [Verifier.parse(key or "")]).text)
        assert (told.origin, told.size) == (publishing.origin(vault), 300)
        assert told.root == published.root == tree.root(session, 300)
        assert publishing.newest(session) == published
    assert anchor.read() == told


def test_nothing_is_signed_twice_and_the_anchor_only_moves_on(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 3)
    first = publishing.run(database, vault, anchor)
    assert publishing.run(database, vault, anchor) == first
    fill(database, vault, 2, first=3)
    second = publishing.run(database, vault, anchor)
    assert first is not None
    assert second is not None
    assert second.size == 5
    anchor.keep(first.note)
    assert (kept := anchor.read()) is not None
    assert kept.size == 5


def test_the_key_stays_the_same_when_the_keyring_turns(database: Database, vault: Vault) -> None:
    from data.accesses import keys

    fill(database, vault, 1)
    with database.writing() as session:
        before = publishing.verifier_key(session, vault)
        vault.keyring.turn()
        keys.rewrap(session, vault)
        assert publishing.verifier_key(session, vault) == before


def test_a_history_that_was_cut_back_is_neither_opened_nor_signed(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    """An older copy of the database is put back, and then used on."""
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    with database.writing() as session:
        for table in (CheckpointRow, TileRow):
            session.execute(delete(table))
        for table in (EntryRow, DetailsRow, AboutRow, TagsRow):
            session.execute(delete(table).where(table.position >= 2))
    with pytest.raises(Conflict, match="older state"):
        publishing.check(database, anchor)
    fill(database, vault, 5, first=2)
    with pytest.raises(Conflict, match="file beside the keyring"):
        publishing.run(database, vault, anchor)
    with database.reading() as session:
        assert publishing.newest(session) is None


def test_a_history_that_was_written_anew_is_not_signed(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    publishing.check(database, anchor)
    with database.writing() as session:
        session.execute(delete(TileRow))
        session.execute(update(EntryRow).where(EntryRow.position == 1).values(count=999))
    fill(database, vault, 1, first=4)
    with pytest.raises(Conflict, match="checkpoint in the database"):
        publishing.run(database, vault, anchor)


def test_an_anchor_that_is_no_checkpoint_is_said_to_be_none(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 1)
    anchor.path.write_text("something else\n")
    with pytest.raises(Unreadable, match="newest checkpoint"):
        publishing.run(database, vault, anchor)


def test_a_checkpoint_that_somebody_put_there_is_neither_followed_nor_kept(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    """Whoever can write the database but has no key names the root of another history."""
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    kept = anchor.read()
    fill(database, vault, 1, first=4)
    with database.writing() as session:
        last = session.get_one(CheckpointRow, 4)
        forged = last.note.replace("\n4\n", "\n5\n")
        session.add(CheckpointRow(size=5, root=bytes(32), signed_at=1, note=forged))
    for act in (
        lambda: publishing.run(database, vault, anchor),
        lambda: fill(database, vault, 1, first=5) or publishing.run(database, vault, anchor),
    ):
        with pytest.raises(Conflict):
            act()
        assert anchor.read() == kept
