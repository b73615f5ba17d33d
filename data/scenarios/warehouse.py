"""The company's own database of captures, outside Daylight: a schema with tables, and logins, in a real PostgreSQL.

All that is made bears the scenario's name, in a schema and in roles, and a comment on the schema says who made it;
nothing without that comment is ever taken away. The rows are invented.
"""

from __future__ import annotations

import secrets
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from data.controls.postgres import catalog
from data.controls.postgres.model import PUBLIC
from data.controls.postgres.reach import Reach
from data.errors import BadInput, Conflict
from data.scenarios.company import PEOPLE

NAME = "capture warehouse"
_PATTERN = "keystrokes_*"
_OWNER, _APP, _PROBE = "owner", "app", "probe"


@dataclass(frozen=True)
class Warehouse:
    """The database at `url` (as libpq takes it, of a login that may make schemas and roles), for the scenario
    `name`."""

    url: str = field(repr=False)
    name: str
    password: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)

    @staticmethod
    def at(text: str, name: str) -> Warehouse:
        """The one that an address typed by somebody names. Raises BadInput, without the address: it may hold a
        password."""
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            url = None
        if url is None or url.get_backend_name() != "postgresql":
            raise BadInput("--database is no address of a PostgreSQL; write postgresql://LOGIN@HOST/NAME.")
        return Warehouse(url.set(drivername="postgresql").render_as_string(hide_password=False), name)

    @property
    def schema(self) -> str:
        """Its own schema."""
        return f"daylight_{self.name}"

    def role(self, key: str) -> str:
        """The name of one of its roles."""
        return f"{self.schema}_{key}"

    def make(self) -> None:
        """Make the schema and the logins. Raises BadInput where that cannot be, Conflict where they are there."""
        with self._connected() as connection:
            if self._comment(connection) is not None:
                raise Conflict(
                    f"That database has a schema {self.schema} already, of an earlier replay; take it away with "
                    f"`python -m data scenario clean {self.name} --database URL`, and run it again."
                )
            for key in (_OWNER, _APP, _PROBE, *(one.key for one in PEOPLE)):
                login = sql.SQL("NOLOGIN") if key == _OWNER else sql.SQL("LOGIN")
                self._run(connection, "CREATE ROLE {role} {login}", role=self.role(key), login=login)
            self._run(connection, "ALTER ROLE {role} PASSWORD {word}", role=self.role(_PROBE), word=self.password)
            self._run(connection, "GRANT {owner} TO CURRENT_USER", owner=self.role(_OWNER))
            self._run(connection, "CREATE SCHEMA {schema} AUTHORIZATION {owner}", owner=self.role(_OWNER))
            self._as(connection, "COMMENT ON SCHEMA {schema} IS {mark}", mark=self._mark)
            self._as(connection, "GRANT USAGE ON SCHEMA {schema} TO {app}", app=self.role(_APP))

    def load(self, day: str, rows: Sequence[tuple[str, str, str]]) -> str:
        """What the night brings: a table for a day with rows (who, app, typed), open to whoever the defaults say and to
        the app; its full name."""
        table = _PATTERN.replace("*", day)
        with self._connected() as connection:
            names = {"table": table}
            self._as(connection, "CREATE TABLE {schema}.{table} (who text, app text, typed text)", **names)
            self._as(connection, "GRANT SELECT ON {schema}.{table} TO {app}", app=self.role(_APP), **names)
            for row in rows:
                values = sql.SQL(", ").join(map(sql.Literal, row))
                self._as(connection, "INSERT INTO {schema}.{table} VALUES ({values})", values=values, **names)
        return f"{self.schema}.{table}"

    def open_to_everyone(self) -> None:
        """What the story is about: read by whoever can connect, and each table that comes too."""
        with self._connected() as connection:
            self._as(connection, "GRANT USAGE ON SCHEMA {schema} TO PUBLIC")
            self._as(connection, "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO PUBLIC")
            self._as(connection, f"{_DEFAULTS} GRANT SELECT ON TABLES TO PUBLIC", owner=self.role(_OWNER))

    def close_what_is_there(self) -> None:
        """The first fix: the tables that are there, and not those that will come."""
        with self._connected() as connection:
            self._as(connection, "REVOKE SELECT ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC")

    def close_for_good(self) -> None:
        """The second fix: those that will come too."""
        self.close_what_is_there()
        with self._connected() as connection:
            self._as(connection, f"{_DEFAULTS} REVOKE SELECT ON TABLES FROM PUBLIC", owner=self.role(_OWNER))
            self._as(connection, "REVOKE USAGE ON SCHEMA {schema} FROM PUBLIC")

    def lock_out(self, *, locked: bool) -> None:
        """Whether the login with which Daylight looks may sign in."""
        with self._connected() as connection:
            login = sql.SQL("NOLOGIN" if locked else "LOGIN")
            self._run(connection, "ALTER ROLE {role} {login}", role=self.role(_PROBE), login=login)

    def read_as(self, key: str) -> int:
        """How many rows somebody's login reads, of all tables; 0 where it may read none."""
        count = 0
        with self._connected() as connection:
            self._run(connection, "GRANT {role} TO CURRENT_USER", role=self.role(key))
            tables = [one.full.partition(".")[2] for one in catalog.read(self.url).tables if one.schema == self.schema]
            self._run(connection, "SET ROLE {role}", role=self.role(key))
            for table in tables:
                try:
                    found = self._run(connection, "SELECT count(*) FROM {schema}.{table}", table=table).fetchone()
                except psycopg.errors.InsufficientPrivilege:
                    continue
                count += found[0] if found else 0
        return count

    def watched(self, path: Path, department: str) -> None:
        """Write the file that names it to the probes. Whoever could read it anyway (the server's administrators) is
        among those who may."""
        reach = Reach(catalog.read(self.url))
        tables = [one.full for one in reach.catalog.tables if one.schema == self.schema]
        may = {*reach.readers(tables).who, self.role(_APP)} - {PUBLIC}
        url = make_url(self.url).set(username=self.role(_PROBE), password=self.password)
        owners = ", ".join(f'{self.role(one.key)} = "{one.email}"' for one in PEOPLE)
        lines = (
            f"# Made by the scenario {self.name}; the login may read no captures, and goes with `scenario clean`.",
            "[[database]]",
            f'name = "{NAME}"',
            f"url = {_quoted(url.render_as_string(hide_password=False))}",
            f'tables = ["{self.schema}.{_PATTERN}"]',
            'kinds = ["key", "window"]',
            f'department = "{department}"',
            f"allowed = [{', '.join(map(_quoted, sorted(may)))}]",
            f"owners = {{{owners}}}",
        )
        path.touch(0o600)
        path.write_text("".join(f"{line}\n" for line in lines))

    def clean(self) -> bool:
        """Take away what was made; whether there was any. Raises BadInput where it is somebody else's."""
        with self._connected() as connection:
            comment = self._comment(connection)
            if comment is not None and comment != self._mark:
                raise BadInput(
                    f"The schema {self.schema} in that database does not say that a scenario made it; nothing was taken"
                    " away."
                )
            if comment is not None:
                self._run(connection, "DROP SCHEMA {schema} CASCADE")
            rows = connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [self._roles]).fetchall()
            for (role,) in rows:
                self._run(connection, "DROP OWNED BY {role}", role=role)
                self._run(connection, "DROP ROLE {role}", role=role)
        return comment is not None or bool(rows)

    @property
    def _roles(self) -> list[str]:
        return [self.role(key) for key in (_OWNER, _APP, _PROBE, *(one.key for one in PEOPLE))]

    @property
    def _mark(self) -> str:
        return f"Made by the Daylight scenario {self.name}; may be dropped."

    def _comment(self, connection: psycopg.Connection[Any]) -> str | None:
        """What is said about the schema, empty for nothing; None where it is not there."""
        query = "SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = %s"
        found = connection.execute(query, [self.schema]).fetchone()
        return found[0] if found else None

    def _as(self, connection: psycopg.Connection[Any], statement: str, **names: Any) -> None:
        """Run it as the owner of the schema, whose default privileges then count."""
        self._run(connection, "SET ROLE {role}", role=self.role(_OWNER))
        self._run(connection, statement, **names)
        connection.execute("RESET ROLE")

    def _run(self, connection: psycopg.Connection[Any], statement: str, **names: Any) -> psycopg.Cursor[Any]:
        given: dict[str, Any] = {"schema": sql.Identifier(self.schema)}
        for name, value in names.items():
            literal = name in ("mark", "word")
            given[name] = value if not isinstance(value, str) else (sql.Literal if literal else sql.Identifier)(value)
        return connection.execute(sql.SQL(statement).format(**given))  # pyright: ignore[reportArgumentType] (written here)

    @contextmanager
    def _connected(self) -> Generator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(self.url, autocommit=True, connect_timeout=catalog.CONNECT_SECONDS) as connection:
                yield connection
        except psycopg.Error as error:
            # Of what the server or libpq says only the first line: it names no password, and the rest is hints.
            reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise BadInput(
                f"The database that --database names did not do what the scenario needs ({reason}); give it a login "
                "that may make schemas and roles, on a server for trying out."
            ) from None


_DEFAULTS = "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA {schema}"


def _quoted(text: str) -> str:
    """A string of TOML."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
