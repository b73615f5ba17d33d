"""Daylight's own form as Parquet: column by column, never row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data import instants
from data.captures.schema import SCHEMA
from data.connectors.captures_fields import DIGEST, KINDS, require_json, unknown
from data.errors import BadInput

_ROWS = 65_536
_REPEATING = ("kind", "device", "app", "button")
_CALLS: Any = pc  # pyarrow.compute makes its functions at run time, where a type checker cannot see them


def batches(path: Path, zone: ZoneInfo | None) -> Iterator[pa.RecordBatch]:
    """The file's rows as batches of the capture schema. BadInput names the row, counted from 1."""
    try:
        with _opened(path) as file:
            row = 0
            for batch in file.iter_batches(batch_size=_ROWS):
                yield _conformed(path, row, batch, zone)
                row += batch.num_rows
    except (pa.ArrowException, OSError) as error:
        raise BadInput(f"{path} is not a whole Parquet file ({_first_line(error)}); export it again.") from None


def _opened(path: Path) -> pq.ParquetFile:
    metadata = pq.read_schema(path)
    names = metadata.names
    for name in names:
        if name not in SCHEMA.names:
            raise BadInput(f"{path}: {unknown(name)}.")
        if names.count(name) > 1:
            raise BadInput(f"{path}: the column '{name}' is there twice.")
    for name in ("at", "kind"):
        if name not in names:
            raise BadInput(f"{path}: the column '{name}' is missing.")
    # Read as dictionaries they are many times faster; of columns with ever new texts Arrow would hold every one.
    texts = [name for name in _REPEATING if name in names and pa.types.is_string(metadata.field(name).type)]
    # Without pre-buffering a row group is read page by page, so a file of one huge row group stays out of memory.
    return pq.ParquetFile(
        path, read_dictionary=texts, pre_buffer=False, buffer_size=1 << 20, page_checksum_verification=True
    )


def _conformed(path: Path, first: int, batch: pa.RecordBatch, zone: ZoneInfo | None) -> pa.RecordBatch:
    """The batch with exactly the capture schema; `first` is the number of rows before it."""
    columns: list[pa.Array] = []
    for field in SCHEMA:
        if field.name not in batch.schema.names:
            columns.append(pa.nulls(batch.num_rows, field.type))
            continue
        column = batch.column(field.name)
        try:
            column = _instants(column, zone) if field.name == "at" else _cast(column, field.type)
        except (pa.ArrowException, ValueError) as error:
            raise BadInput(f"{path}, rows from {first + 1}: '{field.name}' {_reason(error, column, field)}.") from None
        bad = _first_bad(field.name, column)
        if bad is not None:
            raise BadInput(f"{path}, row {first + bad[0] + 1}: '{field.name}' {bad[1]}.")
        columns.append(column)
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _reason(error: Exception, column: pa.Array, field: pa.Field) -> str:
    if isinstance(error, pa.ArrowException):
        return f"is {column.type}, which does not become {field.type} without loss"
    return str(error)


def _cast(column: pa.Array, wanted: pa.DataType) -> pa.Array:
    if column.type == wanted:
        return column
    given = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
    if pa.types.is_null(given):
        return pa.nulls(len(column), wanted)
    if pa.types.is_dictionary(wanted) or pa.types.is_string(wanted):
        if not (pa.types.is_string(given) or pa.types.is_large_string(given) or pa.types.is_string_view(given)):
            raise pa.ArrowInvalid("not text")
        plain = column.cast(pa.string())
        return plain if pa.types.is_string(wanted) else plain.dictionary_encode().cast(wanted)
    if pa.types.is_boolean(wanted) or pa.types.is_integer(wanted):
        fits = pa.types.is_boolean if pa.types.is_boolean(wanted) else pa.types.is_integer
        if not fits(given):
            raise pa.ArrowInvalid("another type")
    elif not (pa.types.is_integer(given) or pa.types.is_floating(given)):
        raise pa.ArrowInvalid("not a number")
    return column.cast(wanted)


def _instants(column: pa.Array, zone: ZoneInfo | None) -> pa.Array:
    """Whole microseconds UTC from integers (microseconds) or timestamps of any unit (nanoseconds are rounded)."""
    if not pa.types.is_timestamp(column.type):
        return _cast(column, pa.int64())
    if column.type.tz is None:
        if zone is None:
            raise ValueError("names no zone; say where it was recorded with --zone, for example --zone Europe/London")
        column = _CALLS.assume_timezone(column, zone.key, ambiguous="earliest", nonexistent="latest")
    if column.type.unit == "ns":
        column = _CALLS.round_temporal(column, unit="microsecond")
    return column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())


def _first_bad(name: str, column: pa.Array) -> tuple[int, str] | None:
    """The index of the first row this column may not hold, with the reason; None when all is well."""
    if name in ("at", "kind") and column.null_count:
        return _CALLS.index(column.is_null(), True).as_py(), "is missing"
    if name == "at":
        low, high = instants.EARLIEST, instants.LATEST
        return _first(
            _CALLS.or_(_CALLS.less(column, low), _CALLS.greater(column, high)), "lies outside the years 1 to 9999"
        )
    if name == "kind":
        return _first_text(column, KINDS.__contains__, f"is none of {', '.join(sorted(KINDS))}")
    if name == "screen":
        return _first_text(
            column, lambda text: DIGEST.fullmatch(text) is not None, "is not a SHA-256 in lower-case hex"
        )
    if name == "value":
        return _first_text(column, _is_json, "is not JSON")
    return None


def _first(bad: pa.Array, reason: str) -> tuple[int, str] | None:
    index = _CALLS.index(bad, True).as_py()
    return None if index < 0 else (index, reason)


def _first_text(column: pa.Array, good: Any, reason: str) -> tuple[int, str] | None:
    for text in column.unique().to_pylist():
        if text is not None and not good(text):
            plain = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
            return _CALLS.index(plain, text).as_py(), reason
    return None


def _is_json(text: str) -> bool:
    try:
        require_json(text)
    except ValueError:
        return False
    return True


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120].rstrip(".")
