"""Recordings taken in for tests, and what is stored afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa
from sqlalchemy import func, select

from data.captures import segments
from data.captures.ingest import Imported, ingest
from data.captures.recording import Recording, Screen
from data.captures.rollup_tables import DayRow
from data.database import Database
from data.migrations.tables import SCHEMA
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from tests.data.captures.rows import table

PERSON = 7


def add_people(database: Database) -> None:
    """A department with two people on the roster."""
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="Sales"))
        session.flush()
        for person_id in (PERSON, 8):
            mail = f"{person_id}@example.org"
            session.add(
                PersonRow(id=person_id, email=mail, name=mail, department_id=1, jurisdiction="gdpr", joined_at=0)
            )


def recording(*items: Any, source: str = "captures") -> Recording:
    batches = [batch for item in items for batch in (item.to_batches() if isinstance(item, pa.Table) else [item])]
    return Recording(source, hashlib.sha256(repr(batches).encode()).hexdigest(), iter(batches))


def take(database: Database, vault: Vault, *items: Any, source: str = "captures") -> Imported:
    return ingest(database, vault, OPERATOR, PERSON, recording(*items, source=source))


def stored(database: Database, vault: Vault) -> pa.Table:
    with database.reading() as session:
        return pa.concat_tables([table([]), *segments.read(session, vault, PERSON)])


def counted(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.sum(DayRow.count)).where(DayRow.person_id == PERSON)) or 0)


def picture(content: bytes) -> Screen:
    return Screen(hashlib.sha256(content).hexdigest(), "image/png", content)


def assert_nowhere(database: Database, folder: Path, canary: str) -> None:
    """No file in `folder`, and no table, holds this text."""
    for path in folder.rglob("*"):
        assert canary.encode() not in (path.read_bytes() if path.is_file() else b""), path
    with database.reading() as session:
        for name in SCHEMA.tables:
            held = session.connection().exec_driver_sql(f'SELECT * FROM "{name}"').all()
            assert canary not in repr(held), name
