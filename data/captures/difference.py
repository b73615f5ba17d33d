"""Difference: which captures of a file are not stored yet, counting identical ones. Pure.

A file that overlaps an earlier one adds what is new: of identical rows, as many are stored in the end as the larger
of what was stored and what the file has. So duplicates inside one file stay, and the same file adds nothing.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute

from data.captures import columns
from data.captures.schema import COLUMNS, SCHEMA

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

_PLAIN = pa.schema(
    [pa.field(field.name, pa.string() if pa.types.is_dictionary(field.type) else field.type) for field in SCHEMA]
)


@dataclass(frozen=True)
class Difference:
    """`added`: rows of SCHEMA by time. `outgrown`: places (segment, row) of stored rows that a longer one replaces."""

    added: pa.Table
    duplicates: int
    outgrown: tuple[tuple[int, int], ...] = ()


def between(incoming: pa.Table, stored: pa.Table | None, *, growing: bool = False) -> Difference:
    """What `incoming` (SCHEMA and `row`, by time) adds to `stored` (as `at_same_instants` picks it).

    `growing`: the source lengthens its newest event until another one begins, so rows that differ in nothing but the
    duration are one event; the longer one stays.
    """
    if stored is None or not stored.num_rows:
        return Difference(incoming.select(COLUMNS), 0)
    here = np.isin(incoming["at"].to_numpy(), stored["at"].to_numpy())
    free, hit = incoming.filter(pa.array(~here)), incoming.filter(pa.array(here))
    groups = _grouped(hit, stored)
    surplus = groups["file"].to_numpy() - groups["store"].to_numpy()
    outgrown: tuple[tuple[int, int], ...] = ()
    if growing:
        surplus, outgrown = _without_grown(groups, surplus, stored)
    new = np.maximum(surplus, 0)
    again = groups.take(pa.array(np.repeat(np.arange(groups.num_rows), new)))
    again = again.select([*COLUMNS, "row"]).cast(incoming.schema)
    both = columns.joined([free, again])
    both = both.take(pc.sort_indices(both, sort_keys=[("at", "ascending"), ("row", "ascending")]))
    return Difference(both.select(COLUMNS), hit.num_rows - int(new.sum()), outgrown)


def at_same_instants(stored: pa.Table, incoming: pa.Table) -> pa.Table:
    """Those stored rows that can be one of `incoming`: they have the instant of one."""
    return stored.filter(pa.array(np.isin(stored["at"].to_numpy(), incoming["at"].to_numpy())))


def _grouped(hit: pa.Table, stored: pa.Table) -> pa.Table:
    """Distinct rows, with how often the file and the store have each; `row` is the first in the file."""
    sides: list[pa.Table] = []
    for table, in_file in ((hit, 1), (stored, 0)):
        plain = table.select(COLUMNS).cast(_PLAIN)
        plain = plain.append_column("row", table["row"] if in_file else pa.nulls(table.num_rows, pa.int64()))
        plain = plain.append_column("file", pa.array(np.full(table.num_rows, in_file)))
        sides.append(plain.append_column("store", pa.array(np.full(table.num_rows, 1 - in_file))))
    found = pa.concat_tables(sides).group_by(list(COLUMNS), use_threads=False)
    found = found.aggregate([("row", "min"), ("file", "sum"), ("store", "sum")])
    return found.rename_columns([name.removesuffix("_min").removesuffix("_sum") for name in found.column_names])


def _without_grown(groups: pa.Table, surplus: Any, stored: pa.Table) -> tuple[Any, tuple[tuple[int, int], ...]]:
    """Pair what only the file has with what only the store has where nothing but the duration differs."""
    timed = groups["duration"].is_valid().to_numpy()
    chosen = np.flatnonzero(timed & (surplus != 0))
    waiting: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    rows = dict(zip(chosen.tolist(), groups.take(pa.array(chosen)).select(COLUMNS).to_pylist(), strict=True))
    for group, row in rows.items():
        if surplus[group] < 0:
            waiting[_but_duration(row)].extend([group] * -int(surplus[group]))
    surplus = surplus.copy()
    shorter: dict[tuple[Any, ...], int] = defaultdict(int)
    for group, row in rows.items():
        for other in waiting.get(_but_duration(row), [])[: max(0, int(surplus[group]))]:
            waiting[_but_duration(row)].remove(other)
            if row["duration"] > rows[other]["duration"]:
                shorter[tuple(rows[other].values())] += 1
            else:
                surplus[group] -= 1
    return surplus, _places(stored, shorter)


def _places(stored: pa.Table, wanted: dict[tuple[Any, ...], int]) -> tuple[tuple[int, int], ...]:
    if not wanted:
        return ()
    instants = pa.array([row[0] for row in wanted], pa.int64())
    found: list[tuple[int, int]] = []
    for row in stored.filter(pc.is_in(stored["at"], value_set=instants)).to_pylist():
        key = tuple(row[name] for name in COLUMNS)
        if wanted.get(key, 0) > 0:
            wanted[key] -= 1
            found.append((row["segment"], row["row"]))
    return tuple(found)


def _but_duration(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(value for name, value in row.items() if name != "duration")
