"""Sorting: captures of any number and any order, given back by time in tables that fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.ipc

from data.captures import columns
from data.captures.merging import between
from data.captures.spill import Place, Spill

RUN = 2**18  # rows that are sorted at once in memory; fewer than that never reach the spill
BLOCK = 2**13  # rows of a run that are opened together
WINDOW = 2**18  # rows given back together, and those of the instant the last of them has

ipc: Any = pyarrow.ipc


@dataclass(frozen=True)
class _Block:
    first_at: int
    place: Place


class Sorter:
    """Takes batches, then gives all rows back once or more often.

    Memory: a run or a window, and one block of each run that reaches over the same time.
    """

    def __init__(self, spill: Spill) -> None:
        self._spill = spill
        self._fresh: list[pa.Table] = []
        self._fresh_rows = 0
        self._blocks: list[_Block] = []
        self.count = 0

    def add(self, table: pa.Table) -> None:
        """Take rows of SCHEMA in any order."""
        rows = np.arange(self.count, self.count + table.num_rows, dtype=np.int64)
        self._fresh.append(table.append_column("row", pa.array(rows)))
        self.count += table.num_rows
        self._fresh_rows += table.num_rows
        if self._fresh_rows >= RUN:
            self._put_away()

    def windows(self) -> Iterator[pa.Table]:
        """Every row by (at, order of arrival), with its number of arrival as the int64 column `row`.

        No instant is divided between two tables, and none is empty.
        """
        if not self._blocks:
            if self.count:
                yield _sorted(self._fresh)
            return
        if self._fresh:
            self._put_away()
        yield from self._merged(sorted(self._blocks, key=lambda block: block.first_at))

    def _merged(self, queue: list[_Block]) -> Iterator[pa.Table]:
        held: list[pa.Table] = []
        rows, enough = 0, WINDOW
        for number, block in enumerate(queue):
            held.append(_loaded(self._spill.get(block.place)))
            rows += held[-1].num_rows
            last = number + 1 == len(queue)
            if not last and rows < enough:
                continue
            both = _sorted(held)
            until = None if last else queue[number + 1].first_at
            ready, rest = between(both, None, until), both.slice(both.num_rows) if last else between(both, until, None)
            held, rows, enough = [rest], rest.num_rows, rest.num_rows + WINDOW
            if ready.num_rows:
                yield ready

    def _put_away(self) -> None:
        run = _sorted(self._fresh)
        for start in range(0, run.num_rows, BLOCK):
            block = columns.compact(run.slice(start, BLOCK))
            self._blocks.append(_Block(block["at"][0].as_py(), self._spill.put(_dumped(block))))
        self._fresh, self._fresh_rows = [], 0


def _sorted(tables: list[pa.Table]) -> pa.Table:
    table = columns.joined(tables)
    at, row = table["at"].to_numpy(), table["row"].to_numpy()
    later = at[1:] > at[:-1]
    if bool((later | ((at[1:] == at[:-1]) & (row[1:] > row[:-1]))).all()):
        return table
    return table.take(pa.array(np.lexsort((row, at))))


def _dumped(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, table.schema, options=ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _loaded(content: bytes) -> pa.Table:
    return ipc.open_stream(content).read_all()
