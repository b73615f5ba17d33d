"""A turned epoch: everything opens as before, nothing of a backup from before does, and no crash loses a key."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from data.__main__ import main
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.captures import refusals, segments
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import NotAllowed, StoreMissing, Unreadable
from data.looks import history
from data.people.viewer import OPERATOR
from data.rights import epochs, request, steps
from data.rights.epochs import Turned
from data.rights.states import RequestKind
from data.sealing import epochs as sealed_epochs
from data.sealing import keys
from data.sealing.keyring import FileKeyring
from data.sealing.vault import Vault
from data.settings import Settings
from data.store import Store, open_store
from tests.data.rights.conftest import Roster, people
from tests.data.rights.crashing import Place
from tests.data.rights.holding import keep, kept, rows

NARROW = Scope(kinds=frozenset({Kind.KEY}))


def everything(database: Database, vault: Vault, roster: Roster) -> list[Any]:
    """One thing of each sort that hangs from the keyring."""
    with database.reading() as session:
        looks = history.about(session, roster.ana, vault, 1)
        asked = request.mine(session, roster.ana, vault, 1)
        erased = refusals.erased_scopes(session, vault, 1)
    return [kept(database, vault, 1), kept(database, vault, 2), looks, asked, erased]


@pytest.fixture
def full(database: Database, vault: Vault, roster: Roster) -> list[Any]:
    """A store in which everything that the keyring wraps occurs."""
    for person in (1, 2):
        keep(database, vault, person, rows(60, seed=person))
    with database.writing() as session:
        refusals.add(session, vault, 1, NARROW)
        request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE, NARROW)
    return everything(database, vault, roster)


def test_everything_opens_under_the_new_epoch_alone(
    database: Database, vault: Vault, roster: Roster, full: list[Any]
) -> None:
    assert epochs.turn(database, vault, OPERATOR) == Turned(2, (1,))
    assert vault.keyring.epochs() == (2,)
    assert everything(database, vault, roster) == full
    sealed_epochs.check(database, vault)
    with pytest.raises(NotAllowed):
        epochs.turn(database, vault, roster.ana)


def test_a_crash_at_any_point_loses_nothing_and_the_next_turn_ends_with_one_epoch(
    database: Database, vault: Vault, roster: Roster, full: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for owner, name in ((refusals, "_opened"), (log, "append"), (FileKeyring, "destroy")):
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, fail)
            with pytest.raises(KeyboardInterrupt):
                epochs.turn(database, vault, OPERATOR)
        assert len(vault.keyring.epochs()) > 1
        assert everything(database, vault, roster) == full
        sealed_epochs.check(database, vault)
    assert epochs.turn(database, vault, OPERATOR) == Turned(5, (1, 2, 3, 4))
    assert everything(database, vault, roster) == full


def test_a_destroyed_key_is_not_brought_back_by_turning(database: Database, vault: Vault, full: list[Any]) -> None:
    with database.writing() as session:
        keys.destroy(session, 1)
    epochs.turn(database, vault, OPERATOR)
    with database.reading() as session, pytest.raises(Unreadable):
        keys.find(session, vault, 1, 1)
    assert kept(database, vault, 2)


def test_a_backup_from_before_a_deletion_opens_no_more_beside_the_keyring_of_today(
    tmp_path: Path, empty_sqlite: Path
) -> None:
    """Database and segments are copied, the deletion is carried out, the copy is put back: nothing opens, neither of
    the person nor of anybody else, and the store says why. With the keyring from before everything would."""
    folder, backup = tmp_path / "store", tmp_path / "backup"
    folder.mkdir()
    shutil.copy(empty_sqlite, folder / "daylight.db")
    place = Place(f"sqlite:///{folder / 'daylight.db'}", folder)
    vault = Vault.create(folder / "keyring", str(folder / "segments"))
    database = Database(place.database_url)
    roster = people(database)
    for person in (1, 2):
        keep(database, vault, person, rows(60, seed=person))
    before = [kept(database, vault, person) for person in (1, 2)]
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.ERASURE).id
    with database.writing() as session:
        request.decide(session, roster.olga, vault, number, True)
    database.close()
    shutil.copytree(folder, backup)
    database = Database(place.database_url)
    steps.run(database, vault, place.settings, OPERATOR, number)
    assert kept(database, vault, 1) == []
    assert kept(database, vault, 2) == before[1]
    database.close()
    assert open_once(place.settings)

    shutil.rmtree(folder / "segments")
    shutil.copytree(backup / "segments", folder / "segments")
    for file in folder.glob("daylight.db*"):
        file.unlink()
    shutil.copy(backup / "daylight.db", folder / "daylight.db")
    with pytest.raises(StoreMissing, match="before the keyring's epoch 1 was destroyed"):
        open_once(place.settings)
    database = Database(place.database_url)
    for person in (1, 2):
        with database.reading() as session:
            assert segments.listed(session, person)
            with pytest.raises(Unreadable):
                segments.read(session, vault, person)
    database.close()

    old = Vault.open(backup / "keyring", str(folder / "segments"))
    database = Database(place.database_url)
    assert [kept(database, old, person) for person in (1, 2)] == before
    database.close()


def test_an_older_keyring_beside_the_database_is_told_apart(
    database: Database, vault: Vault, full: list[Any], tmp_path: Path
) -> None:
    shutil.copy(tmp_path / "keyring", tmp_path / "older")
    epochs.turn(database, vault, OPERATOR)
    with pytest.raises(StoreMissing, match="keyring is older"):
        sealed_epochs.check(database, Vault(FileKeyring.open(tmp_path / "older"), vault.objects))


def test_the_command_turns_and_says_what_it_means(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "--store", str(tmp_path / "store")]) == 0
    assert main(["keys", "turn", "--store", str(tmp_path / "store"), "--json"]) == 0
    assert '"epoch": 2' in capsys.readouterr().out
    assert main(["keys", "turn", "--store", str(tmp_path / "store")]) == 0
    assert "make a new one" in capsys.readouterr().out


def test_the_log_says_that_the_keys_were_turned(database: Database, vault: Vault, roster: Roster) -> None:
    epochs.turn(database, vault, OPERATOR)
    with database.reading() as session:
        assert session.scalars(select(EntryRow.action)).all() == [Action.KEYS_TURNED.value]


def open_once(settings: Settings) -> Store:
    """The store, opened anew."""
    open_store.cache_clear()
    found = open_store(settings)
    found.database.close()
    open_store.cache_clear()
    return found
