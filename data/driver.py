"""The driver's own connection in a transaction of SQLAlchemy's, for what is asked and written by the thousand a second:
the mapper, and a statement that looks at each row, take ten times as long as the database does."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError


def run(connection: Connection, statement: str, values: Sequence[Any] = ()) -> Any:
    """Run one statement, with `?` where each of `values` belongs, and return the driver's cursor. Raises DBAPIError as
    SQLAlchemy does, without the values of a row."""
    raw: Any = connection.connection.dbapi_connection
    try:
        return raw.execute(_written(statement, connection.dialect.paramstyle), values)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, statement, error) from error


def add(connection: Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows, each with a value for every one of `columns`. Raises DBAPIError."""
    _each(connection, _insertion(table, columns), rows)


def put(
    connection: Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    key: tuple[str, ...],
) -> None:
    """Insert rows as `add` does; one whose `key` is there already takes the place of what is. Raises DBAPIError."""
    _each(connection, _replacement(table, columns, key), rows)


def _each(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    if len(rows) == 1:
        run(connection, statement, rows[0])
        return
    raw: Any = connection.connection.dbapi_connection
    try:
        raw.cursor().executemany(_written(statement, connection.dialect.paramstyle), rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, statement, error) from error


def _told(connection: Connection, statement: str, error: Exception) -> BaseException:
    return DBAPIError.instance(
        statement, None, error, connection.dialect.loaded_dbapi.Error, hide_parameters=True, dialect=connection.dialect
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
