"""Which captures a standing rule reaches: kinds, apps, devices, a span and times of day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import Any, cast
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute

from data import instants
from data.errors import BadInput

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

Bools = npt.NDArray[np.bool_]
_DAY = 24 * 60  # minutes
_LISTS = ("kinds", "apps", "devices")
# Beyond these the rules of a zone are not known; its first and last known offset stand for them.
_KNOWN = (-2_208_988_800_000_000, 7_258_118_400_000_000)


@dataclass(frozen=True)
class Hours:
    """A time of day that comes again: from `start` to `end` (minutes after midnight by the clocks of `zone`, the end
    left out) on `days` (0 is Monday; none means each). Past midnight where the end is not after the start; then
    `days` are those on which it begins."""

    zone: str
    start: int
    end: int
    days: frozenset[int] = frozenset()

    def holds(self, at: npt.NDArray[np.int64]) -> Bools:
        """For each instant (microseconds UTC) whether it is inside."""
        known = pd.to_datetime(at.clip(*_KNOWN), unit="us", utc=True)
        moments = known.tz_convert(ZoneInfo(self.zone))
        minute = np.asarray(moments.hour) * 60 + np.asarray(moments.minute)
        weekday = np.asarray(moments.day_of_week)
        if self.start < self.end:
            inside, began = (minute >= self.start) & (minute < self.end), weekday
        else:
            inside = (minute >= self.start) | (minute < self.end)
            began = np.where(minute < self.end, (weekday - 1) % 7, weekday)
        return inside & np.isin(began, sorted(self.days)) if self.days else inside


@dataclass(frozen=True)
class Reach:
    """Captures of one of `kinds`, in one of `apps` (in capitals or not), from one of `devices`, in [start, end)
    (microseconds UTC) and in `hours`. What is empty or None does not narrow; a reach without anything reaches
    everything."""

    kinds: frozenset[str] = frozenset()
    apps: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    start: int | None = None
    end: int | None = None
    hours: Hours | None = None

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Reach()

    def mask(self, table: pa.Table) -> Bools:
        """One boolean per row: whether it is reached. The table needs `at`, `kind`, `app` and `device`."""
        at = table["at"].to_numpy()
        found = np.ones(table.num_rows, bool)
        if self.start is not None:
            found &= at >= self.start
        if self.end is not None:
            found &= at < self.end
        for name, wanted in (("kind", self.kinds), ("app", self.apps), ("device", self.devices)):
            if wanted:
                column = pc.cast(table[name], pa.string())
                values = self.named(pc.unique(column).drop_null().to_pylist()) if name == "app" else wanted
                found &= np.asarray(pc.is_in(column, value_set=pa.array(sorted(values), pa.string())))
        if self.hours is not None:
            found &= self.hours.holds(at)
        return found

    def touches(self, kinds: Set[str], apps: Set[str], start: int | None, end: int | None) -> bool:
        """Whether captures of these kinds and apps (empty: any) in [start, end) can be among those it reaches."""
        if self.kinds and kinds and not self.kinds & kinds:
            return False
        if self.apps and apps and not self.named(apps):
            return False
        ends_before = self.start is not None and end is not None and end <= self.start
        begins_after = self.end is not None and start is not None and start >= self.end
        return not ends_before and not begins_after

    def named(self, apps: Iterable[str]) -> frozenset[str]:
        """Those of `apps` that it names, in capitals or not: one collector says "Zoom" where another says "zoom"."""
        wanted = {one.casefold() for one in self.apps}
        return frozenset(one for one in apps if one.casefold() in wanted)

    def between(self, start: int, end: int) -> Reach:
        """The part of it in [start, end)."""
        first = start if self.start is None else max(start, self.start)
        return replace(self, start=first, end=end if self.end is None else min(end, self.end))

    def as_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back; what does not narrow is left out."""
        found: dict[str, Any] = {name: sorted(getattr(self, name)) for name in _LISTS if getattr(self, name)}
        found |= {name: at for name, at in (("start", self.start), ("end", self.end)) if at is not None}
        if self.hours is not None:
            it = self.hours
            found["hours"] = {"zone": it.zone, "start": it.start, "end": it.end, "days": sorted(it.days)}
        return found

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Reach:
        """Read what `as_json` wrote."""
        lists = {name: frozenset(cast("list[str]", value.get(name, ()))) for name in _LISTS}
        hours = value.get("hours")
        again = None
        if hours is not None:
            again = Hours(hours["zone"], hours["start"], hours["end"], frozenset(hours["days"]))
        return Reach(**lists, start=value.get("start"), end=value.get("end"), hours=again)


def check(reach: Reach) -> Reach:
    """The same reach. Raises BadInput for a span or a time of day that cannot be, and an unknown zone."""
    instants.check_span(reach.start, reach.end, "The span")
    if reach.hours is not None:
        _check_hours(reach.hours)
    return reach


def _check_hours(hours: Hours) -> None:
    if not (0 <= hours.start < _DAY and 0 <= hours.end <= _DAY) or hours.start == hours.end:
        raise BadInput("A time of day begins and ends at different minutes between 00:00 and 24:00; correct it.")
    if not hours.days <= set(range(7)):
        raise BadInput("A weekday is a number from 0 (Monday) to 6 (Sunday); correct the days.")
    try:
        ZoneInfo(hours.zone)
    except (KeyError, ValueError, OSError):
        raise BadInput(f"There is no time zone {hours.zone[:40]!r}; name one like Europe/Berlin.") from None
