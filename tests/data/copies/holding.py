"""People with captures, and extracts of them, for tests of copies."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from data.accesses.entry import Purpose
from data.captures import segments
from data.captures.schema import SCHEMA
from data.copies.extract import Extracted, Wanted, extract
from data.database import Database
from data.people.viewer import OPERATOR, Viewer
from data.rights import pending
from data.sealing.vault import Vault
from tests.data.captures.rows import Row, row

ANA, CAL, OLGA, OMAR = 1, 2, 3, 4


def keep(database: Database, vault: Vault, person_id: int, rows: list[Row]) -> None:
    """Seal captures of somebody."""
    with database.writing() as session:
        segments.write(session, vault, person_id, 1, pa.Table.from_pylist(rows, SCHEMA))


def some(person_id: int, count: int = 4) -> list[Row]:
    """Captures in two apps, the person's number in each."""
    return [row(at, app="Mail" if at % 2 else "Word", text=f"typed by {person_id}") for at in range(10, 10 + count)]


def wanted(**changes: Any) -> Wanted:
    """An extract of everything for training."""
    return replace(Wanted(Purpose.TRAINING, "RUN-7"), **changes)


def take(
    database: Database, vault: Vault, out: Path, viewer: Viewer = OPERATOR, what: Wanted | None = None
) -> Extracted:
    """Extract, as the command does."""
    return extract(database, vault, viewer, what or wanted(), out, partial(pending.deletions, vault=vault))
