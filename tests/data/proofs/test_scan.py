"""A person finds every entry about themselves in the log, whatever their page lists, and a log that is another one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, delete, insert, text, update
from sqlalchemy.orm import Session

from data.accesses import keys, log, tree
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, CheckpointRow, DetailsRow, EntryRow, ListedRow, PinRow, TagsRow, TileRow
from data.database import Database
from data.errors import BadInput, NotAllowed, NotFound, Unreadable
from data.proofs import pins, publishing, receipt, scan
from data.proofs.anchor import Anchor
from data.proofs.scan import Scanned
from data.sealing.vault import Vault
from data.tlog import checkpoint, note
from data.tlog.checkpoint import Checkpoint
from data.tlog.note import Signer
from tests.data.accesses.logging import ANA, AT, BEN, OFFICER, fill, looks, own


@pytest.fixture
def filled(database: Database, vault: Vault) -> None:
    """60 entries, of which 50 are signed: every tenth about Ana and Ben, the rest about them in turn."""
    fill(database, vault, 50)
    with database.writing() as session:
        publishing.publish(session, vault)
    fill(database, vault, 10, first=50)


def scanned(database: Database, vault: Vault, person_id: int = ANA) -> Scanned:
    with database.reading() as session:
        return scan.scan(session, own(person_id), vault, None, person_id)


@pytest.mark.usefixtures("filled")
def test_an_honest_log_lists_all_there_is(database: Database, vault: Vault) -> None:
    found = scanned(database, vault)
    assert found.holds
    assert (found.entries, found.signed, found.mine) == (60, 50, 36)
    assert scanned(database, vault, BEN).mine == 30


@pytest.mark.usefixtures("filled")
def test_an_entry_taken_off_the_page_is_found(database: Database, vault: Vault) -> None:
    """Also one that was about several people, and one that is not signed yet."""
    with database.writing() as session:
        session.execute(delete(AboutRow).where(AboutRow.person_id == ANA, AboutRow.position.in_([4, 9, 58])))
    found = scanned(database, vault)
    assert (found.holds, found.omitted, found.unclear) == (False, (4, 9, 58), ())
    assert scanned(database, vault, BEN).unclear == (4, 58), "of Ana's alone nothing shows him whom they are about"


@pytest.mark.usefixtures("filled")
def test_an_entry_that_was_never_about_the_person_is_told(database: Database, vault: Vault) -> None:
    """Where it is about somebody else alone, the log no longer shows that it is not about Ana among others."""
    with database.writing() as session:
        position = log.extend(session, vault, [replace(looks(1)[0], people=(BEN, 3))]).start
        for table, row in ((AboutRow, {}), (ListedRow, {"at": AT})):
            session.execute(insert(table).values(person_id=ANA, position=position, **row))
            session.execute(update(table).where(table.position == 1).values(person_id=ANA))
    found = scanned(database, vault)
    assert (found.holds, found.foreign, found.unclear) == (False, (position,), (1,))
    assert scanned(database, vault, BEN).omitted == (1,)


@pytest.mark.usefixtures("filled")
def test_tags_that_were_changed_do_not_add_up(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        session.execute(update(TagsRow).where(TagsRow.position == 9).values(tags=bytes(64)))
    found = scanned(database, vault)
    assert (found.unclear, found.foreign, found.omitted) == ((9,), (), ())


@pytest.mark.usefixtures("filled")
def test_tags_that_were_taken_out_follow_from_whom_the_entry_is_said_to_be_about_or_from_nothing(
    database: Database, vault: Vault
) -> None:
    """Whoever takes Ana's rows along keeps the entry off her page; without its tags it looks like one about Ben."""
    with database.writing() as session:
        session.execute(delete(TagsRow).where(TagsRow.position == 9))
    assert scanned(database, vault).holds
    with database.writing() as session:
        for table in (AboutRow, ListedRow):
            session.execute(delete(table).where(table.person_id == ANA, table.position == 9))
    for person_id in (ANA, BEN):
        found = scanned(database, vault, person_id)
        assert (found.holds, found.unclear, found.foreign, found.omitted) == (False, (9,), (), ())


@pytest.mark.usefixtures("filled")
def test_an_entry_about_nobody_says_so_while_nobody_is_put_there(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        position = log.extend(session, vault, [replace(looks(1)[0], people=(), action=Action.ROSTER)]).start
    assert scanned(database, vault).holds
    with database.writing() as session:
        session.add(AboutRow(position=position, person_id=BEN))
    assert scanned(database, vault).unclear == (position,)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("rule", [EntryRow.position == 49, EntryRow.position == 20])
def test_a_log_from_which_something_was_deleted_is_not_the_signed_one(
    database: Database, vault: Vault, rule: ColumnElement[bool]
) -> None:
    with database.writing() as session:
        session.execute(delete(EntryRow).where(rule))
    assert not scanned(database, vault).is_signed


@pytest.fixture
def anchor(database: Database, vault: Vault, tmp_path: Path) -> Anchor:
    """The same log, whose newest checkpoint is kept beside the keyring too."""
    found = Anchor(tmp_path / "checkpoint")
    fill(database, vault, 50)
    publishing.run(database, vault, found)
    return found


def with_anchor(database: Database, vault: Vault, anchor: Anchor) -> Scanned:
    with database.reading() as session:
        return scan.scan(session, own(ANA), vault, anchor, ANA)


def test_an_entry_that_was_edited_is_not_the_signed_one(database: Database, vault: Vault, anchor: Anchor) -> None:
    """Nothing is missing and every tag adds up: only the root tells."""
    assert with_anchor(database, vault, anchor).holds
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 20).values(count=99))
    found = with_anchor(database, vault, anchor)
    assert (found.holds, found.is_signed) == (False, False)
    assert not (found.omitted or found.foreign or found.unclear)


def test_an_entry_listed_at_another_time_is_kept_off_the_page(database: Database, vault: Vault, anchor: Anchor) -> None:
    with database.writing() as session:
        session.execute(update(ListedRow).where(ListedRow.position == 20).values(at=0))
    assert with_anchor(database, vault, anchor).omitted == (20,)


def cut(session: Session, size: int, note: str) -> None:
    """The log without its end, under a checkpoint that whoever did it wrote."""
    for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow):
        session.execute(delete(table).where(table.position >= size))
    for table in (TileRow, CheckpointRow):
        session.execute(delete(table))
    tree.grow(session)
    session.add(CheckpointRow(size=size, root=tree.root(session, size), signed_at=1, note=note))


@pytest.mark.usefixtures("filled")
def test_a_checkpoint_that_the_log_did_not_sign_makes_no_log_a_signed_one(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        cut(session, 40, "rubbish")
    assert not scanned(database, vault).is_signed


def test_a_log_that_was_put_back_is_not_the_signed_one_though_its_checkpoint_is(
    database: Database, vault: Vault, tmp_path: Path
) -> None:
    """What is kept beside the keyring is newer; the same when that is gone, or somebody altered it."""
    anchor = Anchor(tmp_path / "checkpoint")
    fill(database, vault, 40)
    older = publishing.run(database, vault, anchor)
    assert older is not None
    old = anchor.path.read_bytes()
    fill(database, vault, 10, first=40)
    publishing.run(database, vault, anchor)
    with database.writing() as session:
        cut(session, 40, older.note)
    assert not with_anchor(database, vault, anchor).is_signed
    for content in (b"something else", None):
        anchor.path.unlink() if content is None else anchor.path.write_bytes(content)
        assert not with_anchor(database, vault, anchor).is_signed
    anchor.path.write_bytes(old)
    assert with_anchor(database, vault, anchor).holds, "only somebody outside can tell"


@pytest.mark.usefixtures("filled")
def test_a_forged_size_without_end_does_not_keep_the_scan_from_ending(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        session.add(CheckpointRow(size=9 * 10**18, root=bytes(32), signed_at=1, note="rubbish"))
        session.execute(update(EntryRow).where(EntryRow.position == 59).values(position=900_000_000_000))
        session.execute(update(EntryRow).where(EntryRow.position == 3).values(commitment="zz.."))
    found = scanned(database, vault)
    assert (found.entries, found.is_signed, found.unclear) == (60, False, (3, 900_000_000_000))


@pytest.mark.usefixtures("filled")
def test_with_the_key_they_took_a_person_finds_themselves_under_whatever_number_the_program_calls_them(
    database: Database, vault: Vault
) -> None:
    """Whoever exchanges who Ana is in the database leaves her an empty page that agrees with itself."""
    with database.reading() as session:
        key = scan.read_key(receipt.tag_key(session, own(ANA), vault, ANA).decode(), vault)
        assert scan.scan(session, own(ANA), vault, None, ANA, key=key).holds
        empty = scan.scan(session, own(77), vault, None, 77)
        found = scan.scan(session, own(77), vault, None, 77, key=key)
    assert (empty.holds, empty.mine) == (True, 0)
    assert (found.holds, found.mine, found.is_my_key, len(found.omitted)) == (False, 36, False, 36)


@pytest.mark.usefixtures("filled")
def test_a_file_that_is_no_key_of_this_log_is_refused(database: Database, vault: Vault) -> None:
    with database.reading() as session:
        good = receipt.tag_key(session, own(ANA), vault, ANA).decode()
    for bad in ("", "[]", "{}", good.replace("daylight/", "elsewhere/"), good.replace('"key": "', '"key": "00')):
        with pytest.raises(BadInput):
            scan.read_key(bad, vault)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("gone", ["DELETE FROM access_keys", "UPDATE access_keys SET wrapped = '12345'"])
def test_without_the_logs_key_nobody_is_told_that_nothing_concerns_them(
    database: Database, vault: Vault, gone: str
) -> None:
    with database.writing() as session:
        session.execute(text("DELETE FROM access_people WHERE person_id = 1"))
        session.execute(text(gone))
    with pytest.raises(Unreadable):
        scanned(database, vault)


def test_only_the_person_scans_and_only_when_there_is_something(database: Database, vault: Vault) -> None:
    with pytest.raises(NotFound):
        scanned(database, vault)
    fill(database, vault, 1)
    for viewer in (own(BEN), OFFICER):
        with pytest.raises(NotAllowed), database.reading() as session:
            scan.scan(session, viewer, vault, None, ANA)


@pytest.mark.usefixtures("filled")
def test_what_somebody_saw_last_is_remembered_and_led_on_from(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        newest = publishing.newest(session)
        assert newest is not None
        assert pins.find(session, own(ANA), newest) is None
        pins.keep(session, own(ANA), vault, newest)
        found = pins.find(session, own(ANA), newest)
        assert found is not None
        assert (found.size, found.leads_on, found.is_behind) == (50, True, False)
        assert pins.find(session, own(BEN), newest) is None
    with database.writing() as session:
        newer = publishing.publish(session, vault)
        assert newer is not None
        found = pins.find(session, own(ANA), newer)
        assert found is not None
        assert (found.size, found.leads_on, found.is_behind) == (50, True, True)
        pins.keep(session, own(ANA), vault, newer)
        found = pins.find(session, own(ANA), newer)
        assert found is not None
        assert (found.size, found.is_behind) == (60, False)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("size", "root"), [(4000, bytes(32)), (60, bytes(32)), (60, None), (50, None)])
def test_only_what_the_log_signed_is_remembered(
    database: Database, vault: Vault, size: int, root: bytes | None
) -> None:
    """A row that somebody put there would be an alarm for good, or stand for the next history that they write."""
    with database.writing() as session:
        tree.grow(session)
        signed = publishing.newest(session)
        assert signed is not None
        forged = replace(
            signed, size=size, root=root or tree.root(session, size), note="x" if size == 50 else signed.note
        )
        pins.keep(session, own(ANA), vault, forged)
        # Signed once, of another history than the one that the database holds now.
        signer = Signer(publishing.origin(vault), keys.make(session, vault).signing)
        other = note.sign(checkpoint.text(Checkpoint(signer.name, 50, bytes(32))), [signer])
        pins.keep(session, own(ANA), vault, replace(signed, root=bytes(32), note=other))
        assert pins.find(session, own(ANA), signed) is None
        pins.keep(session, own(ANA), vault, signed)
        assert pins.find(session, own(ANA), signed) is not None


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("cut", [False, True])
def test_a_history_written_anew_does_not_lead_on_and_the_pin_stays(database: Database, vault: Vault, cut: bool) -> None:
    with database.writing() as session:
        first = publishing.newest(session)
        assert first is not None
        pins.keep(session, own(ANA), vault, first)
        for table in (TileRow, CheckpointRow):
            session.execute(delete(table))
        if cut:
            session.execute(delete(EntryRow).where(EntryRow.position >= 40))
        else:
            session.execute(update(EntryRow).where(EntryRow.position == 3).values(count=99))
        anew = publishing.publish(session, vault)
        assert anew is not None
        found = pins.find(session, own(ANA), anew)
        assert found is not None
        assert not found.leads_on
        pins.keep(session, own(ANA), vault, anew)
        assert session.get_one(PinRow, ANA).root == first.root
