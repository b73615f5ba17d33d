"""What an export holds, piece by piece: captures, screens, who looked, what was asked, and an index of it all.

The archive is made of streams that follow each other, so that one pass over the captures can write both text files.
The Parquet files are in tables.py. Every round of pieces comes with the progress from which another process can
go on. Nothing here writes anything: the caller seals and keeps the pieces.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from sqlalchemy.orm import Session

from data import instants
from data.captures import segments
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.database import Database
from data.errors import Conflict
from data.rights.export import cells, charts, lines
from data.rights.export.zipped import Entry, Zip
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

LINES, CELLS, TABLES, PICTURES, RECEIPTS, REST = STREAMS = range(6)
TABLE = "captures-"  # and a number: a Parquet file, beside the screens so that it comes back as it lies
RECEIPT = "receipts/daylight-receipt-"  # and the look's position in the log
TEXTS = {LINES: "captures.jsonl", CELLS: "captures.csv"}
ROWS = 2**18  # captures a round: about 10 MB of pieces
BYTES = 8 << 20  # of screens a round
_PLACES = ("at", "segment", "row")


@dataclass(frozen=True)
class File:
    """One file of the archive, as its directory and the manifest list it."""

    entry: Entry
    sha256: str

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `of` reads back."""
        return {"entry": asdict(self.entry), "sha256": self.sha256}

    @staticmethod
    def of(value: dict[str, Any]) -> File:
        """What `as_json` wrote."""
        return File(Entry(**value["entry"]), value["sha256"])


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
    files already, `writers` is the archive writer's state by stream, `numbers` the pieces by stream."""

    segments: tuple[int, ...]
    stamp: tuple[int, int]
    cursor: tuple[int, int, int] | None = None
    captures_ended: bool = False
    tables: int = 0
    last_screen: str = ""
    last_receipt: int = -1
    screens: int = 0
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
    """Whose captures, which of them, and where they are."""

    database: Database
    vault: Vault
    person_id: int
    scope: Scope


Round = tuple[tuple[Piece, ...], Progress]


def captures(source: Source, progress: Progress, written: Mapping[int, Iterable[bytes]]) -> Iterator[Round]:
    """Every capture in scope, ascending, as JSON Lines and as CSV.

    Only the segments named in `progress` are read, so what is imported meanwhile cannot tear the two apart.
    `written` is what each of these streams holds already. Raises Conflict when a segment is gone: begin again then.
    """
    texts = {stream: _Text(stream, progress, written.get(stream, ())) for stream in TEXTS}
    with source.database.reading() as session:
        for table in _chunks(rows(session, source, progress)):
            made = tuple(text.add(table, progress.numbers[stream]) for stream, text in texts.items())
            progress = _after(progress, table)
            for stream, text in texts.items():
                progress = moved(progress, stream, text.writer)
            yield made, progress
    last = tuple(text.end(progress.numbers[stream]) for stream, text in texts.items())
    for stream, text in texts.items():
        progress = moved(progress, stream, text.writer)
    yield last, replace(progress, captures_ended=True)


class _Text:
    """One text file of every capture, from where another process stopped: its archive writer and its sum so far."""

    def __init__(self, stream: int, progress: Progress, written: Iterable[bytes]) -> None:
        self.writer = Zip(progress.stamp, progress.writers[stream])
        self._stream, self._digest, self._begun = stream, hashlib.sha256(), b""
        if self.writer.open is not None:
            _hash_again(self._digest, written, len(Zip(progress.stamp).begin(TEXTS[stream])))
            return
        self._begun = self.writer.begin(TEXTS[stream])
        if stream == CELLS:
            self._digest.update(cells.HEADER)
            self._begun += self.writer.write(cells.HEADER)

    def add(self, table: pa.Table, number: int) -> Piece:
        """The rows of `table` as a piece that ends at a byte."""
        body = bytearray(self._begun)
        self._begun = b""
        for text in cells.render(table) if self._stream == CELLS else lines.render(table):
            self._digest.update(text)
            body += self.writer.write(text)
        return Piece(self._stream, number, bytes(body + self.writer.flush()))

    def end(self, number: int) -> Piece:
        """The last piece, in which the file ends."""
        data = self._begun + self.writer.end()
        (entry,) = self.writer.ended()
        return Piece(self._stream, number, data, (File(entry, self._digest.hexdigest()),))


def rest(
    progress: Progress, documents: Iterable[tuple[str, bytes]], files: Sequence[File], sizes: Sequence[int]
) -> Round:
    """The last piece: `documents` by name, and the archive's directory of them and of `files`, which are placed
    after each other by the `sizes` of their streams (`stream_of` says which is whose)."""
    writer = Zip(progress.stamp)
    body, own = bytearray(), list[File]()
    for name, data in documents:
        packed, ended = file(writer, name, data, packed=True)
        body += packed
        own += ended
    base = [sum(sizes[:stream]) for stream in range(REST + 1)]
    writer.offset += base[REST]
    placed = [replace(file.entry, offset=file.entry.offset + base[stream_of(file)]) for file in files]
    placed += [replace(file.entry, offset=file.entry.offset + base[REST]) for file in own]
    body += writer.finish(placed)
    return (Piece(REST, 0, bytes(body), tuple(own)),), moved(progress, REST, writer)


def stream_of(file: File) -> int:
    """The stream a file of the archive is in, by its name."""
    for stream, name in TEXTS.items():
        if file.entry.name == name:
            return stream
    if file.entry.name.startswith(TABLE):
        return TABLES
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
    at, segment, row = (table[name] for name in _PLACES)
    same_segment = pc.and_(pc.equal(segment, cursor[1]), pc.greater(row, cursor[2]))
    same_instant = pc.and_(pc.equal(at, cursor[0]), pc.or_(pc.greater(segment, cursor[1]), same_segment))
    return pc.or_(pc.greater(at, cursor[0]), same_instant)


def _chunks(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of ROWS, the last one shorter."""
    held, count = list[pa.Table](), 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        while count >= ROWS:
            whole = pa.concat_tables(held)
            yield whole.slice(0, ROWS)
            held, count = [whole.slice(ROWS)], count - ROWS
    if count:
        yield pa.concat_tables(held)


def _after(progress: Progress, table: pa.Table) -> Progress:
    days = _counted(progress.days, table)
    kinds = sum((Counter(day) for day in days.values()), Counter[str]())
    at, segment, row = (table[name][-1].as_py() for name in _PLACES)
    hours = np.bincount(table["at"].to_numpy() % instants.DAY // instants.HOUR, minlength=charts.HOURS)
    return replace(
        progress,
        cursor=(at, segment, row),
        done=progress.done + table.num_rows,
        first=table["at"][0].as_py() if progress.first is None else progress.first,
        last=at,
        kinds=dict(kinds),
        days=days,
        hours=tuple(map(int, hours + progress.hours)),
    )


def _counted(days: Mapping[str, Mapping[str, int]], table: pa.Table) -> dict[str, dict[str, int]]:
    """What `days` counts and the rows of `table` beside it."""
    day = np.floor_divide(table["at"].to_numpy(), instants.DAY)
    rows = pa.table({"day": day, "kind": pc.cast(table["kind"], pa.string())})
    found = {one: dict(kinds) for one, kinds in days.items()}
    for one in rows.group_by(["day", "kind"]).aggregate([([], "count_all")]).to_pylist():
        kinds = found.setdefault(charts.day_of(one["day"] * instants.DAY), {})
        kinds[one["kind"]] = kinds.get(one["kind"], 0) + one["count_all"]
    return found


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


def _hash_again(digest: Any, written: Iterable[bytes], skip: int) -> None:
    """Put into `digest` what `written` holds unpacked, after the `skip` bytes before it."""
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for data in written:
        digest.update(inflate.decompress(memoryview(data)[skip:]))
        skip = 0
