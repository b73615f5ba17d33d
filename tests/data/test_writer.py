"""SQLite's writing transactions: what goes past the mapper and what does not are kept together or not at all."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, UnboundExecutionError
from sqlalchemy.orm import Session

from data import driver
from data.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'kept.db'}")
    with found.writing() as session:
        session.execute(text("CREATE TABLE lines (line TEXT CHECK (line <> 'bad'))"))
    return found


def by_mapper(session: Session, line: str) -> None:
    session.execute(text("INSERT INTO lines VALUES (:line)"), {"line": line})


def by_driver(session: Session, line: str) -> None:
    driver.run(session, "INSERT INTO lines VALUES (?)", (line,))


WAYS = pytest.mark.parametrize("ways", [(by_mapper, by_driver), (by_driver, by_mapper), (by_driver, by_driver)])
Ways = tuple[Callable[[Session, str], None], Callable[[Session, str], None]]


def lines(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT line FROM lines ORDER BY line")))


@WAYS
def test_both_ways_write_in_one_transaction(database: Database, ways: Ways) -> None:
    with database.writing() as session:
        ways[0](session, "one")
        ways[1](session, "two")
        assert lines(database) == [], "nobody sees half of it"
    assert lines(database) == ["one", "two"]


@WAYS
@pytest.mark.parametrize("fails", ["block", "statement"])
def test_what_fails_leaves_nothing_and_the_next_goes_on(database: Database, ways: Ways, fails: str) -> None:
    """The connection is kept, and nothing of what failed on it."""
    with pytest.raises((DBAPIError, RuntimeError)), database.writing() as session:
        ways[0](session, "one")
        if fails == "block":
            raise RuntimeError
        ways[1](session, "bad")
    assert lines(database) == []
    with database.writing() as session:
        ways[1](session, "two")
    assert lines(database) == ["two"]


@WAYS
def test_what_sqlite_took_back_by_itself_is_never_said_to_be_kept(database: Database, ways: Ways) -> None:
    """SQLite rolls back by itself, on a full disk for one; whoever passes over the error is told at the end."""
    with pytest.raises(DBAPIError, match="no transaction is active"), database.writing() as session:
        ways[0](session, "one")
        with suppress(DBAPIError):
            driver.run(session, "INSERT OR ROLLBACK INTO lines VALUES ('bad')")
    assert lines(database) == []


@WAYS
def test_a_part_is_never_committed_by_itself(database: Database, ways: Ways) -> None:
    with pytest.raises(InvalidRequestError, match="when its block ends"), database.writing() as session:
        ways[0](session, "one")
        session.commit()
    assert lines(database) == []


@WAYS
def test_what_the_block_takes_back_is_gone(database: Database, ways: Ways) -> None:
    with database.writing() as session:
        ways[0](session, "one")
        ways[1](session, "two")
        session.rollback()
    assert lines(database) == []


def test_whoever_goes_on_after_the_block_is_refused(database: Database) -> None:
    """The connection is somebody else's by then: nothing is read or written in the midst of their transaction."""
    with database.writing() as session:
        by_driver(session, "one")
    for way in (by_driver, by_mapper):
        with database.writing() as others:
            by_driver(others, "two")
            with pytest.raises(UnboundExecutionError):
                way(session, "late")
    assert lines(database) == ["one", "two", "two"]


def test_one_connection_writes_for_everybody_until_it_is_closed(database: Database) -> None:
    made: list[object] = []
    event.listen(database.engine, "connect", lambda *_: made.append(_))
    for line in ("one", "two"):
        with database.writing() as session:
            by_mapper(session, line)
    assert made == []
    database.close()
    with database.writing() as session:
        by_driver(session, "three")
    assert len(made) == 1
    assert lines(database) == ["one", "three", "two"]
