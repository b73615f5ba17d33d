"""Columns: a table of captures as the few bytes of a Parquet file, and back. Pure.

Dictionaries for names, deltas for times, and positions as whole-number deltas where all of a column are whole
(a lossless change: they are 64-bit floats again when read). Statistics are left out; segments keep their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet

from data.captures.schema import COLUMNS, SCHEMA
from data.errors import BadInput, Unreadable

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them
pq: Any = pyarrow.parquet

NAMES = tuple(field.name for field in SCHEMA if pa.types.is_dictionary(field.type))
_FLOATS = tuple(field.name for field in SCHEMA if pa.types.is_floating(field.type))
_WHOLE = 2.0**31


def checked(batch: pa.RecordBatch | pa.Table) -> pa.Table:
    """A batch as a table of exactly SCHEMA. Raises BadInput where it is of another form or lacks a time or kind."""
    table = pa.Table.from_batches([batch]) if isinstance(batch, pa.RecordBatch) else batch
    if not table.schema.equals(SCHEMA):
        raise BadInput(f"A batch of captures has the columns {table.schema.names}, not the schema's types and columns.")
    if table["at"].null_count or table["kind"].null_count:
        raise BadInput("A batch of captures has an event without a time or a kind.")
    return table


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Tables of one schema after each other, in one chunk a column, with one dictionary a column."""
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


def ordered(table: pa.Table) -> pa.Table:
    """The rows by time; rows of one instant stay in their order."""
    at = table["at"].to_numpy()
    if len(at) < 2 or bool((at[1:] >= at[:-1]).all()):
        return table
    return table.take(pa.array(np.argsort(at, kind="stable")))


def compact(table: pa.Table) -> pa.Table:
    """The same rows, with nothing in a dictionary that no row uses: it would be kept and could be read."""
    for name in NAMES:
        position = table.schema.get_field_index(name)
        if position >= 0:
            table = table.set_column(position, table.schema.field(position), _used(table[name]))
    return table


def pack(table: pa.Table) -> bytes:
    """Rows of SCHEMA as a Parquet file. The caller orders them by time."""
    table = compact(table)
    plain = {"at": "DELTA_BINARY_PACKED", "duration": "DELTA_BINARY_PACKED"}
    for name in _FLOATS:
        column = table[name]
        position = table.schema.get_field_index(name)
        plain[name] = "BYTE_STREAM_SPLIT"
        if _all_whole(column):
            table = table.set_column(position, pa.field(name, pa.int32()), pc.cast(column, pa.int32()))
            plain[name] = "DELTA_BINARY_PACKED"
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        row_group_size=max(1, table.num_rows),
        compression="zstd",
        compression_level=3,
        use_dictionary=[*NAMES, "screen"],
        column_encoding=plain,
        write_statistics=False,
        store_schema=False,
    )
    return sink.getvalue().to_pybytes()


def unpack(content: bytes, columns: Sequence[str] = COLUMNS) -> pa.Table:
    """The rows of `pack`, these columns in this order, one chunk each. Raises Unreadable for another form."""
    try:
        # By this thread alone: one of Arrow's own could let go of `content` last, which ends a process that is just
        # leaving its interpreter with SIGABRT instead of its exit status.
        with pq.ParquetFile(pa.BufferReader(content), read_dictionary=list(NAMES)) as file:
            table = file.read(columns=list(columns), use_threads=False)
        table = table.select(list(columns)).cast(pa.schema([SCHEMA.field(name) for name in columns]))
    except (pa.ArrowException, KeyError, ValueError) as error:
        raise Unreadable("A segment does not hold captures of this version's form.") from error
    return table.combine_chunks()


def _all_whole(column: pa.ChunkedArray) -> bool:
    values: npt.NDArray[np.float64] = column.drop_null().to_numpy()
    if not len(values):
        return False
    # NaN fails the comparison; -0.0 would come back as 0.0.
    return bool(((np.abs(values) < _WHOLE) & (values == np.trunc(values))).all()) and not bool(
        (np.signbit(values) & (values == 0)).any()
    )


def _used(column: pa.ChunkedArray) -> pa.Array:
    if not len(column):
        return pa.array([], column.type)
    array: Any = pa.concat_arrays(column.unify_dictionaries().chunks)
    used = np.zeros(len(array.dictionary), bool)
    used[array.indices.drop_null().to_numpy()] = True
    if used.all():
        return array
    places = np.cumsum(used, dtype=np.int32) - np.int32(1)
    indices = pc.take(pa.array(places, pa.int32()), array.indices)
    return pa.DictionaryArray.from_arrays(indices, array.dictionary.filter(pa.array(used)))
