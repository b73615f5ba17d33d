"""Captures as JSON Lines, column by column: one Python call a column instead of one a capture. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute

from data.captures.schema import COLUMNS

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

# Small enough that even long window titles keep a piece to a few megabytes.
_ROWS = 16_384


def render(table: pa.Table) -> Iterator[memoryview]:
    """Each capture as one line of JSON with the schema's names; what a capture does not have is left out.

    `at` is ISO 8601 in UTC with microseconds. A number that JSON cannot say is the text "NaN", "Infinity" or
    "-Infinity". Yields UTF-8 pieces of whole lines.
    """
    for start in range(0, table.num_rows, _ROWS):
        piece = table.slice(start, _ROWS).combine_chunks()
        if piece.num_rows:
            yield _lines(piece)


def _lines(table: pa.Table) -> memoryview:
    parts: list[Any] = [
        pc.binary_join_element_wise(_text('{"at":"'), written_at(table.column("at")), _text('"'), _text(""))
    ]
    for name in COLUMNS:
        if name == "at" or name not in table.column_names:
            continue
        found = _json(table.column(name))
        if found is not None:
            # Null where the value is null, so that joining leaves the whole member out.
            parts.append(pc.binary_join_element_wise(_text(f',"{name}":'), found, _text("")))
    joined = pc.binary_join_element_wise(*parts, _text("}\n"), _text(""), null_handling="replace", null_replacement="")
    return bytes_of(joined)


def bytes_of(joined: Any) -> memoryview:
    """The texts of a large_string column after each other, without a copy where it is one chunk."""
    whole = pa.concat_arrays(joined.chunks) if isinstance(joined, pa.ChunkedArray) else joined
    _, offsets, data = whole.buffers()
    bounds = memoryview(offsets).cast("q")
    return memoryview(data)[bounds[whole.offset] : bounds[whole.offset + len(whole)]]


def written_at(column: pa.ChunkedArray) -> Any:
    """Instants as ISO 8601 in UTC with microseconds, of every year from 1 to 9999."""
    # Arrow prints "2026-11-03 14:05:09.000120".
    printed = pc.cast(pc.cast(column, pa.timestamp("us")), pa.large_string())
    zoned = pc.binary_replace_slice(pc.cast(printed, pa.large_binary()), 10, 11, b"T")
    return pc.binary_join_element_wise(pc.cast(zoned, pa.large_string()), _text("Z"), _text(""))


def by_value(column: pa.ChunkedArray, written: Callable[[pa.Array], pa.Array]) -> Any:
    """A column of texts, each different one `written` once."""
    unified = column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    found = unified.combine_chunks()
    array = found.chunk(0) if isinstance(found, pa.ChunkedArray) else found
    return pc.take(written(array.dictionary), array.indices)


def _json(column: pa.ChunkedArray) -> Any:
    """Every value as JSON text, null where it is null; None when all are null."""
    if column.null_count == len(column):
        return None
    if pa.types.is_dictionary(column.type) or pa.types.is_string(column.type):
        return by_value(column, _quoted)
    if pa.types.is_floating(column.type):
        return _numbers(column)
    return pc.cast(column, pa.large_string())


def _numbers(column: pa.ChunkedArray) -> Any:
    printed = pc.cast(column, pa.large_string())
    # "-0" is a whole number to every reader of JSON, and those have no negative zero.
    printed = pc.if_else(pc.equal(printed, "-0"), _text("-0.0"), printed)
    if pc.all(pc.is_finite(column)).as_py() is not False:
        return printed
    sign = pc.if_else(pc.less(column, 0), _text("-"), _text(""))
    infinite = pc.binary_join_element_wise(_text('"'), sign, _text('Infinity"'), _text(""))
    printed = pc.if_else(pc.is_inf(column), infinite, printed)
    return pc.if_else(pc.is_nan(column), _text('"NaN"'), printed)


def _quoted(values: pa.Array) -> pa.Array:
    return pa.array([json.dumps(value, ensure_ascii=False) for value in values.to_pylist()], pa.large_string())


def _text(value: str) -> Any:
    return pa.scalar(value, pa.large_string())
