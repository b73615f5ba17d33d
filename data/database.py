"""The database: SQLite embedded or PostgreSQL, and every difference between the two."""

from __future__ import annotations

import errno
import hashlib
import json
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    URL,
    BigInteger,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    SelectBase,
    Text,
    cast,
    create_engine,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session

from data import driver, journal
from data.errors import BadInput, Refused
from data.writer import Writer

NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

# The cache, in KiB of pages that a connection keeps at most: a page about a person who was looked at 2,000 times
# touches 16 MB of them, entries about each of 500 people as many, and the driver's own 2 MB would have each read again.
_PRAGMAS = (
    "journal_mode=WAL",
    # A commit is on the disk once its journal is: see journal.py, and `writing`.
    "synchronous=NORMAL",
    "secure_delete=ON",
    "foreign_keys=ON",
    f"cache_size=-{32 * 1024}",
    # Pages in the write-ahead log before they go to the file: what is written again meanwhile goes there once.
    "wal_autocheckpoint=4000",
)

# Of a session: its commit leaves the wait for the disk to `writing`.
_WAITS = "waits for the disk after its commit"

# SQLite numbers its rows only in a column that is declared INTEGER.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Table(DeclarativeBase):
    """What every table of Daylight derives from. Times are whole microseconds UTC (BigInteger)."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {int: BigInteger}  # noqa: RUF012 (SQLAlchemy's own declaration form)


class Database:
    """Two ways in: `reading()` cannot change anything, `writing()` commits at the end or leaves no trace."""

    def __init__(self, url: str) -> None:
        """Nothing is connected yet. Raises BadInput for an address of no database that Daylight knows."""
        self.url = _address(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if not self.is_sqlite:
            self.url = self.url.set(drivername="postgresql+psycopg")
        elif self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        self._writer = self._engine(read_only=False)
        self._reader = self._engine(read_only=True)
        kept = journal.of(Path(file)) if (file := self._file()) else None
        self._alone = Writer(self._writer, kept, self._empty_journal) if self.is_sqlite else None
        self._together = kept or (None if self.is_sqlite else journal.Together(self._flush))

    @contextmanager
    def reading(self) -> Generator[Session]:
        """A transaction in which the database itself refuses changes, and in which nothing changes under the reader."""
        try:
            with Session(self._reader, expire_on_commit=False) as session, session.begin():
                yield session
        except Refused as refused:
            self._trace(refused)
            raise

    @contextmanager
    def writing(self) -> Generator[Session]:
        """A transaction that commits when the block ends and rolls back on any exception.

        When the block is left, what it wrote is on the disk. Raises Unwritable when the disk fails at that: it may be
        kept then or not. On SQLite it holds the only write lock from its start, so what it read cannot change
        under it.
        """
        try:
            with self._transaction() as session:
                yield session
        except Refused as refused:
            self._trace(refused)
            raise
        self._keep(session)

    def _trace(self, refused: Refused) -> None:
        """Once what was tried is rolled back, write down that it was refused, where that is to be kept."""
        with self._transaction() as session:
            refused.trace(session)
        self._keep(session)

    def _transaction(self) -> AbstractContextManager[Session]:
        """What is written in it is committed, and not on the disk yet."""
        return self._served() if self._alone is None else self._alone.transaction()

    @contextmanager
    def _served(self) -> Generator[Session]:
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def keep(self) -> None:
        """Return once everything that was committed is on the disk; `writing` does so by itself. Raises Unwritable."""
        if self._together is not None:
            self._together.keep()

    def _keep(self, session: Session) -> None:
        """The same for one transaction that has ended. A server's commit waits by itself unless it was told not to."""
        if self.is_sqlite or _WAITS in session.info:
            self.keep()

    def _flush(self) -> None:
        """Have the server put on the disk what was committed until now. Raises OSError when it does not say so."""
        try:
            with self._writer.begin() as connection:
                # A transaction with a number of its own has a commit to wait for, and what came before goes with it.
                connection.exec_driver_sql("SELECT pg_current_xact_id()")
        except DBAPIError as error:
            raise OSError(errno.EIO, "the database server does not answer") from error

    def _empty_journal(self) -> None:
        """Have SQLite take its journal into the database, and sync that. Raises OSError where it cannot."""
        with self._writer.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            try:
                raw.execute("PRAGMA busy_timeout=1000")  # others wait behind this
                (is_busy, *_) = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            except connection.dialect.loaded_dbapi.Error as error:
                raise OSError(errno.EIO, str(error)) from error
            finally:
                connection.invalidate()
        if is_busy:
            raise OSError(errno.EBUSY, "its journal is being read")

    def is_there(self) -> bool:
        """Whether there is a file to open; connecting would make one. A server answers for itself."""
        return (file := self._file()) is None or Path(file).exists()

    def _file(self) -> str | None:
        """The file of an embedded database, if it has one."""
        name = self.url.database if self.is_sqlite else None
        return name if name and name != ":memory:" else None

    @property
    def engine(self) -> Engine:
        """For alembic and bulk loading only."""
        return self._writer

    def close(self) -> None:
        """Give every connection back."""
        if self._alone is not None:
            self._alone.close()
        self._reader.dispose()
        self._writer.dispose()

    def _engine(self, *, read_only: bool) -> Engine:
        # hide_parameters: the message of a failure must not quote the values of a row, which end in logs.
        if not self.is_sqlite:
            options: dict[str, Any] = {}
            if read_only:
                # Of one moment, as on SQLite: what a page shows, or a check compares, was true at the same time.
                options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
            return create_engine(self.url, execution_options=options, pool_pre_ping=True, hide_parameters=True)
        engine = create_engine(self.url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True)

        def connected(connection: Any, _record: object) -> None:
            # The driver's own transaction control would delay BEGIN past the first read.
            connection.isolation_level = None
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
            if read_only:
                connection.execute("PRAGMA query_only=ON")

        def begun(connection: Any) -> None:
            driver.begin(connection, "BEGIN" if read_only else "BEGIN IMMEDIATE")

        event.listen(engine, "connect", connected)
        event.listen(engine, "begin", begun)
        return engine


def _address(url: str) -> URL:
    try:
        found = make_url(url)
    except (ArgumentError, ValueError):
        found = None
    if found is None or found.get_backend_name() not in ("sqlite", "postgresql"):
        # The address itself may hold a password.
        raise BadInput(
            "DAYLIGHT_DATABASE is no address of a database that Daylight knows; "
            "write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        )
    return found


def is_sqlite(session: Session) -> bool:
    """Whether this transaction runs on SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def insert(session: Session, table: type[Table]) -> Any:
    """The dialect's own INSERT of `table`, which knows `on_conflict_do_nothing` and `..._do_update`."""
    return (sqlite.insert if is_sqlite(session) else postgresql.insert)(table)


def rows_together(session: Session, query: SelectBase) -> list[list[Any]]:
    """All rows of `query`, fetched as one JSON value; bytes come as hexadecimal text.

    Row by row, several threads that read at once spend their time on handing the interpreter's lock around.
    """
    rows = query.subquery()
    if is_sqlite(session):
        cells = [func.hex(column) if isinstance(column.type, LargeBinary) else column for column in rows.c]
        found = session.scalar(select(func.json_group_array(func.json_array(*cells))))
    else:
        cells = [func.encode(column, "hex") if isinstance(column.type, LargeBinary) else column for column in rows.c]
        found = session.scalar(select(cast(func.json_agg(func.json_build_array(*cells)), Text)))
    return json.loads(found or "[]")


def lock(session: Session, name: str, *, shared: bool = False, together: bool = False) -> None:
    """Hold `name` until this transaction ends; another transaction asking for it waits. Those that ask for it
    `shared` do not wait for each other. `together`: a transaction of `writing` waits for the disk only after it gave
    `name` up, with all others that wait for it then.

    SQLite's writing transaction is alone already (BEGIN IMMEDIATE).
    """
    if is_sqlite(session):
        return
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    how = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    later = ", set_config('synchronous_commit', 'off', true)" if together else ""
    session.execute(text(f"SELECT {how}(:key){later}"), {"key": key})
    if together:
        session.info[_WAITS] = True
