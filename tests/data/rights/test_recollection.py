"""What was deleted and is brought again by a late collector is refused, counted, shown, and leaves no byte."""

from __future__ import annotations

import hashlib
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa
from sqlalchemy import select

from data import instants
from data.captures import summary
from data.captures.ingest import ingest
from data.captures.recording import Display, Recording, Screen
from data.captures.schema import SCHEMA
from data.database import Database
from data.migrations.tables import SCHEMA as TABLES
from data.people.viewer import OPERATOR
from data.rights import steps
from data.rights.erasure.kept import GONE
from data.sealing.vault import Vault
from pages.shell.words import Calendar
from pages.wording import phrases
from tests.data.crashing import place_of
from tests.data.rights.conftest import Roster
from tests.data.rights.holding import CANARY, rows
from tests.data.rights.test_erasure import approved

PICTURE = b"\x89PNG of the canary"


def recording(name: str) -> Recording:
    """What the collector sends, as a file of that name; one capture shows a screen."""
    held = rows(60)
    digest = hashlib.sha256(PICTURE).hexdigest()
    held[0]["screen"] = digest
    table = pa.Table.from_pylist(held, SCHEMA)
    items = [Display(f"{CANARY}-laptop", 1920, 1080), Screen(digest, "image/png", PICTURE), *table.to_batches()]
    return Recording("captures", hashlib.sha256(name.encode()).hexdigest(), iter(items))


def test_a_deleted_span_that_comes_again_is_refused_and_leaves_no_byte(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    first = ingest(database, vault, OPERATOR, 1, recording("first"))
    assert (first.added, first.screens) == (60, 1)
    steps.run(database, vault, place_of(database, tmp_path).settings, OPERATOR, approved(database, vault, roster))
    for name in ("first", "again"):
        late = ingest(database, vault, OPERATOR, 1, recording(name))
        assert (late.added, late.refused, late.screens) == (0, 60, 0)
    assert vault.objects.list("1") == ()
    with database.reading() as session:
        for name in GONE:
            table = TABLES.tables[name]
            assert session.execute(select(table).where(table.c.person_id == 1)).first() is None, name
        seen = summary.summary(session, roster.ana, vault, 1)
    assert (seen.total, seen.refused, seen.objected) == (0, 120, 0)
    if database.is_sqlite:
        assert not [one for one in tmp_path.rglob("*") if one.is_file() and CANARY.encode() in one.read_bytes()]
    calendar = Calendar(ZoneInfo("Europe/London"), instants.now())
    assert "refused because you had them deleted" in phrases.held(seen, calendar), "its person reads it"
