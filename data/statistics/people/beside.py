"""A database of its own beside the store's (PostgreSQL), which holds published releases and nothing else.

Whoever may connect to a database of PostgreSQL is told by it how many rows each table has, may hold locks that others
wait for, and may store objects. So an organizer's login connects to a database in which there is nothing to learn.
"""

from __future__ import annotations

from contextlib import closing

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data.database import Database
from data.errors import Conflict
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.statistics.people import reading
from data.statistics.people.release import Release

TABLE = "releases"
EVERY = 60.0  # seconds between two looks whether there is a release to copy
_ENDING = "_releases"
_LONGEST = 63  # bytes of a name in PostgreSQL
_COLUMNS = "quarter text PRIMARY KEY, document text NOT NULL, sha256 text NOT NULL, log_entry bigint NOT NULL"
_MAKE = (
    f"CREATE TABLE IF NOT EXISTS {TABLE} ({_COLUMNS})",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM PUBLIC",
    "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC",
)
_COPY = f"""
INSERT INTO {TABLE} VALUES (:quarter, :document, :sha256, :log_entry) ON CONFLICT (quarter) DO NOTHING RETURNING 1
"""


def name_of(database: Database) -> str:
    """What the database beside a store's is called."""
    return f"{(database.url.database or '')[: _LONGEST - len(_ENDING)]}{_ENDING}"


def opened(database: Database) -> Database:
    """The database beside a store's. Nothing is connected yet."""
    return Database(database.url.set(database=name_of(database)).render_as_string(hide_password=False))


def is_there(session: Session, database: Database) -> bool:
    """Whether it was made."""
    named = {"name": name_of(database)}
    return session.scalar(text("SELECT 1 FROM pg_database WHERE datname = :name"), named) is not None


def make(database: Database, vault: Vault) -> None:
    """Make it where it is not there yet, with what was released until now. Raises Conflict where Daylight's own login
    may not make a database."""
    name = name_of(database)
    with database.reading() as session:
        known = is_there(session, database)
    if not known:
        try:
            with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except DBAPIError as error:
            raise Conflict(
                f"Daylight's own login may not make the database in which organizers read releases; have whoever"
                f' administers the server run CREATE DATABASE "{name}" OWNER {database.url.username}, and try again.'
            ) from error
    with closing(opened(database)) as other, other.writing() as session:
        session.execute(text(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC'))
        for statement in _MAKE:
            session.execute(text(statement))
    keep_up(database, vault)


def keep_up(database: Database, vault: Vault) -> int:
    """Copy each release that is published and as the log says, and not there yet; how many those were. What was copied
    once is never written again, whatever becomes of the store."""
    if database.is_sqlite:
        return 0
    with database.reading() as session:
        if not is_there(session, database):
            return 0
        found = reading.releases(session, OPERATOR, vault).releases
    with closing(opened(database)) as other, other.writing() as session:
        return sum(session.scalar(text(_COPY), _row(one)) or 0 for one in found)


def _row(one: Release) -> dict[str, object]:
    return {"quarter": str(one.quarter), "document": one.document, "sha256": one.digest, "log_entry": one.position}
