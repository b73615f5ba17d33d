"""A checkpoint is signed only over a history that leads on from what was signed before."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import delete, update

from data.accesses import keys, tree
from data.accesses.tables import AboutRow, CheckpointRow, DetailsRow, EntryRow, ListedRow, TagsRow, TileRow
from data.database import Database
from data.errors import BadInput, Conflict, Unreadable
from data.proofs import accepting, backing, check, publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.tlog import checkpoint, note
from data.tlog.checkpoint import Checkpoint
from data.tlog.note import Signer, Verifier
from tests.data.accesses.logging import fill


@pytest.fixture
def anchor(tmp_path: Path) -> Anchor:
    return Anchor(tmp_path / "checkpoint")


def test_what_is_signed_is_the_root_of_every_entry_so_far(database: Database, vault: Vault, anchor: Anchor) -> None:
    assert publishing.run(database, vault, anchor) is None
    assert anchor.read(None) is None
    fill(database, vault, 300)
    published = publishing.run(database, vault, anchor)
    assert published is not None
    with database.reading() as session:
        key = publishing.verifier_key(session, vault)
        told = checkpoint.parse(note.open_note(published.note, [Verifier.parse(key or "")]).text)
        assert (told.origin, told.size) == (publishing.origin(vault), 300)
        assert told.root == published.root == tree.root(session, 300)
        assert publishing.newest(session) == published
    assert anchor.read(None) == told


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
    assert (kept := anchor.read(None)) is not None
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
        for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow):
            session.execute(delete(table).where(table.position >= 2))
    with pytest.raises(Conflict, match="older state"):
        publishing.check(database, vault, anchor)
    fill(database, vault, 5, first=2)
    with pytest.raises(Conflict, match="file beside the keyring"):
        publishing.run(database, vault, anchor)
    with database.reading() as session:
        assert publishing.newest(session) is None


def test_a_history_that_was_written_anew_is_not_signed(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    publishing.check(database, vault, anchor)
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
    kept = anchor.read(None)
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
        assert anchor.read(None) == kept

    with pytest.raises(Conflict, match="not signed by this log's key"), database.writing() as session:
        publishing.publish(session, vault)


@pytest.mark.parametrize("by", ["another key", "another log"])
def test_an_anchor_that_this_log_did_not_sign_is_refused(
    database: Database, vault: Vault, anchor: Anchor, by: str
) -> None:
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    with database.reading() as session:
        root, log_keys = tree.root(session, 4), keys.find(session, vault)
        assert log_keys is not None
    name = publishing.origin(vault)
    origin, seed = (name, b"k" * 32) if by == "another key" else ("daylight/other", log_keys.signing)
    anchor.path.write_text(note.sign(checkpoint.text(Checkpoint(origin, 4, root)), [Signer(name, seed)]))
    for act in (publishing.run, publishing.check):
        with pytest.raises(Unreadable, match="as this log signed it"):
            act(database, vault, anchor)


def test_without_the_file_beside_the_keyring_nothing_is_opened_or_signed(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    """Whoever puts an older database back takes the file along; only before the first checkpoint there is none."""
    fill(database, vault, 4)
    publishing.check(database, vault, anchor)
    publishing.run(database, vault, anchor)
    anchor.path.unlink()
    for act in (publishing.run, publishing.check):
        with pytest.raises(Conflict, match="is gone"):
            act(database, vault, anchor)
    with pytest.raises(Conflict, match="is gone"), database.writing() as session:
        publishing.publish(session, vault, anchor)
    assert not anchor.path.exists()


def test_a_process_that_dies_after_the_first_checkpoint_leaves_a_file_behind(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    """Or the next start would take a crash for a file that somebody removed."""
    fill(database, vault, 4)
    with database.writing() as session:
        publishing.publish(session, vault, anchor)
    publishing.check(database, vault, anchor)
    assert publishing.run(database, vault, anchor) is not None
    assert (kept := anchor.read(None)) is not None
    assert kept.size == 4


def test_an_operator_goes_on_with_an_older_log_and_everybody_reads_it(
    database: Database, vault: Vault, anchor: Anchor
) -> None:
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    with pytest.raises(Conflict, match="nothing to accept"):
        accepting.accept(database, vault, anchor, "The disk broke.")
    with database.writing() as session:
        for table in (CheckpointRow, TileRow):
            session.execute(delete(table))
        for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow):
            session.execute(delete(table).where(table.position >= 2))
    evidence = anchor.path.read_bytes()
    with pytest.raises(BadInput):
        accepting.accept(database, vault, anchor, " ")
    accepting.accept(database, vault, anchor, "The disk broke.")
    publishing.check(database, vault, anchor)
    fill(database, vault, 1, first=3)
    assert (found := publishing.run(database, vault, anchor)) is not None
    assert found.size == 5
    assert anchor.path.with_name("checkpoint.1").read_bytes() == evidence
    anchor.path.unlink()
    accepting.accept(database, vault, anchor, "And again.")
    with database.reading() as session:
        assert check.check(session, vault, anchor).holds
        told = backing.of(session, vault, ()).accepted
    assert [(one.held, one.kept, one.reason) for one in told] == [(5, None, "And again."), (2, 4, "The disk broke.")]


def test_what_is_broken_by_itself_is_not_accepted(database: Database, vault: Vault, anchor: Anchor) -> None:
    fill(database, vault, 4)
    publishing.run(database, vault, anchor)
    with database.writing() as session:
        session.execute(delete(TileRow))
        session.execute(update(EntryRow).where(EntryRow.position == 1).values(count=999))
    kept = anchor.path.read_bytes()
    anchor.path.write_text("something else")
    with pytest.raises(Conflict, match="checkpoint in the database"):
        accepting.accept(database, vault, anchor, "It is fine.")
    assert anchor.path.read_text() == "something else"
    anchor.path.write_bytes(kept)
    with database.reading() as session:
        assert not accepting.accepted(session, vault)
