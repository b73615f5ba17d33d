"""A person scans the whole log on a machine of their own, with one file of theirs and the public routes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from data.accesses import log, tree
from data.accesses.keys import PADDED
from data.accesses.tables import AboutRow, CheckpointRow, EntryRow, ListedRow, TagsRow, TileRow
from data.database import Database
from data.errors import BadInput, NotAllowed, NotFound
from data.proofs import publishing, receipt, scan, tags, verify, witnesses
from data.proofs.verify import Scanned
from data.sealing.vault import Vault
from data.tlog import merkle, tiles
from tests.data.accesses.logging import ANA, BEN, OFFICER, fill, looks, own

BULK = 300
MANY = tuple(range(ANA, 400))


@pytest.fixture
def filled(database: Database, vault: Vault) -> None:
    """301 signed entries, each tenth about two people and the last about hundreds."""
    fill(database, vault, BULK)
    with database.writing() as session:
        log.extend(session, vault, [replace(looks(1)[0], people=MANY)])
        publishing.publish(session, vault)


def served(database: Database, vault: Vault) -> Callable[[str], bytes]:
    """What the app's public routes give of the log (tests/test_app_ledger.py asks them by HTTP)."""

    def at(path: str) -> bytes:
        with database.reading() as session:
            if path == "checkpoint":
                return (witnesses.cosigned_note(session) or "").encode()
            if path.startswith("tags/of/"):
                return tags.of(session, vault, int(path.removeprefix("tags/of/")))
            kind, _, place = path.partition("/")
            asked = tiles.parse(place if kind == "tile" else f"entries/{place}")
            assert asked is not None, path
            if kind == "tags":
                return tags.bundle(session, vault, asked.index, asked.width)
            return tree.bundle(session, asked.index, asked.width)

    return at


def saved(database: Database, vault: Vault, person_id: int = ANA) -> str:
    with database.reading() as session:
        return scan.listed(session, own(person_id), vault, person_id).decode()


def scanned(database: Database, vault: Vault, person_id: int = ANA) -> Scanned:
    return verify.scan(saved(database, vault, person_id), served(database, vault))


def take_off(database: Database, position: int) -> None:
    """What whoever writes the database does to keep an entry off Ana's page."""
    with database.writing() as session:
        for table in (AboutRow, ListedRow):
            session.execute(delete(table).where(table.person_id == ANA, table.position == position))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("person_id", [ANA, BEN, MANY[-1]])
def test_an_honest_log_is_found_to_list_what_the_program_itself_finds(
    database: Database, vault: Vault, person_id: int
) -> None:
    found = scanned(database, vault, person_id)
    with database.reading() as session:
        inside = scan.scan(session, own(person_id), vault, None, person_id)
    assert (found.size, len(found.mine), found.until) == (BULK + 1, inside.mine, BULK + 1)
    assert found.mine[-1] == BULK
    assert not (found.omitted or found.foreign or found.unclear)
    assert any("listed all of them among the first 301" in one for one in verify.scan_sentences(found, True))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("position", [20, 29, BULK])
def test_an_entry_kept_off_the_page_is_found(database: Database, vault: Vault, position: int) -> None:
    """Of Ana alone, of two people, and of hundreds; what lies beside the entry is made to agree with the page."""
    take_off(database, position)
    found = scanned(database, vault)
    assert (found.omitted, found.foreign, found.unclear) == ((position,), (), ())
    with pytest.raises(verify.Wrong, match=f"kept off it {position};"):
        verify.scan_sentences(found, True)
    others = scanned(database, vault, BEN)
    assert (others.omitted, others.unclear) == ((), (position,) if position == 20 else ())


@pytest.mark.usefixtures("filled")
def test_tags_without_somebodys_are_not_those_that_the_entry_committed_to(database: Database, vault: Vault) -> None:
    with database.reading() as session:
        kept = merkle.split(session.get_one(TagsRow, 29).tags)
    for one in kept:
        with database.writing() as session:
            session.execute(update(TagsRow).where(TagsRow.position == 29).values(tags=one))
        found = scanned(database, vault)
        assert (found.unclear, found.foreign, found.omitted) == ((29,), (), ())
        with pytest.raises(verify.Wrong, match="whom they are about 29"):
            verify.scan_sentences(found, True)


@pytest.mark.usefixtures("filled")
def test_a_look_that_was_never_at_the_persons_data_is_told(database: Database, vault: Vault) -> None:
    told = {**json.loads(saved(database, vault)), "listed": [1, *json.loads(saved(database, vault))["listed"]]}
    assert verify.scan(json.dumps(told), served(database, vault)).foreign == (1,)


@pytest.mark.usefixtures("filled")
def test_entries_that_do_not_have_the_root_that_was_signed_are_refused(database: Database, vault: Vault) -> None:
    """One that was changed, and one that was left out of what is served."""
    honest, mine = served(database, vault), saved(database, vault)

    def without(path: str) -> bytes:
        found = honest(path)
        return found[2 + int.from_bytes(found[:2], "big") :] if path == "tile/entries/000" else found

    with pytest.raises(verify.Wrong):
        verify.scan(mine, without)
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 8).values(count=99))
    with pytest.raises(verify.Wrong, match="not the 301 that were signed"):
        verify.scan(mine, honest)


@pytest.mark.usefixtures("filled")
def test_what_came_after_the_file_was_saved_is_newer_and_not_kept_off(database: Database, vault: Vault) -> None:
    mine = saved(database, vault)
    fill(database, vault, 10, first=400)
    with database.writing() as session:
        publishing.publish(session, vault)
    found = verify.scan(mine, served(database, vault))
    assert (found.size, found.until, found.omitted) == (BULK + 11, BULK + 1, ())
    assert any("newer than your file: 6" in one for one in verify.scan_sentences(found, True))


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(("cut", "said"), [(True, "Only 100 entries are signed now"), (False, "TWO HISTORIES")])
def test_a_history_written_anew_is_not_the_one_that_was_signed_when_the_file_was_saved(
    database: Database, vault: Vault, cut: bool, said: str
) -> None:
    mine = saved(database, vault)
    with database.writing() as session:
        for table in (TileRow, CheckpointRow):
            session.execute(delete(table))
        if cut:
            session.execute(delete(EntryRow).where(EntryRow.position >= 100))
        else:
            session.execute(update(EntryRow).where(EntryRow.position == 3).values(count=99))
        publishing.publish(session, vault)
    with pytest.raises(verify.Wrong, match=said):
        verify.scan(mine, served(database, vault))


@pytest.mark.usefixtures("filled")
def test_a_key_alone_finds_and_says_that_nothing_was_compared(database: Database, vault: Vault) -> None:
    with database.reading() as session:
        alone = receipt.tag_key(session, own(ANA), vault, ANA).decode()
        key = publishing.verifier_key(session, vault)
    with pytest.raises(verify.Wrong, match="--key"):
        verify.scan(alone, served(database, vault))
    take_off(database, 20)
    found = verify.scan(alone, served(database, vault), key=key)
    assert (found.until, 20 in found.mine) == (None, True)
    assert any("was not compared" in one for one in verify.scan_sentences(found, True))


@pytest.mark.usefixtures("filled")
def test_another_logs_key_or_file_is_refused(database: Database, vault: Vault, tmp_path: Path) -> None:
    mine = json.loads(saved(database, vault))
    key = "elsewhere" + mine["log_key"][mine["log_key"].index("+") :]
    wrong = [{**mine, "origin": "daylight/x"}, {**mine, "log_key": key}, {**mine, "key": "00"}, {"x": 1}, []]
    for one in wrong:
        with pytest.raises(verify.Wrong):
            verify.scan(json.dumps(one), served(database, vault))
    with pytest.raises(verify.Wrong, match="names another key"):
        verify.scan(json.dumps(mine), served(database, vault), key=key)
    with pytest.raises(verify.Wrong, match="has no checkpoint"):
        verify.scan(json.dumps(mine), verify.tiles_from(str(tmp_path)))


@pytest.mark.usefixtures("filled")
def test_the_file_is_for_its_person_and_is_their_key_too(database: Database, vault: Vault) -> None:
    for viewer in (own(BEN), OFFICER):
        with pytest.raises(NotAllowed), database.reading() as session:
            scan.listed(session, viewer, vault, ANA)
    key = scan.read_key(saved(database, vault), vault)
    with database.reading() as session:
        assert scan.scan(session, own(ANA), vault, None, ANA, key=key).holds
    with pytest.raises(BadInput):
        scan.read_key(saved(database, vault).replace("daylight/", "elsewhere/"), vault)


@pytest.mark.usefixtures("filled")
def test_no_two_tags_are_alike_whoever_they_are_of(database: Database, vault: Vault) -> None:
    """A tag that came twice would tell that two entries are about one person."""
    with database.reading() as session:
        found = [one for position in range(BULK + 1) for one in merkle.split(tags.of(session, vault, position))]
    assert len(set(found)) == len(found) == 270 + PADDED * 30 + 4 * PADDED


@pytest.mark.usefixtures("filled")
def test_tags_are_given_for_signed_entries_only(database: Database, vault: Vault) -> None:
    fill(database, vault, 1, first=500)
    with database.reading() as session:
        for position in (-1, BULK + 1):
            with pytest.raises(NotFound):
                tags.of(session, vault, position)
        for index, width in ((1, 46), (2, 1), (-1, 1)):
            with pytest.raises(NotFound):
                tags.bundle(session, vault, index, width)
        assert len(tags.bundle(session, vault, 1, 44)) == 44 * 4 + 32 * (39 + 5 * PADDED)
