"""A receipt proves one access to whoever holds it, with nothing but the verifier's one file."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import AboutRow, CheckpointRow, DetailsRow, EntryRow, ListedRow, TagsRow, TileRow
from data.database import Database
from data.errors import Conflict, NotAllowed, NotFound
from data.looks import history
from data.proofs import publishing, receipt, verify
from data.proofs.anchor import Anchor
from data.proofs.witness_tables import CosignatureRow
from data.sealing.keyring import FileKeyring
from data.sealing.vault import Vault
from data.tlog.cosignature import Cosigner
from data.tlog.note import Signer
from tests.data.accesses.logging import ANA, AUDITOR, BEN, JOB, OFFICER, fill, own


def taken(database: Database, vault: Vault, position: int, person_id: int = ANA) -> str:
    with database.writing() as session:
        return receipt.receipt(session, own(person_id), vault, anchor_of(vault), person_id, position).as_json().decode()


def anchor_of(vault: Vault) -> Anchor:
    assert isinstance(vault.keyring, FileKeyring)
    return Anchor(vault.keyring.path.with_name("checkpoint"))


def key_of(database: Database, vault: Vault, person_id: int) -> str:
    with database.reading() as session:
        return receipt.tag_key(session, own(person_id), vault, person_id).decode()


def test_a_receipt_holds_and_says_what_the_page_says(database: Database, vault: Vault) -> None:
    fill(database, vault, 300)
    text = taken(database, vault, 40)
    with database.reading() as session:
        key = publishing.verifier_key(session, vault)
        (look,) = [one for one in history.about(session, own(ANA), vault, ANA) if one.position == 40]
    held = verify.verify(text, key=key, mine=key_of(database, vault, ANA))
    assert (held.position, held.size, held.people, held.is_mine) == (40, 300, 1, True)
    assert held.details is not None
    assert (held.leaf["at"], held.leaf["action"], held.leaf["count"]) == (look.at, look.action, look.count)
    assert (held.details["role"], held.details["ticket"]) == (look.role, look.ticket)
    assert "Olga" not in text


def test_each_of_many_people_can_prove_that_a_bulk_read_was_about_them(database: Database, vault: Vault) -> None:
    """Of 50,000 each 10,000th is tried, and those beside a power of two: each proof is made by itself, of all tags."""
    many = 50_000
    with database.writing() as session:
        reason = Reason(Purpose.TRAINING)
        people = range(1, many + 1)
        log.append(session, vault, action=Action.TRAIN, people=people, accessor=JOB, reason=reason, scope={}, count=9)
        assert session.scalar(select(func.count()).select_from(EntryRow)) == 1
    for person in (1, 32_768, 32_769, *range(10_000, many + 1, 10_000)):
        held = verify.verify(taken(database, vault, 0, person), mine=key_of(database, vault, person))
        assert (held.people, held.is_mine) == (many, True)
    with pytest.raises(verify.Wrong, match="not yours"):
        verify.verify(taken(database, vault, 0, 7), mine=key_of(database, vault, 8))


def test_what_is_not_signed_yet_is_signed_for_its_receipt(database: Database, vault: Vault) -> None:
    fill(database, vault, 3)
    assert verify.verify(taken(database, vault, 0)).size == 3
    fill(database, vault, 4, first=3)
    assert verify.verify(taken(database, vault, 2)).size == 3
    assert verify.verify(taken(database, vault, 4)).size == 7


def test_a_receipt_outlives_the_details(database: Database, vault: Vault) -> None:
    fill(database, vault, 3)
    before = taken(database, vault, 2)
    with database.writing() as session:
        session.execute(delete(DetailsRow))
    held = verify.verify(taken(database, vault, 2), mine=key_of(database, vault, ANA))
    assert (held.details, held.is_mine) == (None, True)
    assert verify.verify(before).details is not None


def test_nobody_gets_a_receipt_or_a_key_of_somebody_else_unseen(database: Database, vault: Vault) -> None:
    fill(database, vault, 3)
    for viewer in (own(BEN), AUDITOR):
        with pytest.raises(NotAllowed), database.writing() as session:
            receipt.receipt(session, viewer, vault, anchor_of(vault), ANA, 0)
    for viewer in (own(BEN), AUDITOR, OFFICER):
        with pytest.raises(NotAllowed), database.reading() as session:
            receipt.tag_key(session, viewer, vault, ANA)
    with pytest.raises(NotFound), database.writing() as session:
        receipt.receipt(session, own(BEN), vault, anchor_of(vault), BEN, 0)  # it is about Ana
    with database.writing() as session:
        receipt.receipt(session, OFFICER, vault, anchor_of(vault), ANA, 0)
    with database.reading() as session:
        assert history.about(session, own(ANA), vault, ANA)[0].scope == {"what": "access history"}


def test_no_altered_receipt_holds(database: Database, vault: Vault) -> None:
    """Whatever value of a receipt is changed, it no longer holds."""
    fill(database, vault, 30)
    good: dict[str, Any] = json.loads(taken(database, vault, 9))
    mine = key_of(database, vault, ANA)
    assert verify.verify(json.dumps(good), mine=mine).people == 2
    other: dict[str, Any] = json.loads(taken(database, vault, 19))
    for name in good.keys() - {"about"}:
        changed = [None, "", other[name]] if other[name] != good[name] else [None, ""]
        if isinstance(good[name], int):
            changed += [good[name] + 1, -1]
        if isinstance(good[name], str):
            flipped = good[name][:-2] + chr(ord(good[name][-2]) ^ 1) + good[name][-1]
            changed += [flipped, good[name][:-1], good[name] + "0"]
        if isinstance(good[name], list):
            changed += [good[name][:-1], [*good[name], "00" * 32], good[name][::-1]]
        for value in changed:
            if value == good[name] or (name in ("details", "salt") and value is None):
                continue
            with pytest.raises(verify.Wrong):
                verify.verify(json.dumps({**good, name: value}), mine=mine)
    for name in good.keys() - {"about", "salt"}:
        with pytest.raises(verify.Wrong):
            verify.verify(json.dumps({one: good[one] for one in good if one != name}), mine=mine)
    for text in ("", "[]", "{}", '{"daylight_receipt": 2}', "\ud800" * 2):
        with pytest.raises(verify.Wrong):
            verify.verify(text)


def test_the_verifier_takes_a_checkpoint_in_one_way_of_writing_it_only(database: Database, vault: Vault) -> None:
    """Every single flipped bit, other line ends, base64 that is not canonical and a second signature are refused."""
    fill(database, vault, 3)
    good = json.loads(taken(database, vault, 0))
    signed = good["checkpoint"]
    assert verify.verify(json.dumps(good)).size == 3
    bad = [
        signed.replace("\n", "\r\n"),
        signed.replace("\n", "\r"),
        signed + signed.splitlines()[-1] + "\n",
        signed + "\n",
    ]
    raw = signed.encode()
    for bit in range(len(raw) * 8):
        flipped = raw[: bit // 8] + bytes([raw[bit // 8] ^ 1 << bit % 8]) + raw[bit // 8 + 1 :]
        bad.append(flipped.decode(errors="replace"))
    for written in bad:
        with pytest.raises(verify.Wrong):
            verify.verify(json.dumps({**good, "checkpoint": written}))


def test_another_log_and_a_witness_that_did_not_sign_are_told(database: Database, vault: Vault) -> None:
    fill(database, vault, 3)
    good = json.loads(taken(database, vault, 0))
    witness = Cosigner("council.example/witness", b"k" * 32)
    with pytest.raises(verify.Wrong, match="another key"):
        verify.verify(json.dumps(good), key=witness.vkey)
    with pytest.raises(verify.Wrong, match="has not signed"):
        verify.verify(json.dumps(good), witnesses=[witness.vkey])
    body = good["checkpoint"].rpartition("\n\n")[0] + "\n"
    good["checkpoint"] += witness.cosign(body, 1_800_000_000).line
    held = verify.verify(json.dumps(good), witnesses=[witness.vkey])
    assert held.cosigned == (("council.example/witness", 1_800_000_000),)
    good["checkpoint"] += Cosigner("late", b"l" * 32).cosign("something else\n", 1).line
    with pytest.raises(verify.Wrong, match="does not fit"):
        verify.verify(json.dumps(good), witnesses=[Cosigner("late", b"l" * 32).vkey])


def test_the_verifier_runs_alone_in_an_empty_folder(database: Database, vault: Vault, tmp_path: Path) -> None:
    fill(database, vault, 5)
    (tmp_path / "alone").mkdir()
    shutil.copy(Path(verify.__file__), tmp_path / "alone" / "verify.py")
    (tmp_path / "alone" / "receipt.json").write_text(taken(database, vault, 2), encoding="utf-8")
    (tmp_path / "alone" / "mine.json").write_text(key_of(database, vault, ANA))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "verify.py", *words]
        return subprocess.run(command, cwd=tmp_path / "alone", capture_output=True, text=True, timeout=60)

    done = run("receipt.json", "--mine", "mine.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The receipt holds: entry 2" in done.stdout
    assert "It is about you" in done.stdout
    (tmp_path / "alone" / "receipt.json").write_text(taken(database, vault, 2).replace("T-2", "T-3"), encoding="utf-8")
    done = run("receipt.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "verify: The details are not those that the entry committed to.\n"
    assert run("nothing.json").returncode == 1
    assert run().returncode == 2


@pytest.mark.parametrize("cosigned", [False, True])
def test_no_receipt_is_given_with_a_checkpoint_that_the_log_did_not_sign(
    database: Database, vault: Vault, cosigned: bool
) -> None:
    """Whoever writes the database can put any note there; a receipt that then fails would look like the person's."""
    fill(database, vault, 3)
    signed = json.loads(taken(database, vault, 0))["checkpoint"]
    witness = Cosigner("council.example/witness", b"k" * 32)
    body, line = signed.rpartition("\n\n")[0] + "\n", signed.rpartition("\n\n")[2]
    other = Signer(line.split(" ")[1], b"x" * 32).signature(body).line
    with database.writing() as session:
        if cosigned:
            row = CosignatureRow(vkey=witness.vkey, size=3, cosigned_at=1, line=witness.cosign(body, 1).line)
            session.add(row)
    for forged in ("rubbish", f"{body}\n{other}", f"{body}\n{line}"):
        with database.writing() as session:
            session.execute(update(CheckpointRow).values(note=forged))
        if forged == signed:
            assert verify.verify(taken(database, vault, 0)).size == 3
            continue
        with pytest.raises(Conflict, match="not signed by this log's key"):
            taken(database, vault, 0)


def test_no_receipt_is_signed_over_a_history_that_was_put_back(database: Database, vault: Vault) -> None:
    fill(database, vault, 5)
    publishing.run(database, vault, anchor_of(vault))
    with database.writing() as session:
        for table in (TileRow, CheckpointRow):
            session.execute(delete(table))
        for table in (EntryRow, DetailsRow, AboutRow, ListedRow, TagsRow):
            session.execute(delete(table).where(table.position >= 3))
    with pytest.raises(Conflict, match="older state"):
        taken(database, vault, 0)
