"""A test finds nothing of what the one before it did to its database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from data.database import Database
from tests.servers import Server

pytestmark = pytest.mark.postgres


def test_rows_are_gone_and_numbers_begin_anew_under_another_name(postgres: Server) -> None:
    with postgres.store() as first:
        _run(first, "SELECT nextval(quote_ident(sequencename)::regclass) FROM pg_sequences")
        _run(first, "INSERT INTO departments (id, name) VALUES (1, 'Support')")
        used = first.url
    with postgres.store() as second:
        assert second.url != used
        assert _run(second, "SELECT count(*) FROM departments") == 0
        assert _run(second, "SELECT count(*) FROM pg_sequences WHERE last_value IS NOT NULL") == 0
        assert _run(second, "SELECT count(*) FROM alembic_version") == 1
    left = Database(used.render_as_string(hide_password=False))
    with pytest.raises(OperationalError, match="does not exist"):
        _run(left, "SELECT 1")
    left.close()


@pytest.mark.parametrize(
    "change",
    [
        "GRANT SELECT ON people TO PUBLIC",
        "GRANT SELECT (name) ON people TO PUBLIC",
        "ALTER TABLE people ADD COLUMN more text",
        "CREATE TABLE more (x int)",
        "DROP TABLE departments CASCADE",
        "ALTER TABLE people ENABLE ROW LEVEL SECURITY",
        "CREATE FUNCTION more() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC",
        "UPDATE alembic_version SET version_num = 'another'",
    ],
)
def test_a_database_whose_shape_or_rights_were_changed_is_not_given_out_again(postgres: Server, change: str) -> None:
    with postgres.store() as first:
        oid = _run(first, "SELECT oid FROM pg_database WHERE datname = current_database()")
        _run(first, change)
    with postgres.store() as second:
        assert _run(second, "SELECT oid FROM pg_database WHERE datname = current_database()") != oid


def _run(database: Database, statement: str) -> object:
    with database.engine.begin() as connection:
        found = connection.execute(text(statement))
        return found.scalars().first() if found.returns_rows else None
