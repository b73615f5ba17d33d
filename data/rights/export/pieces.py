"""What an export holds, piece by piece: captures, screens, who looked, what was asked, and an index of it all.

The archive is made of four streams that follow each other, so that one pass over the captures can write both the
JSON Lines file and the Parquet files. Every round of pieces comes with the progress from which another process can
go on. Nothing here writes anything: the caller seals and keeps the pieces.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from data.captures import pictures, segments
from data.captures import screens as stored_screens
from data.captures.schema import COLUMNS
from data.captures.scope import Scope
from data.database import Database
from data.errors import Conflict
from data.rights.export import lines
from data.rights.export.zipped import Entry, Zip
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them
pq: Any = pyarrow.parquet

LINES, TABLES, PICTURES, REST = range(4)
CAPTURES_FILE = "captures.jsonl"
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
    counts what was written, `writers` is the archive writer's state by stream, `numbers` the pieces by stream."""

    segments: tuple[int, ...]
    stamp: tuple[int, int]
    cursor: tuple[int, int, int] | None = None
    captures_ended: bool = False
    last_screen: str = ""
    screens: int = 0
    done: int = 0
    first: int | None = None
    last: int | None = None
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    writers: tuple[dict[str, Any] | None, ...] = (None,) * 4
    numbers: tuple[int, ...] = (0,) * 4

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


def captures(source: Source, progress: Progress, written: Iterable[bytes]) -> Iterator[Round]:
    """Every capture in scope, ascending, as JSON Lines and as Parquet.

    Only the segments named in `progress` are read, so what is imported meanwhile cannot tear the two apart.
    `written` is what stream 0 holds already. Raises Conflict when a segment is gone: begin again then.
    """
    writer = Zip(progress.stamp, progress.writers[LINES])
    digest, header = hashlib.sha256(), b""
    if writer.open is None:
        header = writer.begin(CAPTURES_FILE)
    else:
        _hash_again(digest, written, progress.stamp)
    with source.database.reading() as session:
        for table in _chunks(_rows(session, source, progress)):
            body = bytearray(header)
            header = b""
            for text in lines.render(table):
                digest.update(text)
                body += writer.write(text)
            body += writer.flush()
            number = progress.numbers[TABLES]
            tables = Zip(progress.stamp, progress.writers[TABLES])
            parquet = _file(tables, f"captures/captures-{number + 1:05d}.parquet", _parquet(table), packed=False)
            progress = _after(progress, table, writer, tables)
            yield (Piece(LINES, number, bytes(body)), Piece(TABLES, number, *parquet)), progress
    end = header + writer.end()
    (entry,) = writer.ended()
    number = progress.numbers[LINES]
    progress = _moved(replace(progress, captures_ended=True), LINES, writer)
    yield (Piece(LINES, number, end, (File(entry, digest.hexdigest()),)),), progress


def screens(source: Source, progress: Progress) -> Iterator[Round]:
    """Every screen that the captures in scope refer to, as image files named by their SHA-256."""
    with source.database.reading() as session:
        names = deque(name for name in _screen_names(session, source, progress) if name > progress.last_screen)
        while names:
            writer = Zip(progress.stamp, progress.writers[PICTURES])
            body, files, size = bytearray(), list[File](), 0
            while names and size < BYTES:
                name = names.popleft()
                found = stored_screens.read(session, source.vault, source.person_id, name)
                file = f"screens/{name}{pictures.ending(found.media_type)}"
                data, ended = _file(writer, file, found.data, packed=False)
                body += data
                files += ended
                size += len(data)
                progress = replace(progress, last_screen=name, screens=progress.screens + 1)
            number = progress.numbers[PICTURES]
            progress = _moved(progress, PICTURES, writer)
            yield (Piece(PICTURES, number, bytes(body), tuple(files)),), progress


def rest(
    progress: Progress, documents: Iterable[tuple[str, bytes]], files: Sequence[File], sizes: Sequence[int]
) -> Round:
    """The last piece: `documents` by name, and the archive's directory of them and of `files`, which are placed
    after each other by the `sizes` of their streams (`stream_of` says which is whose)."""
    writer = Zip(progress.stamp)
    body, own = bytearray(), list[File]()
    for name, data in documents:
        packed, ended = _file(writer, name, data, packed=True)
        body += packed
        own += ended
    base = [sum(sizes[:stream]) for stream in range(REST + 1)]
    writer.offset += base[REST]
    placed = [replace(file.entry, offset=file.entry.offset + base[stream_of(file)]) for file in files]
    placed += [replace(file.entry, offset=file.entry.offset + base[REST]) for file in own]
    body += writer.finish(placed)
    return (Piece(REST, 0, bytes(body), tuple(own)),), _moved(progress, REST, writer)


def stream_of(file: File) -> int:
    """The stream a file of the archive is in, by its name."""
    if file.entry.name == CAPTURES_FILE:
        return LINES
    if file.entry.name.startswith("captures/"):
        return TABLES
    return PICTURES if file.entry.name.startswith("screens/") else REST


def _rows(session: Any, source: Source, progress: Progress) -> Iterator[pa.Table]:
    frozen = set(progress.segments)
    found = [one for one in segments.listed(session, source.person_id) if one.id in frozen]
    if len(found) != len(frozen):
        raise Conflict("The captures were moved while the copy was being made; it has to begin again.")
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


def _parquet(table: pa.Table) -> bytes:
    """The captures as a Parquet file that any program reads: the schema's columns, `at` as a time in UTC."""
    plain = table.select(list(COLUMNS)).unify_dictionaries()
    plain = plain.set_column(0, "at", pc.cast(plain["at"], pa.timestamp("us", "UTC")))
    sink = pa.BufferOutputStream()
    pq.write_table(plain, sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _after(progress: Progress, table: pa.Table, writer: Zip, tables: Zip) -> Progress:
    kinds = dict(progress.kinds)
    for one in pc.value_counts(pc.cast(table["kind"], pa.string())).to_pylist():
        kinds[one["values"]] = kinds.get(one["values"], 0) + one["counts"]
    at, segment, row = (table[name][-1].as_py() for name in _PLACES)
    progress = replace(
        progress,
        cursor=(at, segment, row),
        done=progress.done + table.num_rows,
        first=table["at"][0].as_py() if progress.first is None else progress.first,
        last=at,
        kinds=kinds,
    )
    return _moved(_moved(progress, LINES, writer), TABLES, tables)


def _moved(progress: Progress, stream: int, writer: Zip) -> Progress:
    writers, numbers = list(progress.writers), list(progress.numbers)
    writers[stream] = writer.state()
    numbers[stream] += 1
    return replace(progress, writers=tuple(writers), numbers=tuple(numbers))


def _file(writer: Zip, name: str, data: bytes, *, packed: bool) -> tuple[bytes, tuple[File, ...]]:
    body = writer.add(name, data, packed=packed)
    digest = hashlib.sha256(data).hexdigest()
    return body, tuple(File(entry, digest) for entry in writer.ended())


def _hash_again(digest: Any, written: Iterable[bytes], stamp: tuple[int, int]) -> None:
    skip = len(Zip(stamp).begin(CAPTURES_FILE))
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    for data in written:
        digest.update(inflate.decompress(memoryview(data)[skip:]))
        skip = 0


def _screen_names(session: Any, source: Source, progress: Progress) -> list[str]:
    held = stored_screens.listed(session, source.person_id)
    if source.scope.everything:
        return sorted(held)
    named = set[str]()
    for table in _rows(session, source, replace(progress, cursor=None)):
        named.update(pc.unique(table["screen"]).to_pylist())
    return sorted(set(held) & named)
