"""One altered row never keeps a check of the log from reading the rest: it is named, whatever was put into it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.database import Database
from data.proofs import check, checks
from data.proofs.anchor import Anchor
from data.proofs.findings import Finding, What
from data.sealing.vault import Vault
from tests.data.accesses.logging import JOB, fill

ENTRIES = "INSERT INTO access_entries SELECT {} FROM access_entries WHERE position = 3"
FAR = 900_000_000_000
COPY = f"{FAR}, at, recorded_at, action, source, count, commitment, observed, people"
TILE = "INSERT INTO access_tiles (level, \"index\", hashes) VALUES ({}, '12345678901234567890123456789012')"
CHECKPOINT = "INSERT INTO access_checkpoints VALUES ({}, '12345678901234567890123456789012', 1, 'x')"
EXPLAINED = "INSERT INTO access_explanations (position, said, settles) VALUES "

# What was done to the database, and what the check then says, among other things about the same place.
ROWS = [
    (TILE.format("0, 1000000000"), Finding(What.TILE_SURPLUS, 0, 1_000_000_000)),
    (TILE.format("0, 3"), Finding(What.TILE_SURPLUS, 0, 3)),
    (TILE.format("0, -1"), Finding(What.TILE_SURPLUS, 0, -1)),
    (TILE.format("-1, 0"), Finding(What.TILE_SURPLUS, -1, 0)),
    ("UPDATE access_tiles SET hashes = substr(hashes, 1, 33) WHERE level = 0", Finding(What.TILE_MISSING, 0, 0)),
    ("DELETE FROM access_tiles", Finding(What.TILE_MISSING, 0, 0)),
    ("UPDATE access_entries SET commitment = 'zz..' WHERE position = 3", Finding(What.ENTRY_CHANGED, 3, 3)),
    ("UPDATE access_entries SET commitment = 'zz..' WHERE position = 29", Finding(What.PEOPLE_CHANGED, 29, 29)),
    ("UPDATE access_entries SET people = '' WHERE position = 3", Finding(What.ENTRY_CHANGED, 3, 3)),
    ("UPDATE access_entries SET position = -1 WHERE position = 3", Finding(What.ENTRY_SURPLUS, -1, -1)),
    (f"UPDATE access_entries SET position = {FAR} WHERE position = 27", Finding(What.ENTRY_MISSING, 27, 27)),
    (f"UPDATE access_entries SET position = {FAR} WHERE position = 29", Finding(What.NEWER_MISSING, 28, FAR)),
    (ENTRIES.format(COPY), Finding(What.NEWER_MISSING, 28, FAR)),
    ("DELETE FROM access_entries WHERE position BETWEEN 5 AND 20", Finding(What.ENTRY_MISSING, 5, 20)),
    ("DELETE FROM access_entries WHERE position >= 28", Finding(What.NEWER_MISSING, 29, 29)),
    ("UPDATE access_details SET details = 'text' WHERE position = 3", Finding(What.DETAILS_CHANGED, 3, 3)),
    ("UPDATE access_tags SET tags = 'abc' WHERE position = 9", Finding(What.PEOPLE_CHANGED, 9, 9)),
    *(
        (f"INSERT INTO access_tags VALUES (3, '{'x' * length}')", Finding(What.PEOPLE_CHANGED, 3, 3))
        for length in (0, 3, 32, 40, 63)
    ),
    ("UPDATE access_people SET person_id = 77 WHERE position = 3", Finding(What.PEOPLE_CHANGED, 3, 3)),
    ("UPDATE access_people SET person_id = -1 WHERE position = 3", Finding(What.PEOPLE_CHANGED, 3, 3)),
    ("INSERT INTO access_people VALUES (4000, 1)", Finding(What.NEWER_MISSING, 4000, 4000)),
    ("UPDATE access_checkpoints SET note = ''", Finding(What.CHECKPOINT_FORGED, 28, 28)),
    ("UPDATE access_checkpoints SET root = 'x'", Finding(What.CHECKPOINT_BROKEN, 28, 28)),
    ("DELETE FROM access_checkpoints", Finding(What.CHECKPOINT_MISSING, 28, 28)),
    *((CHECKPOINT.format(size), Finding(What.CHECKPOINT_BROKEN, size, size)) for size in (-1, 0, 9 * 10**18)),
    (EXPLAINED + "(3, 20, TRUE)", Finding(What.EXPLANATION_UNFOUNDED, 3, 20)),
    (EXPLAINED + "(4000, 9999, TRUE)", Finding(What.EXPLANATION_UNFOUNDED, 4000, 9999)),
    *(
        (
            f"INSERT INTO access_evidence VALUES ('s', 'i', {at})",
            Finding(What.EVIDENCE_CHANGED, at, at, "a record is called known that this entry does not hold"),
        )
        for at in (3, -7, 30, 10**15)
    ),
    ("UPDATE access_keys SET wrapped = 'x'", Finding(What.KEY_GONE, 0, 30)),
    # Of an entry that is not signed yet, its details are all that says what it was.
    *(
        (
            f"UPDATE access_entries SET {column} = {value} WHERE position = 29",
            Finding(What.COLUMNS_CHANGED, 29, 29, column),
        )
        for column, value in (
            ("action", "'role granted'"),
            ("source", "'x'"),
            ("count", "7"),
            ("observed", "NOT observed"),
        )
    ),
    ("UPDATE access_entries SET at = 5 WHERE position = 29", Finding(What.COLUMNS_CHANGED, 29, 29, "at")),
]
# SQLite keeps anything in any column.
LOOSE = [
    ("UPDATE access_entries SET action = x'00' WHERE position = 3", Finding(What.ENTRY_CHANGED, 3, 3)),
    ("UPDATE access_entries SET at = 'x' WHERE position = 3", Finding(What.ENTRY_CHANGED, 3, 3)),
    ("UPDATE access_entries SET count = 1.5 WHERE position = 3", Finding(What.ENTRY_CHANGED, 3, 3)),
    ("UPDATE access_tiles SET hashes = 'text' WHERE level = 0", Finding(What.TILE_MISSING, 0, 0)),
    ("UPDATE access_checkpoints SET note = x'ff'", Finding(What.CHECKPOINT_FORGED, 28, 28)),
    ("UPDATE access_people SET person_id = 'x' WHERE position = 3", Finding(What.PEOPLE_CHANGED, 3, 3)),
]
# What follows from the rest is made again at the next turn, and leads to what was signed.
HEALED = {"DELETE FROM access_tiles", "DELETE FROM access_checkpoints"}


@pytest.fixture
def anchor(database: Database, vault: Vault, tmp_path: Path) -> Anchor:
    """30 entries, of which 28 are signed, checked three days ago."""
    found = Anchor(tmp_path / "checkpoint")
    fill(database, vault, 28)
    then = instants.now() - 3 * instants.DAY
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(instants, "now", lambda: then)
        checks.keep_up(database, vault, found)
    fill(database, vault, 2, first=28)
    return found


def found_after(database: Database, vault: Vault, anchor: Anchor, harm: str) -> tuple[Finding, ...]:
    """What the worker's next turn keeps; it must be what was just found."""
    with database.writing() as session:
        session.execute(text(harm))
    with database.reading() as session:
        found = check.check(session, vault, anchor)
    checks.keep_up(database, vault, anchor)
    with database.reading() as session:
        kept = checks.last(session, vault)
    assert kept is not None
    assert kept.holds == (harm in HEALED)
    assert kept.at >= found.at, "an old result stands for a new one"
    return found.findings


@pytest.mark.parametrize(("harm", "named"), ROWS)
def test_one_altered_row_is_named_and_the_rest_is_read(
    database: Database, vault: Vault, anchor: Anchor, harm: str, named: Finding
) -> None:
    assert named in found_after(database, vault, anchor, harm)


@pytest.mark.parametrize(("harm", "named"), LOOSE)
def test_a_value_of_another_kind_is_named_as_well(vault: Vault, tmp_path: Path, harm: str, named: Finding) -> None:
    from data.migrations import schema

    database = Database(f"sqlite:///{tmp_path / 'loose.db'}")
    schema.create(database)
    anchor = Anchor(tmp_path / "checkpoint")
    fill(database, vault, 28)
    checks.keep_up(database, vault, anchor)
    with database.writing() as session:
        session.execute(text("DELETE FROM access_checks"))
    assert named in found_after(database, vault, anchor, harm)
    database.close()


def test_much_damage_of_one_kind_hides_none_of_another(database: Database, vault: Vault, anchor: Anchor) -> None:
    with database.writing() as session:
        many = [("s", str(number), 10**6 + number) for number in range(1500)]
        session.execute(
            text("INSERT INTO access_evidence VALUES (:source, :id, :at)"),
            [dict(zip(("source", "id", "at"), one, strict=True)) for one in many],
        )
        log.append(
            session, vault, action=Action.READ, people=[1], accessor=JOB, reason=None, scope={}, count=1, source="pg"
        )
        session.execute(text("UPDATE access_people SET person_id = 2 WHERE position = 30"))
    with database.reading() as session:
        found = check.check(session, vault, anchor).findings
    assert sum(one.what is What.EVIDENCE_CHANGED for one in found) == 1000
    anchor.path.unlink()
    with database.reading() as session:
        kinds = {one.what for one in check.check(session, vault, anchor).findings}
    assert kinds == {What.EVIDENCE_CHANGED, What.PEOPLE_CHANGED, What.ANCHOR_GONE}
