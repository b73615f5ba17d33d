"""Merging: segments that overlap in time as one stream in one order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them


class Span(Protocol):
    """Something that holds rows from one instant to another, both inclusive."""

    @property
    def id(self) -> int: ...
    @property
    def first_at(self) -> int: ...
    @property
    def last_at(self) -> int: ...


def placed(table: pa.Table, segment_id: int) -> pa.Table:
    """The table with the columns `segment` and `row`, which with `at` name each row."""
    rows = pa.array(np.arange(table.num_rows, dtype=np.int64))
    segment = pa.array(np.full(table.num_rows, segment_id, dtype=np.int64))
    return table.append_column("segment", segment).append_column("row", rows)


def between(table: pa.Table, start: int | None, end: int | None) -> pa.Table:
    """The rows of an ordered table in [start, end)."""
    at = table["at"].to_numpy()
    low = 0 if start is None else int(np.searchsorted(at, start, "left"))
    high = len(at) if end is None else int(np.searchsorted(at, end, "left"))
    return table.slice(low, max(0, high - low))


S = TypeVar("S", bound=Span)


def merged(spans: Sequence[S], load: Callable[[S], pa.Table], *, newest_first: bool) -> Iterator[pa.Table]:
    """The rows of all spans as tables; each ascending by (at, segment, row), the tables ascending or newest first.

    Holds as many spans at once as overlap each other. `load` gives a span's rows, ordered, with their places.
    """
    queue = sorted(spans, key=lambda span: (-span.last_at, -span.id) if newest_first else (span.first_at, span.id))
    held: pa.Table | None = None
    for number, span in enumerate(queue):
        ready = held = _together(held, load(span))
        following = queue[number + 1] if number + 1 < len(queue) else None
        if following is not None and newest_first:
            ready, held = between(held, following.last_at + 1, None), between(held, None, following.last_at + 1)
        elif following is not None:
            ready, held = between(held, None, following.first_at), between(held, following.first_at, None)
        if ready.num_rows:
            yield ready


def _together(held: pa.Table | None, more: pa.Table) -> pa.Table:
    if held is None or not held.num_rows:
        return more
    both = pa.concat_tables([held, more]).unify_dictionaries()
    order = pc.sort_indices(both, sort_keys=[("at", "ascending"), ("segment", "ascending"), ("row", "ascending")])
    return both.take(order).combine_chunks()
