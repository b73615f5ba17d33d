"""SQLite's transactions that write: on one connection that is kept from one to the next, begun and committed by the
driver itself. The mapper comes in where it is asked for something.

A connection of the pool, a transaction of the mapper's in it, and giving both back took an append longer than SQLite.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from data import driver


class Writer:
    """The connections that write to one file: one as a rule, because writers take turns."""

    def __init__(self, engine: Engine) -> None:
        """Nothing is connected yet. `engine` begins no transaction of its own where the driver's is under way."""
        self._engine = engine
        self._idle: list[Connection] = []

    @contextmanager
    def transaction(self) -> Generator[Session]:
        """A transaction that holds SQLite's write lock, commits at the end, and rolls back on any exception. Raises
        DBAPIError; also where SQLite took it back by itself, as it does when there is no room, and the caller went
        on."""
        connection = self._idle.pop() if self._idle else self._engine.connect()
        line: Any = connection.connection.dbapi_connection
        session = _Whole(connection, line)
        try:
            driver.run(session, "BEGIN IMMEDIATE")
            yield session
            session.end()
        finally:
            try:
                session.rollback()  # of what is still open
                session.close()
            except BaseException:
                connection.invalidate()
                connection.close()
                raise
            self._idle.append(connection)

    def close(self) -> None:
        """Give every connection back."""
        while self._idle:
            self._idle.pop().close()


class _Whole(Session):
    """The session of one transaction, which ends as a whole: with its block, or taken back before."""

    def __init__(self, connection: Connection, line: Any) -> None:
        super().__init__(connection, expire_on_commit=False, info={driver.LINE: line})
        self._line = line
        self._is_taken_back = False

    def commit(self) -> None:
        raise InvalidRequestError("A writing transaction is committed when its block ends.")

    def rollback(self) -> None:
        super().rollback()
        self._line.rollback()
        self._is_taken_back = True

    def end(self) -> None:
        """Commit all of it, unless it was taken back."""
        if self._is_taken_back:
            return
        self.flush()
        if self.in_transaction() and self._line.in_transaction:
            super().commit()
        else:
            driver.run(self, "COMMIT")  # SQLite refuses where it has rolled back by itself
