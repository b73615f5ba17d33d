"""References: which pictures of the screen a segment's captures show, so that counting them opens no segment. Pure."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.ipc

ipc: Any = pyarrow.ipc

COLUMNS = ("kind", "app", "screen")
LARGEST = 512 * 1024  # bytes; a segment with more keeps none and is always opened
_FORM = pa.schema([(name, pa.string()) for name in COLUMNS])


def collect(table: pa.Table) -> bytes | None:
    """The distinct (kind, app, screen) of captures that show a picture; None when they are too many to keep."""
    found = table.select(COLUMNS).filter(table["screen"].is_valid()).cast(_FORM)
    if not found.num_rows:
        return b""
    sink = pa.BufferOutputStream()
    options = ipc.IpcWriteOptions(compression="zstd")
    with ipc.new_stream(sink, _FORM, options=options) as stream:
        stream.write_table(found.group_by(list(COLUMNS)).aggregate([]).select(COLUMNS))
    kept = sink.getvalue().to_pybytes()
    return kept if len(kept) <= LARGEST else None


def read(kept: bytes) -> pa.Table:
    """What `collect` kept: text columns kind, app and screen."""
    return ipc.open_stream(kept).read_all() if kept else _FORM.empty_table()
