"""Quarters: a person's counts by quarter hour, read from the rollups, in UTC and as a zone's days and hours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.captures import labels, rollups
from data.captures.rollup_tables import AppRow, DayRow
from data.captures.rollups import QUARTER, QUARTERS, Ints
from data.captures.scope import Scope
from data.database import rows_together
from data.instants import DAY
from data.sealing.vault import Vault

_QUARTER_SECONDS = QUARTER // 1_000_000
_DENSE = 2**21
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The days between which Python knows a zone's offset, with room for the offset itself.
_FIRST_DAY, _LAST_DAY = -719_000, 2_932_000


@dataclass(frozen=True)
class Quarters:
    """Counts by kind and quarter hour, one entry for each that is not 0. All arrays have the same length.

    `kinds` are positions in `names`; `at` are quarter hours since 1970 UTC.
    """

    names: tuple[str, ...]
    kinds: Ints
    at: Ints
    counts: Ints

    def local(self, zone: ZoneInfo) -> Ints:
        """Quarter hours since 1970 by the clocks of `zone`."""
        days, where = distinct(np.floor_divide(self.at, QUARTERS))
        begins = np.array([_offset(day * QUARTERS, zone) for day in days.tolist()], np.int64)
        ends = np.array([_offset((day + 1) * QUARTERS, zone) for day in days.tolist()], np.int64)
        offsets = begins[where]
        for index in np.flatnonzero((begins != ends)[where]).tolist():  # the clocks change on this day
            offsets[index] = _offset(int(self.at[index]), zone)
        return self.at + offsets


def fetch(session: Session, vault: Vault, person_id: int, scope: Scope) -> Quarters:
    """The counts of the captures in `scope`, from the rollups alone. Authority is the caller's matter.

    A start or end within a quarter hour takes the whole quarter.
    """
    rows = _rows(session, vault, person_id, scope)
    names = tuple(sorted({kind for _, kind, _ in rows}))
    number = {kind: index for index, kind in enumerate(names)}
    found = rollups.unpack([bytes.fromhex(packed) for _, _, packed in rows])
    row, quarter = np.nonzero(found)
    days = np.array([day for day, _, _ in rows], np.int64)
    kinds = np.array([number[kind] for _, kind, _ in rows], np.int64)
    whole = Quarters(names, kinds[row], days[row] * QUARTERS + quarter, found[row, quarter])
    return _between(whole, scope)


def summed(keys: tuple[Ints, ...], counts: Ints) -> tuple[tuple[Ints, ...], Ints]:
    """The distinct combinations of `keys`, in order, and the sum of `counts` of each."""
    if not len(counts):
        return keys, counts
    lows = [int(key.min()) for key in keys]
    sizes = tuple(int(key.max()) - low + 1 for key, low in zip(keys, lows, strict=True))
    flat = np.ravel_multi_index(tuple(key - low for key, low in zip(keys, lows, strict=True)), sizes)
    found, where = distinct(flat)
    sums = np.bincount(where, weights=counts).astype(np.int64)
    parts = np.unravel_index(found, sizes)
    return tuple(part.astype(np.int64) + low for part, low in zip(parts, lows, strict=True)), sums


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """The distinct `values` in order, and for each value where it is among them."""
    low = int(values.min()) if len(values) else 0
    span = int(values.max()) - low + 1 if len(values) else 0
    if span > _DENSE:
        return np.unique(values, return_inverse=True)
    present = np.zeros(span, np.bool_)  # several times faster than sorting
    present[values - low] = True
    return np.flatnonzero(present) + low, (np.cumsum(present) - 1)[values - low]


def by_app(session: Session, vault: Vault, person_id: int, scope: Scope) -> dict[str, int]:
    """Captures in `scope` by app, most first, from the rollups alone. Authority is the caller's matter.

    Captures that name no app are left out; a start or end within a quarter hour takes the whole quarter.
    """
    names = labels.names(session, vault, person_id)
    totals = dict.fromkeys(names, 0)
    whole = _within(select(AppRow.app_id, func.sum(AppRow.count)), AppRow, person_id, scope, names)
    edges = [time // DAY for time in (scope.start, scope.end) if time is not None and time % DAY]
    sums: Any = session.execute(whole.where(AppRow.day.not_in(edges)).group_by(AppRow.app_id))
    for number, count in sums:
        totals[number] += int(count)
    part = _within(select(AppRow.app_id, AppRow.day, AppRow.quarters), AppRow, person_id, scope, names)
    days: Any = session.execute(part.where(AppRow.day.in_(edges))) if edges else ()
    for number, day, packed in days:
        first, last = bounds(scope)
        totals[number] += int(
            rollups.unpack([packed])[0][max(0, first - day * QUARTERS) : max(0, last - day * QUARTERS)].sum()
        )
    ordered = sorted(totals.items(), key=lambda item: (-item[1], names[item[0]]))
    return {names[number]: count for number, count in ordered if count}


def _rows(session: Session, vault: Vault, person_id: int, scope: Scope) -> list[list[Any]]:
    table = AppRow if scope.apps else DayRow
    names = labels.names(session, vault, person_id) if scope.apps else {}
    query = select(table.day, table.kind, table.quarters)
    return rows_together(session, _within(query, table, person_id, scope, names))


def _within(query: Any, table: type[DayRow | AppRow], person_id: int, scope: Scope, names: Mapping[int, str]) -> Any:
    """Narrow a query of rollup rows to the kinds, apps and days that `scope` touches."""
    query = query.where(table.person_id == person_id)
    if scope.apps:
        query = query.where(AppRow.app_id.in_([number for number, name in names.items() if name in scope.apps]))
    if scope.kinds:
        query = query.where(table.kind.in_([kind.value for kind in scope.kinds]))
    first, last = bounds(scope)
    if scope.start is not None:
        query = query.where(table.day >= first // QUARTERS)
    if scope.end is not None:
        query = query.where(table.day <= (last - 1) // QUARTERS)
    return query


def _between(whole: Quarters, scope: Scope) -> Quarters:
    first, last = bounds(scope)
    kept = (whole.at >= first) & (whole.at < last)
    return replace(whole, kinds=whole.kinds[kept], at=whole.at[kept], counts=whole.counts[kept])


def bounds(scope: Scope) -> tuple[int, int]:
    """The quarter hours that the scope's time touches: the first, and the one after the last."""
    first = -(2**62) if scope.start is None else scope.start // QUARTER
    return first, 2**62 if scope.end is None else -(-scope.end // QUARTER)


def _offset(quarter: int, zone: ZoneInfo) -> int:
    """How many quarter hours the clocks of `zone` are ahead of UTC at the start of `quarter`."""
    if not _FIRST_DAY <= quarter // QUARTERS <= _LAST_DAY:
        return 0
    moment = _EPOCH + timedelta(seconds=quarter * _QUARTER_SECONDS)
    ahead = moment.astimezone(zone).utcoffset() or timedelta()
    return int(ahead.total_seconds()) // _QUARTER_SECONDS
