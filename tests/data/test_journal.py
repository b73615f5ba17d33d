"""A group commit: nobody is told of what is not on the disk, and one wait for the disk is for all who committed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

import pytest
from sqlalchemy import text

from data import journal
from data.database import Database
from data.errors import Refused, Unwritable


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'kept.db'}")
    with found.writing() as session:
        session.execute(text("CREATE TABLE lines (line TEXT)"))
    return found


def write(database: Database, line: str) -> str:
    with database.writing() as session:
        session.execute(text("INSERT INTO lines VALUES (:line)"), {"line": line})
    return line


def lines(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(text("SELECT line FROM lines")))


def syncing(monkeypatch: pytest.MonkeyPatch, first: Callable[[], object]) -> list[str]:
    """Have `first` happen before each wait for the disk; the file names that were waited for."""
    really, done = os.fdatasync, list[str]()

    def sync(descriptor: int) -> None:
        first()
        really(descriptor)
        done.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(journal.os, "fdatasync", sync)
    return done


def test_what_is_committed_is_on_the_disk_before_anybody_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = syncing(monkeypatch, lambda: None)
    write(database, "one")
    assert done == ["kept.db-wal"]


def test_what_was_refused_is_on_the_disk_too(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    done = syncing(monkeypatch, lambda: None)
    with pytest.raises(Refused), database.reading():
        raise Refused("No.", lambda session: session.execute(text("INSERT INTO lines VALUES ('tried')")))
    assert done == ["kept.db-wal"]
    assert lines(database) == {"tried"}


def test_one_wait_for_the_disk_is_for_all_who_committed_meanwhile(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first waits for the disk; seven others write and commit in that time, and none of them is told before the
    disk has it; one more wait is for the seven."""
    disk, is_waiting = Event(), Event()

    def slow() -> None:
        is_waiting.set()
        assert disk.wait(30)

    done = syncing(monkeypatch, slow)
    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(write, database, "first")]
        assert is_waiting.wait(30)
        told += [pool.submit(write, database, f"line {number}") for number in range(7)]
        while len(lines(database)) < 8:
            assert not any(one.done() for one in told)
        disk.set()
        assert {one.result(30) for one in told} == lines(database)
    assert 2 <= len(done) <= 3, "one wait for the first, one for the others, or one more for who came late"


def test_two_who_open_the_same_file_wait_together(database: Database, tmp_path: Path) -> None:
    assert journal.of(tmp_path / "kept.db") is journal.of(tmp_path / "kept.db")


def test_when_the_disk_fails_nobody_who_waited_is_told_and_nothing_more_is_committed_behind_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed wait may have lost pages in the middle of the journal, and everything behind them with it at the next
    power cut. So the next writer has SQLite take the journal into the database first, and is refused until it can."""
    write(database, "before")
    really, together = os.fdatasync, Barrier(2)

    def broken(_: int) -> None:
        together.wait(30)
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(journal.os, "fdatasync", broken)
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(write, database, "lost")]
        while "lost" not in lines(database):
            pass
        told.append(pool.submit(write, database, "lost too"))
        while "lost too" not in lines(database):
            pass
        together.wait(30)
        for one in told:
            with pytest.raises(Unwritable, match="does not keep what is written to it"):
                one.result(30)
    monkeypatch.setattr(journal.os, "fdatasync", really)

    with database.reading() as reader:  # keeps SQLite from emptying the journal
        reader.execute(text("SELECT * FROM lines")).all()
        with pytest.raises(Unwritable, match="its journal is being read"):
            write(database, "refused")
    assert "refused" not in lines(database)

    done = syncing(monkeypatch, lambda: None)
    write(database, "after")
    assert done == ["kept.db-wal"]
    assert lines(database) == {"before", "lost", "lost too", "after"}


def test_a_journal_that_sqlite_made_anew_is_the_one_that_is_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When nobody has the database open, SQLite takes the journal away."""
    done = syncing(monkeypatch, lambda: None)
    write(database, "one")
    database.close()
    database.keep()
    assert done == ["kept.db-wal"], "what was in it is in the database, on the disk"
    write(database, "two")
    assert done == ["kept.db-wal"] * 2
    assert lines(database) == {"one", "two"}
