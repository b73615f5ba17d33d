"""What somebody kept is held against the log of today by a proof, and a log that was rewritten does not pass."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import delete, update

from data.accesses.tables import CheckpointRow, DetailsRow, EntryRow, TileRow
from data.database import Database
from data.errors import BadInput, NotFound
from data.proofs import comparing, publishing
from data.proofs.comparing import Compared, Verdict
from data.sealing.vault import Vault
from data.tlog import merkle
from tests.data.accesses.logging import fill
from tests.data.proofs.test_receipt import taken


def signed(database: Database, vault: Vault) -> str:
    with database.writing() as session:
        found = publishing.publish(session, vault)
    assert found is not None
    return found.note


def compared(database: Database, vault: Vault, kept: str) -> Compared:
    with database.reading() as session:
        return comparing.compare(session, vault, kept)


def test_a_checkpoint_that_was_kept_is_proved_to_begin_the_log_of_today(database: Database, vault: Vault) -> None:
    """As it comes out of a form too, which changes the ends of lines and takes away the last."""
    fill(database, vault, 300)
    kept = signed(database, vault)
    assert compared(database, vault, kept) == Compared(Verdict.LEADS_ON, 300, 300)
    fill(database, vault, 57, first=300)
    signed(database, vault)
    found = compared(database, vault, kept.strip().replace("\n", "\r\n"))
    assert (found.verdict, found.size, found.now) == (Verdict.LEADS_ON, 300, 357)
    assert found.hashes > 0


def test_a_receipt_is_compared_by_its_checkpoint_and_one_that_was_altered_is_no_evidence(
    database: Database, vault: Vault
) -> None:
    fill(database, vault, 40)
    kept = taken(database, vault, 6)
    fill(database, vault, 40, first=40)
    signed(database, vault)
    found = compared(database, vault, kept)
    assert (found.verdict, found.is_receipt) == (Verdict.LEADS_ON, True)
    other = json.loads(kept)
    other["leaf"] = other["leaf"].replace('"read"', '"copy"')
    assert compared(database, vault, json.dumps(other)).verdict is Verdict.UNSIGNED


def test_a_history_that_was_rewritten_and_signed_again_is_called_changed(database: Database, vault: Vault) -> None:
    """Whoever has database and keyring makes everything agree with itself, but not with what was kept outside."""
    fill(database, vault, 300)
    kept = signed(database, vault)
    with database.writing() as session:
        session.execute(update(EntryRow).where(EntryRow.position == 17).values(count=999))
        session.execute(delete(TileRow))
        session.execute(delete(CheckpointRow))
    fill(database, vault, 5, first=300)
    signed(database, vault)
    assert compared(database, vault, kept).verdict is Verdict.CHANGED


def test_a_log_that_was_put_back_is_called_shorter(database: Database, vault: Vault) -> None:
    fill(database, vault, 20)
    kept = signed(database, vault)
    with database.writing() as session:
        for table in (TileRow, CheckpointRow):
            session.execute(delete(table))
        session.execute(delete(DetailsRow).where(DetailsRow.position >= 10))
        session.execute(delete(EntryRow).where(EntryRow.position >= 10))
    signed(database, vault)
    assert compared(database, vault, kept) == Compared(Verdict.SHORTER, 20, 10)


def test_what_another_key_signed_or_nobody_is_no_evidence_and_what_is_none_is_refused(
    database: Database, vault: Vault
) -> None:
    with pytest.raises(NotFound):
        compared(database, vault, "anything")
    fill(database, vault, 5)
    kept = signed(database, vault)
    for changed in (kept.replace("\n5\n", "\n4\n"), kept.replace("daylight/", "sunlight/")):
        assert compared(database, vault, changed).verdict is Verdict.UNSIGNED
    for nothing in ("", "Dear all,\n\nhello", "{}", '{"checkpoint": 3', "[]", "{" * 5000, "x" * 1_000_001):
        with pytest.raises(BadInput):
            compared(database, vault, nothing)


def test_where_the_hashes_of_the_log_are_gone_nothing_is_called_proved(database: Database, vault: Vault) -> None:
    fill(database, vault, 300)
    kept = signed(database, vault)
    fill(database, vault, 300, first=300)
    signed(database, vault)
    with database.writing() as session:
        session.execute(update(TileRow).where(TileRow.level == 1).values(hashes=merkle.EMPTY))
    assert compared(database, vault, kept).verdict is Verdict.CHANGED
