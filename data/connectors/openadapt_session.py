"""An OpenAdapt session on disk: is it finished, is it whole, what does its database hold."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from data.connectors import files
from data.errors import BadInput

WANTED = "the folder of an openadapt-capture session, with recording.db"

Record = dict[str, Any]


@dataclass(frozen=True)
class Session:
    """The files of one finished session."""

    folder: Path
    database: Path
    video: Path | None
    counts: dict[str, int]  # events by type as the recorder counted them; empty for sessions that did not count

    @property
    def parts(self) -> list[Path]:
        """What an import reads."""
        return [self.database, *([self.video] if self.video else [])]


def find(path: Path) -> Session:
    """The session in the folder `path`. BadInput when it is none, is not finished, or was altered since."""
    files.require_folder(path, WANTED)
    database = path / "recording.db"
    files.require_file(database, WANTED)
    if files.signature(database) != "an SQLite database":
        raise BadInput(f"{database} is not an SQLite database; name {WANTED}.")
    state = _described(path / "capture-state.json")
    if state and state.get("complete") is not True:
        phase = str(state.get("phase", "unknown"))[:40]
        raise BadInput(f"{path / 'capture-state.json'}: the session is not complete (phase {phase}); let it finish.")
    journal = path / "recording.db-wal"
    if journal.is_file() and journal.stat().st_size:
        raise BadInput(f"{database} is still written to (there is {journal.name}); stop the recorder first.")
    _require_whole(database)
    videos = sorted(path.glob("*.mp4"))
    if len(videos) > 1:
        raise BadInput(f"{path} holds {len(videos)} videos where a session has one; name {WANTED}.")
    _require_listed(path, [database, *videos])
    counts: Any = state.get("event_counts")
    whole = {str(name): n for name, n in counts.items() if type(n) is int} if isinstance(counts, dict) else {}
    return Session(path, database, videos[0] if videos else None, whole)


@contextmanager
def opened(database: Path) -> Generator[sqlite3.Connection]:
    """The session's database, read only and without locks or journals beside it. Damage becomes BadInput."""
    try:
        address = f"file:{quote(str(database.resolve()))}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            connection.row_factory = sqlite3.Row
            yield connection
    except UnicodeDecodeError:
        raise BadInput(f"{database} cannot be read (not UTF-8); copy the session again.") from None
    except (sqlite3.Error, OverflowError) as error:
        reason = str(error).partition(" with text ")[0]  # what follows would be the content
        raise BadInput(f"{database} cannot be read ({reason}); copy the session again.") from None


def rows(connection: sqlite3.Connection, table: str) -> Iterator[Record]:
    """The table's rows in the order they were written, without nulls; nothing when there is no such table."""
    if connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone():
        for row in connection.execute(f"SELECT id, timestamp, * FROM {table} ORDER BY rowid"):
            yield {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118  # a Row is no dict


def _require_whole(database: Path) -> None:
    """The header counts the pages, so a database that was cut is noticed before anything is read from it."""
    with database.open("rb") as file:
        header = file.read(100)
    page = int.from_bytes(header[16:18], "big")
    expected = (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")
    size = database.stat().st_size
    if size < expected or len(header) < 100:
        raise BadInput(f"{database} was cut: it has {size} bytes where its header says {expected}; copy it again.")


def _require_listed(folder: Path, parts: list[Path]) -> None:
    """The parts are what the session's own manifest says, where it has one."""
    path = folder / "capture-artifact-manifest.json"
    listed: Any = _described(path).get("artifacts")
    if not isinstance(listed, list):
        return
    digests = {str(one.get("path")): one.get("sha256") for one in cast("list[Any]", listed) if isinstance(one, dict)}
    for name in digests:
        if name.endswith((".mp4", ".db")) and not (folder / name).is_file():
            raise BadInput(f"{folder / name} is missing, though {path.name} lists it; copy the session again.")
    for part in parts:
        with part.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
        if part.name in digests and digests[part.name] != found:
            raise BadInput(f"{part} is not the file that {path.name} lists (other SHA-256); copy the session again.")


def _described(path: Path) -> Record:
    """One of the session's JSON files; empty when the session has no such file (older recorders)."""
    if not path.is_file():
        return {}
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        raise BadInput(f"{path} is not whole JSON in UTF-8; copy the session again.") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path} is not a JSON object; copy the session again.")
    return cast("Record", found)
