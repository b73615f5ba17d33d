"""When each promise was kept, broken or not known, as a table for a chart. Pure."""

from __future__ import annotations

from typing import Any

import pandas as pd

from data import instants
from data.controls.probes import short
from data.controls.record import Record
from pages.shell.words import Calendar
from pages.wording import controls as wording


def bounds(calendar: Calendar, days: int) -> tuple[Any, Any]:
    """The last `days`, zone-aware."""
    return calendar.local(calendar.now - days * instants.DAY), calendar.local(calendar.now)


def frame(found: Record, calendar: Calendar, days: int) -> Any:
    """[control, start, end (zone-aware), found] of the last `days`, in the order in which the page lists controls."""
    since = calendar.now - days * instants.DAY
    rows: list[tuple[str, Any, Any, str]] = []
    for one in wording.ordered(found, calendar.now):
        for span in one.spans:
            if span.end >= since:
                start, end = calendar.local(max(span.start, since)), calendar.local(span.end)
                rows.append((short(one.name), start, end, span.state.plain))
    made = pd.DataFrame(rows, columns=["control", "start", "end", "found"])
    # With a change to summer time in between they differ in their offset, and pandas would keep them as objects.
    for name in ("start", "end"):
        made[name] = pd.to_datetime(made[name], utc=True).dt.tz_convert(calendar.zone)
    return made
