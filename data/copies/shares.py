"""One person's share of an extract, and the two forms of file that it is written in."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from io import RawIOBase
from math import isfinite
from types import MappingProxyType, TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
import pyarrow.parquet
from sqlalchemy.orm import Session

from data import instants
from data.captures import columns, segments
from data.captures.schema import COLUMNS, SCHEMA
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.programme.reach import Bools
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them
pq: Any = pyarrow.parquet

SUBJECT = "subject"
_PIECE = 4 << 20  # bytes
# Pictures stay in the store: what they show cannot be narrowed by kind or app.
_KEPT = tuple(name for name in COLUMNS if name != "screen")
_FORM = pa.schema([pa.field(SUBJECT, pa.string()), *(SCHEMA.field(name) for name in _KEPT)])

Keep = Callable[[bytes], object]
Excluding = tuple[str, Callable[[pa.Table], Bools]]  # why captures are left out, and which


@dataclass
class Counted:
    """How many captures of a person are in it, when the first and the last were made, and how many were left out for
    which reason."""

    captures: int = 0
    first: int = 0
    last: int = 0
    left_out: Counter[str] = field(default_factory=Counter[str])


def opened(
    session: Session,
    vault: Vault,
    person_id: int,
    scope: Scope,
    held: Sequence[Segment],
    without: Sequence[Excluding],
    counted: Counted,
) -> Iterator[pa.Table]:
    """A person's captures in `scope`, ascending, but for those that one of `without` finds; `counted` is kept up."""
    for table in segments.read(session, vault, person_id, start=scope.start, end=scope.end, only=held):
        inside = np.asarray(scope.mask(table).to_numpy(zero_copy_only=False))
        for reason, finds in without:
            gone = inside & finds(table)
            counted.left_out[reason] += int(gone.sum())
            inside &= ~gone
        kept = table.filter(pa.array(inside))
        if not kept.num_rows:
            continue
        if not counted.captures:
            counted.first = kept["at"][0].as_py()
        counted.captures += kept.num_rows
        counted.last = kept["at"][-1].as_py()
        yield kept
    counted.left_out = +counted.left_out


class _Sink(RawIOBase):
    """A file that only grows, handed on in pieces."""

    def __init__(self, keep: Keep) -> None:
        self._keep, self._held, self._size = keep, bytearray(), 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, data: Any) -> int:
        count = memoryview(data).nbytes
        self._held += data
        self._size += count
        if len(self._held) >= _PIECE:
            self.flush()
        return count

    def flush(self) -> None:
        if self._held:
            self._keep(bytes(self._held))
            self._held.clear()


class Writer(AbstractContextManager["Writer"]):
    """Writes shares one after the other; what it wrote is whole when the `with` block has ended."""

    def __init__(self, keep: Keep) -> None:
        self._sink = _Sink(keep)

    def write(self, subject: str, table: pa.Table) -> None:
        """Captures of one person, called `subject`."""
        raise NotImplementedError

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if kind is None:
            self._sink.flush()


class Parquet(Writer):
    """The capture schema with the subject before it; `at` as a time in UTC."""

    def __init__(self, keep: Keep) -> None:
        super().__init__(keep)
        place = _FORM.get_field_index("at")
        self._form = _FORM.set(place, pa.field("at", pa.timestamp("us", "UTC")))
        self._writer = pq.ParquetWriter(self._sink, self._form, compression="zstd")

    def write(self, subject: str, table: pa.Table) -> None:
        plain = columns.compact(table.select(list(_KEPT)))
        named = plain.add_column(0, SUBJECT, pa.repeat(pa.scalar(subject), plain.num_rows))
        place = named.schema.get_field_index("at")
        times = pc.cast(named["at"], pa.timestamp("us", "UTC"))
        self._writer.write_table(named.set_column(place, "at", times).cast(self._form))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._writer.close()
        super().__exit__(kind, error, _)


class Lines(Writer):
    """One JSON object a line: the subject and what the capture has; `at` as ISO 8601 in UTC."""

    def write(self, subject: str, table: pa.Table) -> None:
        # Most columns of most captures are empty, and each costs its time for every row.
        held = [name for name in _KEPT if table[name].null_count < table.num_rows]
        for row in table.select(held).to_pylist():
            found = {SUBJECT: subject, **{name: value for name, value in row.items() if value is not None}}
            found["at"] = instants.iso(row["at"])
            for name, value in found.items():
                if isinstance(value, float) and not isfinite(value):
                    found[name] = str(value)
            self._sink.write(json.dumps(found, ensure_ascii=False).encode() + b"\n")


FORMATS = MappingProxyType({".parquet": Parquet, ".jsonl": Lines})
