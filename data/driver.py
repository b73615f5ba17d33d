"""The driver's own connection in a transaction of SQLAlchemy's, for what is asked and written by the thousand a second:
the mapper, and a statement that looks at each row, take ten times as long as the database does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

LINE = "the driver's connection"  # of a session whose transaction the driver began itself; see writer.py


def run(session: Session, statement: str, values: Sequence[Any] = ()) -> Any:
    """Run one statement, with `?` where each of `values` belongs, and return the driver's cursor. Raises DBAPIError as
    SQLAlchemy does, without the values of a row. What the session was given before is flushed by whoever asks."""
    return _run(_line(session), session.get_bind().dialect, statement, values)


def rows(session: Session, query: Select[*tuple[Any, ...]]) -> list[Any]:
    """What a query of SQLAlchemy's finds, as the driver gives it: tuples, in the order of its columns."""
    with session.connection().execute(query) as result:
        cursor: Any = result.cursor
        return cursor.fetchall()


def begin(connection: Connection, statement: str) -> None:
    """Begin the driver's transaction by `statement`, unless one is under way. Raises DBAPIError."""
    line: Any = connection.connection.dbapi_connection
    if not line.in_transaction:
        _run(line, connection.dialect, statement, ())


def add(session: Session, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each with a value for every one of `columns`. Raises DBAPIError."""
    _each(session, _insertion(table, columns), rows)


def put(
    session: Session, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]], key: tuple[str, ...]
) -> None:
    """Insert rows as `add` does; one whose `key` is there already takes the place of what is. Raises DBAPIError."""
    _each(session, _replacement(table, columns, key), rows)


def _run(line: Any, dialect: Dialect, statement: str, values: Sequence[Any]) -> Any:
    try:
        return line.execute(_written(statement, dialect.paramstyle), values)
    except dialect.loaded_dbapi.Error as error:
        raise _told(dialect, statement, error) from error


def _each(session: Session, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    line, dialect = _line(session), session.get_bind().dialect
    written = _written(statement, dialect.paramstyle)
    try:
        if len(rows) == 1:
            line.execute(written, rows[0])
        else:
            line.cursor().executemany(written, rows)
    except dialect.loaded_dbapi.Error as error:
        raise _told(dialect, statement, error) from error


def _line(session: Session) -> Any:
    kept = session.info.get(LINE)
    return session.connection().connection.dbapi_connection if kept is None else kept


def _told(dialect: Dialect, statement: str, error: Exception) -> BaseException:
    return DBAPIError.instance(
        statement, None, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    )


@cache
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    names, places = ", ".join(f'"{name}"' for name in columns), ", ".join(["?"] * len(columns))
    return f'INSERT INTO "{table}" ({names}) VALUES ({places})'


@cache
def _replacement(table: str, columns: tuple[str, ...], key: tuple[str, ...]) -> str:
    new = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in key)
    return f"{_insertion(table, columns)} ON CONFLICT ({', '.join(key)}) DO UPDATE SET {new}"


@cache
def _written(statement: str, style: str) -> str:
    """With the marks of the database's own driver; a statement here holds no question mark of another meaning."""
    return statement if style == "qmark" else statement.replace("?", "%s")
