"""Every capture as text, in two forms at once: JSON Lines and CSV, in files no larger than one archive may be."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from isal import isal_zlib

from data import instants
from data.rights.export import cells, charts, lines, pieces
from data.rights.export.pieces import CELLS, LINES, PLACES, TEXTS, File, Piece, Progress, Round, Source
from data.rights.export.zipped import Zip

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them


def captures(source: Source, progress: Progress, written: Mapping[int, Iterable[bytes]]) -> Iterator[Round]:
    """Every capture in scope, ascending, as JSON Lines and as CSV.

    Only the segments named in `progress` are read, so what is imported meanwhile cannot tear the two apart.
    `written` is what each of these streams holds already of the file that is open. Raises Conflict when a segment is
    gone: begin again then.
    """
    texts = {stream: _Text(stream, pieces.room(source.volume), progress, written.get(stream, ())) for stream in TEXTS}
    with source.database.reading() as session:
        for table in _chunks(pieces.rows(session, source, progress)):
            made = tuple(text.add(table, progress.numbers[stream]) for stream, text in texts.items())
            progress = _stands(_after(progress, table), texts)
            yield made, progress
    last = tuple(text.end(progress.numbers[stream]) for stream, text in texts.items() if not text.is_ended)
    for piece in last:
        progress = pieces.moved(progress, piece.stream, texts[piece.stream].writer)
    yield last, replace(progress, captures_ended=True)


def name(stream: int, number: int) -> str:
    """The name of the `number`-th (from 1) file of a text."""
    first = TEXTS[stream]
    stem, _, ending = first.rpartition(".")
    return first if number == 1 else f"{stem}-{number:05d}.{ending}"


class _Text:
    """The files of one text, from where another process stopped: the archive writer and the sum of the open file."""

    def __init__(self, stream: int, most: int, progress: Progress, written: Iterable[bytes]) -> None:
        self.writer = Zip(progress.stamp, progress.writers[stream])
        self._stream, self._most, self._digest = stream, most, hashlib.sha256()
        self.count, self.begins_at = progress.texts[stream], progress.text_from[stream]
        if self.writer.open is not None:
            _hash_again(self._digest, written, len(Zip(progress.stamp).begin(self.writer.open.name)))

    @property
    def is_ended(self) -> bool:
        """Whether every capture so far is in a file that is closed, and there is one."""
        return self.writer.open is None and self.count > 0

    def add(self, table: pa.Table, number: int) -> Piece:
        """The rows of `table` as a piece that ends at a byte; also the file ends with it where one more piece could
        be too much for an archive."""
        body = bytearray(self._begin(number))
        for text in cells.render(table) if self._stream == CELLS else lines.render(table):
            self._digest.update(text)
            body += self.writer.write(text)
        body += self.writer.flush()
        if self.writer.open is not None and self.writer.open.packed + len(body) > self._most:
            return self._ended(number, body)
        return Piece(self._stream, number, bytes(body))

    def end(self, number: int) -> Piece:
        """The last piece, in which the file ends."""
        return self._ended(number, bytearray(self._begin(number)))

    def _begin(self, number: int) -> bytes:
        if self.writer.open is not None:
            return b""
        self._digest, self.begins_at = hashlib.sha256(), number
        begun = self.writer.begin(name(self._stream, self.count + 1))
        if self._stream == CELLS:
            self._digest.update(cells.HEADER)
            begun += self.writer.write(cells.HEADER)
        return begun

    def _ended(self, number: int, body: bytearray) -> Piece:
        body += self.writer.end()
        (entry,) = self.writer.ended()
        self.count += 1
        return Piece(self._stream, number, bytes(body), (File(entry, self._digest.hexdigest()),))


def _stands(progress: Progress, texts: Mapping[int, _Text]) -> Progress:
    for stream, text in texts.items():
        progress = pieces.moved(progress, stream, text.writer)
    ordered = [texts[stream] for stream in (LINES, CELLS)]
    return replace(
        progress, texts=tuple(one.count for one in ordered), text_from=tuple(one.begins_at for one in ordered)
    )


def _chunks(tables: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The same rows in tables of `pieces.ROWS`, the last one shorter."""
    held, count = list[pa.Table](), 0
    for table in tables:
        held.append(table)
        count += table.num_rows
        while count >= pieces.ROWS:
            whole = pa.concat_tables(held)
            yield whole.slice(0, pieces.ROWS)
            held, count = [whole.slice(pieces.ROWS)], count - pieces.ROWS
    if count:
        yield pa.concat_tables(held)


def _after(progress: Progress, table: pa.Table) -> Progress:
    days = _counted(progress.days, table)
    kinds = sum((Counter(day) for day in days.values()), Counter[str]())
    at, segment, row = (table[name][-1].as_py() for name in PLACES)
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


def _hash_again(digest: Any, written: Iterable[bytes], skip: int) -> None:
    """Put into `digest` what `written` holds unpacked, after the `skip` bytes before it."""
    inflate = isal_zlib.decompressobj(-isal_zlib.MAX_WBITS)
    for data in written:
        digest.update(inflate.decompress(memoryview(data)[skip:]))
        skip = 0
