"""An organizer's own login of PostgreSQL, in the hands of somebody who knows PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from data.database import Database
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.statistics.people import login
from tests.data.statistics.people.company import QUARTER, capture, drawn, employ, opt_out
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
    "SELECT nextval('people_id_seq')",
    "SELECT currval('people_id_seq')",
    "SELECT * FROM people_id_seq",
    "DO $$ BEGIN EXECUTE 'SELECT * FROM people'; END $$",
    "DECLARE c CURSOR FOR SELECT * FROM people",
    "PREPARE p AS SELECT * FROM standing_rules; EXECUTE p",
    "SELECT * FROM (TABLE figure_releases) x",
    # Objects of one's own, which another could be led into
    "CREATE TABLE public.mine (x int)",
    "CREATE TEMPORARY TABLE mine (x int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION public.now() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION {schema}.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE OPERATOR public.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    "CREATE OR REPLACE VIEW {view} AS SELECT * FROM people",
    "ALTER VIEW {view} SET (security_barrier = false)",
    "CREATE RULE r AS ON SELECT TO {view} DO INSTEAD SELECT * FROM people",
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
    "DELETE FROM {view}",
    "INSERT INTO {view} (document) VALUES ('')",
)
# PostgreSQL lets every login, in whatever database it may connect to, see these of all tables: numbers, no values.
COUNTERS = (
    "SELECT n_live_tup FROM pg_stat_all_tables WHERE relid = 'public.standing_rules'::regclass",
    "SELECT reltuples::bigint FROM pg_class WHERE oid = 'public.standing_rules'::regclass",
    "SELECT pg_relation_size('public.standing_rules')",
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
    words = {"owner": database.url.username, "me": name, "schema": login.SCHEMA, "view": login.VIEW}
    with signed_in(database, name, login.grant(database, OPERATOR, name)) as connection:
        found = {one: tried(connection, one.format(**words)) for one in REFUSED}
        assert [one for one, why in found.items() if why is None] == []
        odd = [f"{one}: {why}" for one, why in found.items() if why and not _is_permission(why)]
        assert not odd, "\n".join(odd)
        for view in ("pg_stats", "pg_stats_ext", "pg_stats_ext_exprs"):
            rows = connection.scalar(text(f"SELECT count(*) FROM {view} WHERE schemaname = 'public'"))
            assert not rows, view
        others = "SELECT query FROM pg_stat_activity WHERE usename <> current_user"
        assert {*connection.scalars(text(others))} <= {"<insufficient privilege>"}
        assert (
            connection.scalar(text("SELECT count(*) FROM information_schema.columns WHERE table_name = 'people'")) == 0
        )
        assert connection.scalars(text("SELECT last_value FROM pg_sequences")).all() == [None, None]


def _is_permission(why: str) -> bool:
    return any(
        word in why for word in ("ermission denied", "must be", "must have", "not owner", "Only roles", "not allowed")
    )


@ON_POSTGRES
def test_a_release_that_is_not_published_yet_is_not_there_either(
    database: Database, vault: Vault, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not by its rows, not by its text through a function that tells what it is given (the view is a barrier)."""
    employ(database, vault)
    drawn(database, vault, tmp_path)
    monkeypatch.setattr("data.proofs.publishing.run", lambda *_: None)
    with pytest.raises(Exception, match="no release of"):
        drawn(database, vault, tmp_path, QUARTER.after)
    leaky = f"SELECT count(*) FROM {login.VIEW} WHERE (document::jsonb ->> 'quarter')::int = 0"
    with signed_in(database, name, login.grant(database, OPERATOR, name)) as connection:
        assert connection.scalars(text(f"SELECT quarter FROM {login.VIEW}")).all() == [str(QUARTER)]
        why = tried(connection, leaky)
    assert why is not None and str(QUARTER) in why and str(QUARTER.after) not in why


@ON_POSTGRES
def test_what_postgresql_lets_every_login_do_is_known(
    database: Database, vault: Vault, tmp_path: Path, name: str
) -> None:
    """Known limits, written down in README.md: whoever may connect to a database learns how many rows each table has,
    so exactly how many objections there are in the company; whose, or of which department, nothing says. They can also
    hold locks that the app waits for, and store objects. Only a superuser could take that away, from everybody."""
    opt_out(database, employ(database, vault)[:37], QUARTER.start)
    with database.engine.begin() as connection:
        connection.execute(text("ANALYZE"))
    with signed_in(database, name, login.grant(database, OPERATOR, name)) as connection:
        live, rows, size = (connection.scalar(text(counter)) for counter in COUNTERS)
        assert (live, rows) == (37, 37) and size > 0
        assert [one for one in ("SELECT pg_advisory_lock(5)", "SELECT lo_create(0)") if tried(connection, one)] == []
