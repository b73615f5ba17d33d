"""A person finds every entry about themselves in the log, whatever their page lists, and a log that is another one."""

from __future__ import annotations

import pytest
from sqlalchemy import ColumnElement, delete, update

from data.accesses.tables import AboutRow, CheckpointRow, EntryRow, PinRow, TagsRow, TileRow
from data.database import Database
from data.errors import NotAllowed, NotFound
from data.proofs import pins, publishing, scan
from data.proofs.scan import Scanned
from data.sealing.vault import Vault
from tests.data.accesses.logging import ANA, BEN, OFFICER, fill, own


@pytest.fixture
def filled(database: Database, vault: Vault) -> None:
    """60 entries, of which 50 are signed: every tenth about Ana and Ben, the rest about them in turn."""
    fill(database, vault, 50)
    with database.writing() as session:
        publishing.publish(session, vault)
    fill(database, vault, 10, first=50)


def scanned(database: Database, vault: Vault, person_id: int = ANA) -> Scanned:
    with database.reading() as session:
        return scan.scan(session, own(person_id), vault, person_id)


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
    assert (found.holds, found.omitted) == (False, (4, 9, 58))
    assert scanned(database, vault, BEN).holds


@pytest.mark.usefixtures("filled")
def test_an_entry_that_was_never_about_the_person_is_told(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        session.execute(update(AboutRow).where(AboutRow.position == 1).values(person_id=ANA))
    found = scanned(database, vault)
    assert (found.holds, found.foreign) == (False, (1,))
    assert scanned(database, vault, BEN).omitted == (1,)


@pytest.mark.usefixtures("filled")
def test_tags_that_were_taken_out_or_changed_do_not_add_up(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        session.execute(update(TagsRow).where(TagsRow.position == 9).values(tags=bytes(64)))
    assert scanned(database, vault).unclear == (9,)
    with database.writing() as session:
        session.execute(delete(TagsRow).where(TagsRow.position == 9))
    # The page still lists it, and the log no longer shows that it is about Ana.
    assert scanned(database, vault).foreign == (9,)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("rule", [EntryRow.position == 49, EntryRow.position == 20])
def test_a_log_from_which_something_was_deleted_is_not_the_signed_one(
    database: Database, vault: Vault, rule: ColumnElement[bool]
) -> None:
    with database.writing() as session:
        session.execute(delete(EntryRow).where(rule))
    assert not scanned(database, vault).is_signed


def test_only_the_person_scans_and_only_when_there_is_something(database: Database, vault: Vault) -> None:
    with pytest.raises(NotFound):
        scanned(database, vault)
    fill(database, vault, 1)
    for viewer in (own(BEN), OFFICER):
        with pytest.raises(NotAllowed), database.reading() as session:
            scan.scan(session, viewer, vault, ANA)


@pytest.mark.usefixtures("filled")
def test_what_somebody_saw_last_is_remembered_and_led_on_from(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        newest = publishing.newest(session)
        assert newest is not None
        assert pins.find(session, own(ANA), newest) is None
        pins.keep(session, own(ANA), newest)
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
        pins.keep(session, own(ANA), newer)
        found = pins.find(session, own(ANA), newer)
        assert found is not None
        assert (found.size, found.is_behind) == (60, False)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("cut", [False, True])
def test_a_history_written_anew_does_not_lead_on_and_the_pin_stays(database: Database, vault: Vault, cut: bool) -> None:
    with database.writing() as session:
        first = publishing.newest(session)
        assert first is not None
        pins.keep(session, own(ANA), first)
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
        pins.keep(session, own(ANA), anew)
        assert session.get_one(PinRow, ANA).root == first.root
