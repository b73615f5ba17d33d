"""The migrations make exactly the schema that the tables declare, and a store of another schema is not opened."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import data.migrations
from data.database import Database
from data.errors import StoreMissing
from data.migrations import schema
from data.migrations.tables import SCHEMA

SHAPE = ("0003", "f843e027ee12685a")


def test_the_migrations_and_the_tables_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SCHEMA) == []


def test_sqlite_tables_are_declared_to_the_letter_as_the_migrations_make_them(tmp_path: Path) -> None:
    """alembic's comparison does not see options such as WITHOUT ROWID; the statements do."""
    made, declared = Database(f"sqlite:///{tmp_path / 'made.db'}"), Database(f"sqlite:///{tmp_path / 'declared.db'}")
    schema.create(made)
    SCHEMA.create_all(declared.engine)
    found = [_options(database) for database in (made, declared)]
    found[0].pop("alembic_version")
    assert found[0] == found[1]


def test_the_head_is_the_newest_revision() -> None:
    folder = str(Path(data.migrations.__file__).parent)
    assert ScriptDirectory(folder).get_heads() == [schema.HEAD]


def test_a_schema_of_another_shape_bears_another_number() -> None:
    """A store of before is then told so in one sentence, where it would fail at the first column that it lacks."""
    shape = [
        (table.name, column.name, str(column.type), column.nullable, column.primary_key)
        for table in SCHEMA.sorted_tables
        for column in table.columns
    ]
    found = hashlib.sha256(repr(sorted(shape)).encode()).hexdigest()[:16]
    assert (schema.HEAD, found) == SHAPE, "give the first migration a new number, and write down its shape here"


def test_making_the_schema_twice_changes_nothing(database: Database) -> None:
    schema.create(database)
    schema.check(database)


def test_a_store_of_another_schema_is_not_opened(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreMissing, match="9999"):
        schema.check(database)


def test_where_no_store_was_made_the_sentence_says_how(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="data init"):
        schema.check(Database(f"sqlite:///{tmp_path / 'nothing.db'}"))


def _options(database: Database) -> dict[str, bool]:
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'")).all()
    return {name: "WITHOUT ROWID" in sql for name, sql in rows}
