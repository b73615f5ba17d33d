"""Captures as JSON Lines, column by column: one Python call a column instead of one a capture. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from data import instants
from data.captures.schema import COLUMNS

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

_Digits = npt.NDArray[np.uint8]  # [rows, characters]

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
    at = written_at(table.column("at"), b'{"at":"', b'"')
    there = [name for name in COLUMNS if name != "at" and table.column(name).null_count < table.num_rows]
    # Null where the value is null, so that joining leaves the whole member out.
    parts = [by_value(table.column(name), partial(_member, name)) for name in there]
    joined = pc.binary_join_element_wise(
        at, *parts, _text("}\n"), _text(""), null_handling="replace", null_replacement=""
    )
    return bytes_of(joined)


def bytes_of(joined: Any) -> memoryview:
    """The texts of a large_string column after each other, without a copy where it is one chunk."""
    whole = pa.concat_arrays(joined.chunks) if isinstance(joined, pa.ChunkedArray) else joined
    _, offsets, data = whole.buffers()
    bounds = memoryview(offsets).cast("q")
    return memoryview(data)[bounds[whole.offset] : bounds[whole.offset + len(whole)]]


def written_at(column: pa.ChunkedArray, before: bytes = b"", after: bytes = b"") -> Any:
    """Instants as ISO 8601 in UTC with microseconds, of every year from 1 to 9999, each between `before` and `after`.

    Digit by digit from tables, as printing each takes four times as long.
    """
    at = column.to_numpy()
    days, rest = np.divmod(at, instants.DAY)
    seconds, micros = np.divmod(rest, instants.SECOND)
    two, three = _digits(2), _digits(3)
    fields: list[bytes | _Digits] = [before, _dates(days), b"T"]
    fields += [two[seconds // 3600], b":", two[seconds // 60 % 60], b":", two[seconds % 60], b"."]
    fields += [three[micros // 1000], three[micros % 1000], b"Z" + after]
    width = sum(one.shape[1] if isinstance(one, np.ndarray) else len(one) for one in fields)
    out, place = np.empty((len(at), width), np.uint8), 0
    for one in fields:
        size = one.shape[1] if isinstance(one, np.ndarray) else len(one)
        out[:, place : place + size] = one if isinstance(one, np.ndarray) else np.frombuffer(one, np.uint8)
        place += size
    bounds = np.arange(len(at) + 1, dtype=np.int64) * width
    return pa.Array.from_buffers(pa.large_string(), len(at), [None, pa.py_buffer(bounds), pa.py_buffer(out)])


def by_value(column: pa.ChunkedArray, written: Callable[[pa.Array], pa.Array]) -> Any:
    """A column in which each different value is `written` once. Numbers are told apart by their bits, so that -0.0 and
    every NaN stay what they are."""
    floating = pa.types.is_floating(column.type)
    told_apart = pa.chunked_array([one.view(pa.int64()) for one in column.chunks]) if floating else column
    coded = told_apart if pa.types.is_dictionary(column.type) else told_apart.dictionary_encode()
    found = pa.concat_arrays(coded.unify_dictionaries().chunks)
    values = found.dictionary.view(pa.float64()) if floating else found.dictionary
    return pc.take(written(values), found.indices)


def _digits(width: int) -> _Digits:
    """The numbers of that many decimal digits as text, one a row."""
    places = 10 ** np.arange(width - 1, -1, -1)
    return (np.arange(10**width)[:, None] // places % 10 + ord("0")).astype(np.uint8)


def _dates(days: npt.NDArray[np.int64]) -> _Digits:
    """Days since 1970 as YYYY-MM-DD."""
    different, which = np.unique(days, return_inverse=True)
    written = np.datetime_as_string(different.astype("datetime64[D]")).astype("S10")
    return written.view(np.uint8).reshape(-1, 10)[which]


def _member(name: str, values: pa.Array) -> pa.Array:
    return pc.binary_join_element_wise(_text(f',"{name}":'), _json(values), _text(""))


def _json(values: pa.Array) -> Any:
    """Every value as JSON text."""
    if pa.types.is_string(values.type):
        return _quoted(values)
    if pa.types.is_floating(values.type):
        return _numbers(values)
    return pc.cast(values, pa.large_string())


def _numbers(column: pa.Array) -> Any:
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
