"""The captures of an export as Parquet: the opened segments themselves, which takes as long as opening them.

Only what a narrower scope cuts through is written anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow.parquet

from data.captures import columns, segments
from data.captures.segments import Segment
from data.rights.export import pieces
from data.rights.export.pieces import TABLES, File, Piece, Progress, Round, Source
from data.rights.export.zipped import Zip

pq: Any = pyarrow.parquet


def tables(source: Source, progress: Progress) -> Iterator[Round]:
    """Every capture in scope as Parquet files of the capture schema, one a segment, in the segments' order; `at` is
    whole microseconds UTC. Raises Conflict when a segment is gone: begin again then."""
    with source.database.reading() as session:
        found = pieces.frozen(session, source, progress)
        keys = segments.open_keys(session, source.vault, source.person_id)
        waiting = list(enumerate(found))[progress.tables :]
        while waiting:
            writer = Zip(progress.stamp, progress.writers[TABLES])
            body, files = bytearray(), list[File]()
            while waiting and len(body) < pieces.BYTES:
                place, segment = waiting.pop(0)
                data = _file(source, keys[segment.key_version], segment)
                if data is not None:
                    name = f"{pieces.TABLE}{place + 1:05d}.parquet"
                    written, ended = pieces.file(writer, name, data, packed=False)
                    body += written
                    files += ended
                progress = replace(progress, tables=place + 1)
            number = progress.numbers[TABLES]
            progress = pieces.moved(progress, TABLES, writer)
            yield (Piece(TABLES, number, bytes(body), tuple(files)),), progress


def _file(source: Source, key: Any, segment: Segment) -> bytes | None:
    """A segment as a Parquet file; None when none of it is in scope."""
    scope = source.scope
    if scope.everything:
        return segments.content(source.vault, key, segment)
    if not scope.overlaps(segment.first_at, segment.last_at):
        return None
    table = segments.open_with(source.vault, key, segment)
    inside = table.filter(scope.mask(table))
    return columns.pack(inside) if inside.num_rows else None
