"""Rollups: what a table of captures adds to each count that Daylight keeps of a person. Pure.

A rollup row is one UTC day of one kind (and one app); inside it the day is told by quarter hour, because every
zone in use is a multiple of 15 minutes away from UTC: so each of them gets exact local days and hours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute

from data.captures.schema import Kind
from data.instants import DAY, MINUTE

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

QUARTER = 15 * MINUTE
QUARTERS = DAY // QUARTER  # in a day
CELL = 32  # side of a cell of the click grid, in the collector's own pixels
FARTHEST = 511  # cells (16,352 pixels); a position beyond is counted in the outermost cell
_THURSDAY = 3  # 1970-01-01, counted from a Monday
_WIDTHS = {1: np.dtype("<u1"), 2: np.dtype("<u2"), 4: np.dtype("<u4"), 8: np.dtype("<i8")}

Ints = npt.NDArray[np.int64]


@dataclass
class Tally:
    """Captures of one key. `first_at` and `last_at` are instants; `quarters` is quarter of the UTC day -> count."""

    count: int = 0
    downs: int = 0
    first_at: int = 2**63 - 1
    last_at: int = -(2**63)
    quarters: dict[int, int] = field(default_factory=dict[int, int])

    def add(self, quarter: int | None, count: int, downs: int, first_at: int, last_at: int) -> None:
        self.count += count
        self.downs += downs
        self.first_at = min(self.first_at, first_at)
        self.last_at = max(self.last_at, last_at)
        if quarter is not None:
            self.quarters[quarter] = self.quarters.get(quarter, 0) + count


@dataclass(frozen=True)
class Counts:
    """What a table of captures holds. Days are whole UTC days since 1970.

    `days`: (day, kind); `apps`: (day, kind, app), for captures that name one; `devices`: name, "" for none;
    `clicks`: day -> (app or None, quarter of the day, column, row) -> clicks that were not releases.
    """

    days: dict[tuple[int, str], Tally]
    apps: dict[tuple[int, str, str], Tally]
    devices: dict[str, Tally]
    clicks: dict[int, dict[tuple[str | None, int, int, int], int]]

    @property
    def total(self) -> int:
        """All captures."""
        return sum(tally.count for tally in self.days.values())


def count(table: pa.Table) -> Counts:
    """The counts of `table` (columns of SCHEMA; others are not looked at), in any order of rows."""
    at = table["at"].to_numpy()
    names = {name: _numbered(table[name]) for name in ("kind", "app", "device")}
    rows = pa.table(
        {
            "at": at,
            "quarter": np.floor_divide(at, QUARTER),
            **{name: numbers for name, (numbers, _) in names.items()},
            "downs": pc.fill_null(table["down"].cast(pa.int64()), 0),
        }
    )
    named = [texts for _, texts in names.values()]
    found = Counts(defaultdict(Tally), defaultdict(Tally), defaultdict(Tally), _clicks(table))
    for quarter, *which, count, downs, first, last in _grouped(rows, ["quarter", "kind", "app", "device"]):
        day, within = divmod(quarter, QUARTERS)
        kind, app, device = (texts[number] for texts, number in zip(named, which, strict=True))
        numbers = count, downs, first, last
        found.days[day, kind].add(within, *numbers)
        found.devices[device or ""].add(None, *numbers)
        if app is not None:
            found.apps[day, kind, app].add(within, *numbers)
    return found


def joined(parts: Iterable[Counts]) -> Counts:
    """The counts of several tables together."""
    found = Counts(defaultdict(Tally), defaultdict(Tally), defaultdict(Tally), defaultdict(dict))
    for part in parts:
        for ours, theirs in ((found.days, part.days), (found.apps, part.apps), (found.devices, part.devices)):
            _join(ours, theirs)
        for day, cells in part.clicks.items():
            kept = found.clicks[day]
            for cell, number in cells.items():
                kept[cell] = kept.get(cell, 0) + number
    return found


def week_of(day: int) -> int:
    """The Monday of the week of `day`, both as days since 1970."""
    return day - (day + _THURSDAY) % 7


def pack(quarters: Ints) -> bytes:
    """A day's counts by quarter (96) in few bytes: where they begin, how wide a count is, the counts."""
    filled = np.flatnonzero(quarters)
    if not len(filled):
        return bytes((0, 1))
    begin, end = int(filled[0]), int(filled[-1]) + 1
    most = int(quarters.max())
    width = next(width for width in _WIDTHS if most < 256**width)
    return bytes((begin, width)) + quarters[begin:end].astype(_WIDTHS[width]).tobytes()


def unpack(packed: Sequence[bytes]) -> Ints:
    """The counts of `packed` days: one row a day, one column a quarter of it."""
    found = np.zeros((len(packed), QUARTERS), np.int64)
    for row, day in zip(found, packed, strict=True):
        counts = np.frombuffer(day, _WIDTHS[day[1]], offset=2)
        row[day[0] : day[0] + len(counts)] = counts
    return found


def spread(quarters: dict[int, int]) -> Ints:
    """A tally's quarters as the 96 counts of a day."""
    found = np.zeros(QUARTERS, np.int64)
    for quarter, number in quarters.items():
        found[quarter] = number
    return found


def _join(ours: dict[Any, Tally], theirs: dict[Any, Tally]) -> None:
    for key, tally in theirs.items():
        ours[key].add(None, tally.count, tally.downs, tally.first_at, tally.last_at)
        for quarter, number in tally.quarters.items():
            ours[key].quarters[quarter] = ours[key].quarters.get(quarter, 0) + number


def _clicks(table: pa.Table) -> dict[int, dict[tuple[str | None, int, int, int], int]]:
    """The click grid: presses, and clicks whose source does not tell, that have a position."""
    chosen: Any = pc.and_(pc.equal(table["kind"].cast(pa.string()), Kind.CLICK), pc.fill_null(table["down"], True))
    for axis in ("x", "y"):
        chosen = pc.and_(chosen, pc.fill_null(pc.invert(pc.is_nan(table[axis])), False))
    clicks = table.filter(chosen)
    rows = pa.table(
        {
            "quarter": np.floor_divide(clicks["at"].to_numpy(), QUARTER),
            "app": clicks["app"].cast(pa.string()),
            "column": _cells(clicks["x"].to_numpy()),
            "row": _cells(clicks["y"].to_numpy()),
        }
    )
    keys = ["quarter", "app", "column", "row"]
    grouped = rows.group_by(keys).aggregate([([], "count_all")])
    found: dict[int, dict[tuple[str | None, int, int, int], int]] = defaultdict(dict)
    for quarter, app, column, row, number in _rows(grouped, [*keys, "count_all"]):
        day, within = divmod(quarter, QUARTERS)
        found[day][app, within, column, row] = number
    return found


def _cells(positions: npt.NDArray[np.float64]) -> npt.NDArray[np.int16]:
    return np.clip(np.floor(positions / CELL), -FARTHEST, FARTHEST).astype(np.int16)


def _numbered(column: pa.ChunkedArray) -> tuple[pa.Array, list[Any]]:
    """A column of names as numbers, which are grouped in half the time, and the name that each stands for: None where
    there is none."""
    coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    found = pa.concat_arrays(coded.unify_dictionaries().chunks or [pa.array([], coded.type)])
    texts = found.dictionary.to_pylist()
    return found.indices.fill_null(len(texts)), [*texts, None]


def _grouped(rows: pa.Table, keys: list[str]) -> Iterable[tuple[Any, ...]]:
    """Each combination of `keys` with its count, downs, first and last instant."""
    numbers = [("at", "count"), ("downs", "sum"), ("at", "min"), ("at", "max")]
    return _rows(rows.group_by(keys).aggregate(numbers), [*keys, "at_count", "downs_sum", "at_min", "at_max"])


def _rows(table: pa.Table, names: list[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(table[name].to_pylist() for name in names), strict=True)
