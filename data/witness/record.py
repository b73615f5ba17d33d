"""What a witness remembers: which logs it trusts, every head it cosigned, and what it refused. One SQLite file.

Not through the app's database layer: four small tables need none of it, and whoever runs a witness installs and reads
less.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from data.errors import Conflict, StoreMissing
from data.tlog.note import Verifier

FILE = "witness.db"
MOST_DOUBTS = 1_000  # refusals kept for one log besides proven forks: its key signs them, so only its operator can add

_SCHEMA = """
CREATE TABLE logs (origin TEXT PRIMARY KEY, vkey TEXT NOT NULL, trusted_at INTEGER NOT NULL) STRICT;
-- One head for each size: two that contradict each other cannot both be here.
CREATE TABLE heads (
    origin TEXT NOT NULL REFERENCES logs, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL,
    seconds INTEGER NOT NULL, PRIMARY KEY (origin, size)
) STRICT;
CREATE TABLE refusals (
    origin TEXT NOT NULL REFERENCES logs, size INTEGER NOT NULL, root BLOB NOT NULL, kind TEXT NOT NULL,
    note TEXT NOT NULL, known_size INTEGER NOT NULL, known_note TEXT NOT NULL,
    first_seconds INTEGER NOT NULL, last_seconds INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (origin, size, root, kind)
) STRICT;
"""


class Doubt(StrEnum):
    """Why a head that the log itself had signed was refused."""

    FORK = "fork"  # the same size with another root: two notes that the log signed contradict each other
    BROKEN = "broken"  # larger, and the proof that came with it does not show that it extends what was cosigned
    OLDER = "older"  # smaller than what was cosigned: sent late, or the log was put back


@dataclass(frozen=True)
class Head:
    """A head that was cosigned, and when last (seconds since 1970-01-01 UTC)."""

    size: int
    root: bytes
    note: str
    seconds: int


@dataclass(frozen=True)
class Refusal:
    """A head that was refused, with the note of it and the note it was held against; how often it came, and when."""

    origin: str
    kind: Doubt
    size: int
    root: bytes
    note: str
    known_size: int
    known_note: str
    first_seconds: int
    last_seconds: int
    count: int


@dataclass(frozen=True)
class Log:
    """A log that is trusted to sign its own heads, and the newest that was cosigned."""

    origin: str
    vkey: str
    trusted_at: int
    head: Head | None


def make(folder: Path) -> None:
    """An empty record in `folder`; one that holds nothing yet (an interrupted `make`) is made again."""
    with closing(sqlite3.connect(folder / FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} COMMIT;")


def exists(folder: Path) -> bool:
    """Whether there is a whole record in `folder`."""
    if not (folder / FILE).is_file():
        return False
    with closing(sqlite3.connect(folder / FILE)) as connection:
        found = connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'refusals'").fetchone()
        return bool(found[0])


@contextmanager
def opened(folder: Path, *, reading: bool = False) -> Generator[sqlite3.Connection]:
    """A transaction that commits to the disk at its end or leaves no trace; unless it is only `reading`, it holds the
    only write lock from its beginning.

    Raises StoreMissing when the record is gone: with an empty one in its place the witness could be led to cosign a
    second history.
    """
    if not exists(folder):
        raise StoreMissing(
            f"{folder / FILE} is missing: this witness no longer knows what it cosigned; make a new one."
        )
    with closing(sqlite3.connect(folder / FILE, timeout=30, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("BEGIN" if reading else "BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")


def trust(connection: sqlite3.Connection, verifier: Verifier, seconds: int) -> bool:
    """Add a log by its key; False when it was there. Conflict when its name is there with another key."""
    found = connection.execute("SELECT vkey FROM logs WHERE origin = ?", (verifier.name,)).fetchone()
    if found is None:
        connection.execute("INSERT INTO logs VALUES (?, ?, ?)", (verifier.name, verifier.vkey, seconds))
        return True
    if found[0] != verifier.vkey:
        raise Conflict(
            f"{verifier.name} is trusted with another key already; a log keeps its key, so ask its operator why."
        )
    return False


def verifier_of(connection: sqlite3.Connection, origin: str) -> Verifier | None:
    """The key of a trusted log; None for any other."""
    found = connection.execute("SELECT vkey FROM logs WHERE origin = ?", (origin,)).fetchone()
    return Verifier.parse(found[0]) if found else None


def newest(connection: sqlite3.Connection, origin: str) -> Head | None:
    """The largest head of a log that was cosigned."""
    query = "SELECT size, root, note, seconds FROM heads WHERE origin = ? ORDER BY size DESC LIMIT 1"
    found = connection.execute(query, (origin,)).fetchone()
    return Head(*found) if found else None


def at(connection: sqlite3.Connection, origin: str, size: int) -> Head | None:
    """The head of this very size, if it was cosigned."""
    query = "SELECT size, root, note, seconds FROM heads WHERE origin = ? AND size = ?"
    found = connection.execute(query, (origin, size)).fetchone()
    return Head(*found) if found else None


def keep(connection: sqlite3.Connection, origin: str, head: Head) -> None:
    """Remember a head that is cosigned now. What was doubted about it before is settled by its proof."""
    connection.execute(
        "INSERT INTO heads VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET seconds = excluded.seconds WHERE root = excluded.root",
        (origin, head.size, head.root, head.note, head.seconds),
    )
    connection.execute(
        "DELETE FROM refusals WHERE origin = ? AND size = ? AND root = ? AND kind = ?",
        (origin, head.size, head.root, Doubt.BROKEN),
    )


def refuse(connection: sqlite3.Connection, refusal: Refusal) -> None:
    """Remember a refused head with both notes, once however often it comes."""
    query = "SELECT count(*) FROM refusals WHERE origin = ? AND kind != ?"
    (doubts,) = connection.execute(query, (refusal.origin, Doubt.FORK)).fetchone()
    same = "SELECT 1 FROM refusals WHERE origin = ? AND size = ? AND root = ? AND kind = ?"
    key = (refusal.origin, refusal.size, refusal.root, refusal.kind.value)
    if refusal.kind != Doubt.FORK and doubts >= MOST_DOUBTS and not connection.execute(same, key).fetchone():
        return
    connection.execute(
        "INSERT INTO refusals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET count = count + 1, last_seconds = excluded.last_seconds",
        (
            *key,
            refusal.note,
            refusal.known_size,
            refusal.known_note,
            refusal.first_seconds,
            refusal.last_seconds,
            refusal.count,
        ),
    )


def logs(connection: sqlite3.Connection) -> tuple[Log, ...]:
    """Every trusted log with its newest head."""
    rows = connection.execute("SELECT origin, vkey, trusted_at FROM logs ORDER BY origin").fetchall()
    return tuple(Log(origin, vkey, trusted_at, newest(connection, origin)) for origin, vkey, trusted_at in rows)


def refusals(connection: sqlite3.Connection) -> tuple[Refusal, ...]:
    """Every refusal, the latest first."""
    query = (
        "SELECT origin, kind, size, root, note, known_size, known_note, first_seconds, last_seconds, count "
        "FROM refusals ORDER BY last_seconds DESC, size DESC"
    )
    return tuple(Refusal(row[0], Doubt(row[1]), *row[2:]) for row in connection.execute(query))
