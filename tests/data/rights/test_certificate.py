"""A certificate of deletion is signed, stands in the log, and holds on any machine that has the file and the key."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from data.__main__ import main
from data.accesses import keys as access_keys
from data.accesses.tables import EntryRow, TileRow
from data.canonical import canonical
from data.captures.scope import Scope
from data.database import Database
from data.errors import BadInput, Conflict, NotFound
from data.people.viewer import OPERATOR
from data.proofs import publishing
from data.rights import steps
from data.rights.erasure import certificate, issuing, kept
from data.rights.states import State
from data.sealing.vault import Vault
from data.tlog import note
from data.tlog.note import Signer, Verifier
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster, people
from tests.data.rights.test_erasure import NARROW, approved, hold, state_of


def issued(database: Database, vault: Vault, roster: Roster, folder: Path, scope: Scope = NARROW) -> tuple[str, str]:
    """The signed certificate of a deletion that was carried out, and the log's key."""
    hold(database, vault, 1)
    number = approved(database, vault, roster, scope)
    steps.run(database, vault, place_of(database, folder).settings, OPERATOR, number)
    with database.reading() as session:
        signed = issuing.find(session, roster.ana, vault, number).signed
        return signed, publishing.verifier_key(session, vault) or ""


def test_it_says_what_went_what_stays_and_where_the_log_says_so(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    signed, key = issued(database, vault, roster, tmp_path)
    held = certificate.check(signed.encode(), key)
    assert held == certificate.check(signed.encode())
    assert held.scope == NARROW.as_json()
    assert (held.keys, len(held.digests)) == ((1,), 2)
    assert held.removed["Captures"] + held.left == 300
    assert held.stays == tuple((one.what, one.why) for one in kept.KEPT)
    assert signed.encode().startswith(canonical(json.loads(signed.partition("\n")[0])) + b"\n\n")
    page = held.as_html(signed).decode()
    assert all(one.what in page for one in kept.KEPT)
    assert held.log.key.replace("+", "&#43;") in page or held.log.key in page
    kept_head = place_of(database, tmp_path).settings.anchor.read_text()
    assert held.log.checkpoint == kept_head, "the head that it names is the anchor of this machine"


def test_every_flipped_bit_is_refused(tmp_path: Path, empty_sqlite: Path) -> None:
    """Bits of the text, of the signature and of all between them; on one database, as the file is the same."""
    (tmp_path / "daylight.db").write_bytes(empty_sqlite.read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    vault = Vault.create(tmp_path / "keyring", str(tmp_path / "segments"))
    signed, key = issued(database, vault, people(database), tmp_path)
    database.close()
    whole, verifier = signed.encode(), Verifier.parse(key)
    accepted: list[int] = []
    for bit in range(len(whole) * 8):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            note.open_note(bytes(flipped), [verifier])
        except BadInput:
            continue
        accepted.append(bit)
    assert not accepted
    assert certificate.check(whole, key)


def test_another_key_and_another_text_under_the_right_key_are_refused(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    """The log's own key can sign a wrong certificate; the log that it is held against then gives it away."""
    signed, key = issued(database, vault, roster, tmp_path)
    held = certificate.of(signed)
    other = Signer("daylight/other", b"7" * 32)
    with pytest.raises(BadInput, match="No key that is known"):
        certificate.check(signed.encode(), other.vkey)
    with database.writing() as session:
        own = Signer(publishing.origin(vault), access_keys.make(session, vault).signing)
    assert own.vkey == key
    wrong = {
        "something else": replace(held, request=held.request + 1),
        "something else than": replace(held, removed=held.removed | {"Captures": 1}),
        "is not what": replace(held, log=replace(held.log, position=held.log.position - 1)),
        "another log's": replace(held, log=replace(held.log, size=held.log.size + 1)),
        "not written as proofs": replace(held, log=replace(held.log, salt="zz")),
    }
    for said, one in wrong.items():
        with pytest.raises(BadInput, match=said):
            certificate.check(one.sign(own).encode(), key)
    with pytest.raises(BadInput, match="not written as certificates"):
        certificate.check(note.sign(f" {held.as_json().decode()}\n", [own]).encode(), key)
    for nothing in (b"", b"{}\n", b"[]\n\nx\n", signed.encode()[:-1]):
        with pytest.raises(BadInput):
            certificate.check(nothing, key)


def test_the_command_checks_it_without_a_store(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    signed, key = issued(database, vault, roster, tmp_path)
    away = tmp_path / "away"
    away.mkdir()
    (away / "certificate.txt").write_text(signed)
    verify = ["rights", "verify", str(away / "certificate.txt"), "--store", str(away / "none")]
    assert main([*verify, "--key", key]) == 0
    said = capsys.readouterr().out
    assert "It holds" in said
    assert "names itself" not in said
    assert main(verify) == 0
    assert "names itself" in capsys.readouterr().out
    assert main([*verify, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["holds"] is True
    (away / "certificate.txt").write_text(signed.replace("Ana", "Eva"))
    assert main([*verify, "--key", key]) == 1
    assert "does not match" in capsys.readouterr().err
    assert main(["rights", "verify", str(away / "nowhere.txt")]) == 1


def test_nothing_is_certified_by_a_log_that_was_changed(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    settings = place_of(database, tmp_path).settings
    with database.writing() as session:
        access_keys.make(session, vault)
    number = approved(database, vault, roster)
    publishing.run(database, vault, issuing.Anchor(settings.anchor))
    with database.writing() as session:
        session.query(EntryRow).update({"count": 7})
        session.query(TileRow).delete()
    with pytest.raises((Conflict, NotFound)):
        steps.run(database, vault, settings, OPERATOR, number)
    assert state_of(database, vault, roster.ana, number) is State.RUNNING
    with pytest.raises(NotFound), database.reading() as session:
        issuing.find(session, roster.ana, vault, number)
