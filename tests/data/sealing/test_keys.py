"""What is sealed opens only where it belongs, and never again once its key is destroyed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.database import Database
from data.errors import Conflict, StoreMissing, Unreadable
from data.sealing import envelope, keys
from data.sealing.vault import Vault


@given(st.binary(max_size=2000), st.binary(max_size=50))
def test_what_is_sealed_opens_again(plain: bytes, aad: bytes) -> None:
    key = envelope.new_key()
    assert envelope.unseal(key, envelope.seal(key, plain, aad), aad) == plain


@given(st.data())
def test_no_byte_of_an_envelope_can_be_altered(data: st.DataObject) -> None:
    key = envelope.new_key()
    sealed = bytearray(envelope.seal(key, b"she typed this", b"here"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(Unreadable):
        envelope.unseal(key, bytes(sealed), b"here")


def test_an_envelope_opens_neither_elsewhere_nor_with_another_key() -> None:
    key = envelope.new_key()
    sealed = envelope.seal(key, b"x", envelope.binding("s", "segment", person=1, segment=2))
    for other, place in ((key, {"person": 2, "segment": 2}), (envelope.new_key(), {"person": 1, "segment": 2})):
        with pytest.raises(Unreadable):
            envelope.unseal(other, sealed, envelope.binding("s", "segment", **place))


def test_a_truncated_envelope_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        envelope.unseal(envelope.new_key(), b"short", b"")


def test_a_person_has_one_current_key(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        first = keys.current(session, vault, 7)
        assert keys.current(session, vault, 7) == first
        assert keys.current(session, vault, 8).secret != first.secret
        second = keys.renew(session, vault, 7)
    with database.reading() as session:
        assert keys.current(session, vault, 7) == second
        assert keys.find(session, vault, 7, first.version) == first


def test_a_destroyed_key_is_gone_and_its_number_is_not_used_again(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        sealed = keys.seal_for(session, vault, 7, "label", b"Payroll")
        assert keys.open_for(session, vault, 7, "label", sealed) == b"Payroll"
    with database.writing() as session:
        assert keys.destroy(session, 7) == (1,)
    with database.writing() as session:
        with pytest.raises(Unreadable):
            keys.open_for(session, vault, 7, "label", sealed)
        assert keys.newest(session, vault, 7) is None
        assert keys.current(session, vault, 7).version == 2
        with pytest.raises(Unreadable):
            keys.find(session, vault, 7, 1)


def test_a_sealed_value_opens_only_under_its_own_label_and_person(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        sealed = keys.seal_for(session, vault, 7, "app", b"Payroll")
        keys.current(session, vault, 8)
        for person_id, label in ((7, "title"), (8, "app")):
            with pytest.raises(Unreadable):
                keys.open_for(session, vault, person_id, label, sealed)


def test_destroyed_wrapped_keys_leave_no_remnant_on_disk(database: Database, vault: Vault, tmp_path: Path) -> None:
    with database.writing() as session:
        keys.current(session, vault, 7)
        kept = keys.current(session, vault, 8)
    with database.reading() as session:
        wrapped = session.connection().exec_driver_sql("SELECT wrapped FROM person_keys WHERE person_id = 7").scalar()
    assert isinstance(wrapped, bytes)
    if database.is_sqlite:
        assert wrapped in on_disk(tmp_path)
    with database.writing() as session:
        keys.destroy(session, 7)
    keys.leave_no_remnant(database)
    assert wrapped not in on_disk(tmp_path)
    with database.reading() as session:
        assert keys.current(session, vault, 8) == kept


def test_an_epoch_turns_and_then_an_old_copy_of_the_rows_is_worthless(database: Database, vault: Vault) -> None:
    with database.writing() as session:
        key = keys.current(session, vault, 7)
    with database.reading() as session:
        old = session.connection().exec_driver_sql("SELECT wrapped FROM person_keys").scalar()
    epoch = vault.keyring.turn()
    with database.writing() as session:
        keys.rewrap(session, vault)
    vault.keyring.destroy(1)
    assert vault.keyring.epochs() == (epoch,)
    with database.reading() as session:
        assert keys.current(session, vault, 7) == key
    assert isinstance(old, bytes)
    with pytest.raises(Unreadable):
        vault.keyring.unwrap(1, old, vault.binding("person key", person=7, key=1))


def test_the_epoch_in_use_is_not_destroyed(vault: Vault) -> None:
    with pytest.raises(Conflict):
        vault.keyring.destroy(1)


def test_a_destroyed_epoch_leaves_no_remnant_beside_the_keyring(vault: Vault, tmp_path: Path) -> None:
    secret = (tmp_path / "keyring").read_text().split('"1": "')[1].split('"')[0].encode()
    vault.keyring.turn()
    vault.keyring.destroy(1)
    assert secret not in on_disk(tmp_path)
    assert (tmp_path / "keyring").stat().st_mode & 0o777 == 0o600


def test_what_a_crash_left_beside_the_keyring_is_blotted_out_at_the_next_change(vault: Vault, tmp_path: Path) -> None:
    """A kill between writing the new keyring and blotting out the old one leaves it under another name."""
    secret = (tmp_path / "keyring").read_text().split('"1": "')[1].split('"')[0].encode()
    old, unfinished = tmp_path / ".part-keyring-old", tmp_path / ".part-keyring-unfinished"
    old.write_bytes((tmp_path / "keyring").read_bytes())
    unfinished.hardlink_to(tmp_path / "keyring")
    second = tmp_path / "second-name-of-old"
    second.hardlink_to(old)
    vault.keyring.turn()
    assert not old.exists()
    assert not unfinished.exists()
    assert secret not in second.read_bytes()
    assert vault.keyring.epochs() == (1, 2)
    vault.keyring.destroy(1)
    assert secret not in on_disk(tmp_path)


def test_a_vault_opens_only_with_its_own_keyring(vault: Vault, tmp_path: Path) -> None:
    assert Vault.open(tmp_path / "keyring", str(tmp_path / "segments")).keyring.store == vault.keyring.store
    Vault.create(tmp_path / "other", str(tmp_path / "elsewhere"))
    for keyring, objects in (("other", "segments"), ("keyring", "nowhere"), ("missing", "segments")):
        with pytest.raises(StoreMissing):
            Vault.open(tmp_path / keyring, str(tmp_path / objects))


def test_a_keyring_is_never_overwritten(vault: Vault, tmp_path: Path) -> None:
    before = (tmp_path / "keyring").read_bytes()
    with pytest.raises(Conflict):
        Vault.create(tmp_path / "keyring", str(tmp_path / "segments"))
    assert (tmp_path / "keyring").read_bytes() == before


def test_objects_are_whole_or_not_there(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.objects.put("7/one", b"first")
    monkeypatch.setattr(os, "fsync", _full_disk)
    with pytest.raises(OSError, match="No space"):
        vault.objects.put("7/one", b"second")
    assert vault.objects.get("7/one") == b"first"
    assert vault.objects.list("7") == ("7/one",)


def test_objects_live_in_memory_as_well_as_in_a_folder(tmp_path: Path) -> None:
    vault = Vault.create(tmp_path / "ring", f"memory://{tmp_path.name}")
    vault.objects.put("7/one", b"first")
    assert vault.objects.get("7/one") == b"first"
    assert vault.objects.list("7") == ("7/one",)
    vault.objects.delete("7/one")
    vault.objects.delete("7/one")
    assert not vault.objects.exists("7/one")
    assert vault.objects.list("7") == ()
    with pytest.raises(Unreadable):
        vault.objects.get("7/one")


def _full_disk(_descriptor: int) -> None:
    raise OSError(28, "No space left on device")


def on_disk(folder: Path) -> bytes:
    """Every byte of every file, but not of what a running PostgreSQL server keeps elsewhere."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
