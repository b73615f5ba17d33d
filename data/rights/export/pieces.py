"""What an export holds, piece by piece: captures, screens, who looked, what was asked, and an index of it all.

It is made of streams that follow each other, so that one pass over the captures can write both texts (texts.py).
The Parquet files are in tables.py; volumes.py makes archives of it all. Every round of pieces comes with the progress
from which another process can go on. Nothing here writes anything: the caller seals and keeps the pieces.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute
from sqlalchemy.orm import Session

from data.captures import segments
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.database import Database
from data.errors import Conflict
from data.rights.export import charts
from data.rights.export.zipped import Entry, Zip
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

LINES, CELLS, TABLES, PICTURES, RECEIPTS, REST = STREAMS = range(6)
TABLE = "captures-"  # and a number: a Parquet file, beside the screens so that it comes back as it lies
RECEIPT = "receipts/daylight-receipt-"  # and the look's position in the log
UNPROVEN = "-none.txt"  # after that position: why there is no receipt
TEXTS = {LINES: "captures.jsonl", CELLS: "captures.csv"}
_ENDINGS = {".jsonl": LINES, ".csv": CELLS, ".parquet": TABLES}
VOLUME = 2_000_000_000  # bytes of an archive, above which there is another: every file system and program takes these
ROWS = 2**18  # captures a round: about 10 MB of pieces
BYTES = 8 << 20  # of screens a round
_SPARE = 64 << 20  # bytes
PLACES = ("at", "segment", "row")


@dataclass(frozen=True)
class File:
    """One file of the archive, as its directory and the manifest list it. `black` says what is blacked out in it, as
    images.py wrote it; None for what is as it was captured."""

    entry: Entry
    sha256: str
    black: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `of` reads back."""
        return {"entry": asdict(self.entry), "sha256": self.sha256} | ({"black": self.black} if self.black else {})

    @staticmethod
    def of(value: dict[str, Any]) -> File:
        """What `as_json` wrote."""
        return File(Entry(**value["entry"]), value["sha256"], value.get("black"))


@dataclass(frozen=True)
class Piece:
    """Bytes of one stream, and the files that end in them."""

    stream: int
    number: int
    data: bytes
    files: tuple[File, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Where the writer stands; small, and JSON. `cursor` is (at, segment, row) of the last capture written, `kinds`
    counts what was written, `days` by UTC day, `hours` by hour of the day; `tables` are the segments that are Parquet
    files already, `texts` the files of each text that were ended, `text_from` the piece in which
    the open one begins, `writers` is the archive writer's state by stream, `numbers` the pieces by stream. `hiding` is
    the version of what is blacked out in the pictures so far, `black` how many pictures have something of it."""

    segments: tuple[int, ...]
    stamp: tuple[int, int]
    cursor: tuple[int, int, int] | None = None
    captures_ended: bool = False
    tables: int = 0
    texts: tuple[int, ...] = (0, 0)
    text_from: tuple[int, ...] = (0, 0)
    last_screen: str = ""
    last_receipt: int = -1
    screens: int = 0
    hiding: str = ""
    black: int = 0
    done: int = 0
    first: int | None = None
    last: int | None = None
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    days: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    hours: tuple[int, ...] = (0,) * charts.HOURS
    writers: tuple[dict[str, Any] | None, ...] = (None,) * len(STREAMS)
    numbers: tuple[int, ...] = (0,) * len(STREAMS)

    @staticmethod
    def of(value: dict[str, Any]) -> Progress:
        """What `dataclasses.asdict` and JSON made of it."""
        lists: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in value.items()}
        return Progress(**lists)


@dataclass(frozen=True)
class Source:
    """Whose captures, which of them, where they are, how many bytes an archive may have, and which request asked."""

    database: Database
    vault: Vault
    person_id: int
    scope: Scope
    volume: int = VOLUME
    request_id: int | None = None


Round = tuple[tuple[Piece, ...], Progress]


def room(volume: int) -> int:
    """How many of an archive's bytes are for files; the rest is for its lists, index and directory."""
    return volume - min(_SPARE, volume // 8)


def stream_of(file: File) -> int:
    """The stream a file of the archive is in, by its name."""
    name, dot, ending = file.entry.name.rpartition(".")
    if name == "captures" or name.startswith(TABLE):
        return _ENDINGS[dot + ending]
    if file.entry.name.startswith(RECEIPT):
        return RECEIPTS
    return PICTURES if file.entry.name.startswith("screens/") else REST


def frozen(session: Session, source: Source, progress: Progress) -> list[Segment]:
    """The segments that the export is made of. Raises Conflict when one is gone: begin again then."""
    meant = set(progress.segments)
    found = [one for one in segments.listed(session, source.person_id) if one.id in meant]
    if len(found) != len(meant):
        raise Conflict("The captures were moved while the copy was being made; it has to begin again.")
    return found


def rows(session: Session, source: Source, progress: Progress) -> Iterator[pa.Table]:
    """The captures in scope after the cursor, ascending. Raises Conflict when a segment is gone."""
    found = frozen(session, source, progress)
    cursor, scope = progress.cursor, source.scope
    start = max((at for at in (scope.start, cursor and cursor[0]) if at is not None), default=None)
    only = [
        one
        for one in found
        if scope.overlaps(one.first_at, one.last_at) and (cursor is None or one.last_at >= cursor[0])
    ]
    read = segments.read(session, source.vault, source.person_id, start=start, end=scope.end, places=True, only=only)
    for table in read:
        rest_of_it = table if cursor is None else table.filter(_later(table, cursor))
        inside = rest_of_it if scope.everything else rest_of_it.filter(scope.mask(rest_of_it))
        if inside.num_rows:
            yield inside


def _later(table: pa.Table, cursor: tuple[int, int, int]) -> Any:
    at, segment, row = (table[name] for name in PLACES)
    same_segment = pc.and_(pc.equal(segment, cursor[1]), pc.greater(row, cursor[2]))
    same_instant = pc.and_(pc.equal(at, cursor[0]), pc.or_(pc.greater(segment, cursor[1]), same_segment))
    return pc.or_(pc.greater(at, cursor[0]), same_instant)


def moved(progress: Progress, stream: int, writer: Zip) -> Progress:
    """The progress after a piece of `stream`, as its writer stands."""
    writers, numbers = list(progress.writers), list(progress.numbers)
    writers[stream] = writer.state()
    numbers[stream] += 1
    return replace(progress, writers=tuple(writers), numbers=tuple(numbers))


def file(writer: Zip, name: str, data: bytes, *, packed: bool) -> tuple[bytes, tuple[File, ...]]:
    """A whole file of the archive: its bytes, and itself for the directory."""
    body = writer.add(name, data, packed=packed)
    digest = hashlib.sha256(data).hexdigest()
    return body, tuple(File(entry, digest) for entry in writer.ended())
