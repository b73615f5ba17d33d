"""An organizer's own login of PostgreSQL, in the hands of somebody who knows PostgreSQL."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data.database import Database
from data.errors import NotFound
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.statistics.people import beside, login
from tests.data.statistics.people.company import QUARTER, capture, drawn, employ
from tests.data.statistics.people.test_login import ON_POSTGRES, name, signed_in

__all__ = ["name"]

REFUSED = (
    # Who one is
    "SET ROLE {owner}",
    "SET SESSION AUTHORIZATION {owner}",
    "GRANT {owner} TO {me}",
    "ALTER ROLE {me} SUPERUSER",
    "ALTER ROLE {me} BYPASSRLS",
    "ALTER ROLE {me} CREATEROLE",
    "ALTER ROLE {me} CONNECTION LIMIT -1",
    "CREATE ROLE other LOGIN",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} GRANT SELECT ON TABLES TO {me}",
    # Files and programs
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/x'",
    "COPY people TO STDOUT",
    "SELECT pg_read_file('PG_VERSION')",
    "SELECT pg_ls_dir('.')",
    "SELECT lo_import('/etc/passwd')",
    "LOAD 'plpgsql'",
    # The catalog where it holds values
    "SELECT * FROM pg_statistic",
    "SELECT * FROM pg_authid",
    "SELECT * FROM pg_largeobject",
    "SELECT * FROM pg_user_mapping",
    "SELECT * FROM pg_hba_file_rules",
    # Tables by another way
    "SELECT query_to_xml('SELECT * FROM people', true, true, '')",
    "EXPLAIN SELECT * FROM people",
    "LOCK TABLE people",
    "TRUNCATE people",
    "DO $$ BEGIN EXECUTE 'SELECT * FROM people'; END $$",
    "DECLARE c CURSOR FOR SELECT * FROM people",
    "PREPARE p AS SELECT * FROM standing_rules; EXECUTE p",
    # Objects of one's own, which another could be led into
    "CREATE TABLE public.mine (x int)",
    "CREATE TEMPORARY TABLE mine (x int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.now() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE PUBLICATION p FOR ALL TABLES",
    "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)",
    "CREATE EVENT TRIGGER t ON ddl_command_end EXECUTE FUNCTION x()",
    # Others' work
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{owner}'",
    "SELECT pg_reload_conf()",
    "SELECT pg_switch_wal()",
    "SET log_statement = 'all'",
    "SET session_preload_libraries = 'x'",
    "SELECT pg_create_logical_replication_slot('x', 'test_decoding')",
    "DELETE FROM {table}",
    "INSERT INTO {table} (document) VALUES ('')",
)
# What the server tells whoever is in a database of its tables, and of another database.
COUNTERS = (
    "SELECT n_live_tup FROM pg_stat_all_tables WHERE relname = 'standing_rules'",
    "SELECT reltuples FROM pg_class WHERE relname = 'standing_rules'",
    "SELECT attname FROM pg_attribute WHERE attname = 'manager_id'",
    "SELECT last_value FROM pg_sequences",
)


def tried(connection: Connection, statement: str) -> str | None:
    """Why it was refused; None when it was not."""
    connection.rollback()
    try:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        return str(error.orig)
    finally:
        connection.rollback()
    return None


@ON_POSTGRES
def test_no_trick_of_postgresql_leads_the_login_anywhere(
    database: Database, vault: Vault, tmp_path: Path, name: str
) -> None:
    """Other roles, files, programs, the catalog's values, tables by functions, objects of its own, others' work."""
    capture(database, employ(database, vault)[:200])
    drawn(database, vault, tmp_path)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    words = {"owner": database.url.username, "me": name, "table": beside.TABLE}
    with signed_in(database, name, login.grant(database, OPERATOR, vault, name)) as connection:
        found = {one: tried(connection, one.format(**words)) for one in REFUSED}
        assert [one for one, why in found.items() if why is None] == []
        odd = [f"{one}: {why}" for one, why in found.items() if why and not _is_permission(why)]
        assert not odd, "\n".join(odd)
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            rows = connection.scalar(text(f"SELECT count(*) FROM {view} WHERE schemaname = 'public'"))
            assert not rows, view
        others = "SELECT query FROM pg_stat_activity WHERE usename <> current_user"
        assert {*connection.scalars(text(others))} <= {"<insufficient privilege>"}
        assert [counter for counter in COUNTERS if connection.scalars(text(counter)).all()] == []
        size = tried(connection, f"SELECT pg_database_size('{database.url.database}')")
        assert size and "permission denied" in size


def _is_permission(why: str) -> bool:
    return any(
        word in why
        # The store's tables are in another database.
        for word in (
            'relation "people" does not exist',
            'relation "standing_rules" does not exist',
            "ermission denied",
            "must be",
            "must have",
            "not owner",
            "Only roles",
            "not allowed",
        )
    )


@ON_POSTGRES
def test_a_release_that_is_not_published_yet_is_not_there_either(
    database: Database, vault: Vault, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    employ(database, vault)
    drawn(database, vault, tmp_path)
    monkeypatch.setattr("data.proofs.publishing.run", lambda *_: None)
    with pytest.raises(NotFound, match="no release of"):
        drawn(database, vault, tmp_path, QUARTER.after)
    password = login.grant(database, OPERATOR, vault, name)
    beside.keep_up(database, vault)
    with signed_in(database, name, password) as connection:
        assert connection.scalars(text(f"SELECT quarter FROM {beside.TABLE}")).all() == [str(QUARTER)]


@ON_POSTGRES
def test_locks_that_it_holds_keep_nobody_waiting(database: Database, vault: Vault, tmp_path: Path, name: str) -> None:
    """Locks by a number are a database's own: what the login holds beside it does not stop the log, nor a release."""
    employ(database, vault)
    password = login.grant(database, OPERATOR, vault, name)
    with signed_in(database, name, password) as connection:
        for what in ("access log", "figures about people", "logins for releases"):
            key = int.from_bytes(hashlib.sha256(what.encode()).digest()[:8], "big", signed=True)
            connection.execute(text(f"SELECT pg_advisory_lock({key})"))
        connection.execute(text(f"SELECT * FROM {beside.TABLE}"))
        assert drawn(database, vault, tmp_path).quarter == QUARTER
        assert beside.keep_up(database, vault) == 1
