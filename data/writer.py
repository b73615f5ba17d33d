"""SQLite's transactions that write: on one connection that is kept from one to the next, begun and committed by the
driver itself. The mapper comes in where it is asked for something.

A connection of the pool, a transaction of the mapper's in it, and giving both back took an append longer than SQLite.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session

from data import driver
from data.journal import Journal


class Writer:
    """The connections that write to one file: one as a rule, because writers take turns."""

    def __init__(self, engine: Engine, journal: Journal | None, make_up: Callable[[], None]) -> None:
        """Nothing is connected yet. `engine` begins no transaction of its own where the driver's is under way; for
        `make_up` see Journal."""
        self._engine = engine
        self._journal = journal
        self._make_up = make_up
        self._idle: list[Connection] = []

    def transaction(self) -> Transaction:
        """To be entered: a transaction that holds SQLite's write lock, commits at the end, and rolls back on any
        exception. Raises DBAPIError; also where SQLite took it back by itself, as it does when there is no room, and
        the caller went on. Raises Unwritable as Journal does."""
        has_turn = self._journal is not None and self._journal.take_turn(self._make_up)
        try:
            return Transaction(self, self._idle.pop() if self._idle else self._engine.connect(), has_turn=has_turn)
        except BaseException:
            self.give_turn(has_turn=has_turn)
            raise

    def keep(self, connection: Connection) -> None:
        """Keep it for the next transaction."""
        self._idle.append(connection)

    def give_turn(self, *, has_turn: bool) -> None:
        """Let the next one write."""
        if self._journal is not None and has_turn:
            self._journal.give_turn()

    def close(self) -> None:
        """Give every connection back."""
        while self._idle:
            self._idle.pop().close()


class Transaction(Session):
    """The session of one transaction, which ends as a whole: with its block, or taken back before."""

    def __init__(self, writer: Writer, connection: Connection, *, has_turn: bool) -> None:
        self._line: Any = connection.connection.dbapi_connection
        super().__init__(connection, expire_on_commit=False, info={driver.LINE: self._line})
        self._writer, self._connection, self._has_turn = writer, connection, has_turn
        self._is_taken_back = False

    def __enter__(self) -> Transaction:
        try:
            driver.run(self, "BEGIN IMMEDIATE")
        except BaseException:
            self._leave(is_clean=False)
            raise
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        is_clean = False
        try:
            if kind is None and not self._is_taken_back:
                is_clean = self.end()
        finally:
            self._leave(is_clean=is_clean)

    def commit(self) -> None:
        raise InvalidRequestError("A writing transaction is committed when its block ends.")

    def rollback(self) -> None:
        super().rollback()
        self._line.rollback()
        self._is_taken_back = True

    def end(self) -> bool:
        """Commit all of it; whether the mapper was asked for nothing, and so holds nothing."""
        self.flush()
        if self.in_transaction() and self._line.in_transaction:
            super().commit()
            return False
        driver.run(self, "COMMIT")  # SQLite refuses where it has rolled back by itself
        return True

    def _leave(self, *, is_clean: bool) -> None:
        try:
            if not is_clean:
                self.rollback()  # of what is still open
                self.close()
            # Whoever goes on with this session is refused, and is never in somebody else's transaction.
            self.bind = None
            self.info.clear()
        except BaseException:
            self._connection.invalidate()
            self._connection.close()
            raise
        else:
            self._writer.keep(self._connection)
        finally:
            self._writer.give_turn(has_turn=self._has_turn)
