"""Captures as CSV, column by column: one Python call a column instead of one a capture. Pure.

RFC 4180: CRLF, every cell that holds a comma, a quote or a line's end in quotes, a quote doubled. What is not there is
an empty cell. A cell is what was captured, also where a spreadsheet would take it for a formula: a copy that differs
from what is held would be no proof, and would not come back by `import captures`. The index says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute

from data.captures.schema import COLUMNS
from data.rights.export import lines

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

HEADER = (",".join(COLUMNS) + "\r\n").encode()
_ROWS = 16_384
_QUOTED = r'[,"\r\n]|^$'  # an empty text too: some readers tell it from an empty cell, which is nothing


def render(table: pa.Table) -> Iterator[memoryview]:
    """Each capture as one record, without the header. `at` is ISO 8601 in UTC with microseconds. Yields UTF-8 pieces
    of whole records."""
    for start in range(0, table.num_rows, _ROWS):
        piece = table.slice(start, _ROWS).combine_chunks()
        if piece.num_rows:
            yield _records(piece)


def _records(table: pa.Table) -> memoryview:
    cells = [lines.written_at(table.column("at")) if name == "at" else _cells(table.column(name)) for name in COLUMNS]
    joined = pc.binary_join_element_wise(*cells, _text(","), null_handling="replace", null_replacement="")
    return lines.bytes_of(pc.binary_join_element_wise(joined, _text("\r\n"), _text("")))


def _cells(column: pa.ChunkedArray) -> Any:
    return lines.by_value(column, _written)


def _written(values: pa.Array) -> Any:
    if pa.types.is_string(values.type):
        return _quoted(values)
    if pa.types.is_floating(values.type):
        return _numbers(values)
    return pc.cast(values, pa.large_string())


def _numbers(column: pa.Array) -> Any:
    printed = pc.cast(column, pa.large_string())
    printed = pc.if_else(pc.is_nan(column), _text("NaN"), printed)
    sign = pc.if_else(pc.less(column, 0), _text("-Infinity"), _text("Infinity"))
    return pc.if_else(pc.is_inf(column), sign, printed)


def _quoted(values: pa.Array) -> pa.Array:
    plain = pc.cast(values, pa.large_string())
    doubled = pc.binary_join_element_wise(_text('"'), pc.replace_substring(plain, '"', '""'), _text('"'), _text(""))
    return pc.if_else(pc.match_substring_regex(plain, _QUOTED), doubled, plain)


def _text(value: str) -> Any:
    return pa.scalar(value, pa.large_string())
