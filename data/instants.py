"""Instants: whole microseconds since 1970-01-01 UTC, as every table and segment keeps them."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta, tzinfo
from datetime import time as clock

from data.errors import BadInput

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
WEEK = 7 * DAY
SKEW = 5 * MINUTE  # by which clocks that are right may differ

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def now() -> int:
    """The present, in microseconds UTC."""
    return time.time_ns() // 1000


def over(since: int, wait: int, now: int) -> bool:
    """Whether `wait` has passed since something was done. What is noted as done in the future was noted by a clock
    that was wrong, and counts as long ago: else it would not be done again before the clock gets there."""
    return not -SKEW <= now - since < wait


def of(moment: datetime) -> int:
    """A zoned datetime as microseconds UTC, exact (no float in between). ValueError when it names no zone."""
    if moment.tzinfo is None:
        raise ValueError("a datetime without a zone is not an instant")
    return (moment - _EPOCH) // _MICROSECOND


def moment(at: int) -> datetime:
    """Microseconds UTC as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def local(day: date | None, hour: clock | None, zone: tzinfo) -> int | None:
    """What was chosen on a clock of `zone`: a day at a time, or from its beginning; None where neither was. Raises
    BadInput for a time without a day, which nobody can have meant as now."""
    if day is None:
        if hour is not None:
            raise BadInput(f"You chose {hour:%H:%M} but no day; choose the day too, or take the time away.")
        return None
    return of(datetime.combine(day, hour or clock(), tzinfo=zone))


def iso(at: int) -> str:
    """ISO 8601 in UTC with microseconds, e.g. 2026-11-03T14:05:09.000120Z."""
    return moment(at).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse(text: str) -> int:
    """An ISO 8601 date or date-time as microseconds UTC; without a zone it is read as UTC. Else ValueError."""
    found = datetime.fromisoformat(text.upper())  # RFC 3339 (5.6) writes t and z in either case
    return of(found if found.tzinfo else found.replace(tzinfo=UTC))


def day_of(at: int) -> date:
    """The UTC day an instant falls on."""
    return moment(at).date()


# What a calendar can show in every zone: outside, no page could name the day.
EARLIEST = parse("0001-01-02T00:00:00Z")
LATEST = parse("9999-12-30T00:00:00Z")
# What somebody may name as the bounds of a span: whole numbers that canonical JSON keeps (below 2**53: RFC 8785), so
# that the access log can say which span was meant.
FIRST_BOUND = parse("1700-01-01T00:00:00Z")
LAST_BOUND = parse("2250-01-01T00:00:00Z")


def check_span(start: int | None, end: int | None, what: str) -> None:
    """Raise BadInput unless [start, end) can be meant (None: no bound); `what` begins the sentence: "The range"."""
    for name, at in (("from", start), ("to", end)):
        if at is not None and not FIRST_BOUND <= at <= LAST_BOUND:
            raise BadInput(f"{what} has a '{name}' that lies outside the years 1700 to 2249; give a date between them.")
    if start is not None and end is not None and end <= start:
        raise BadInput(f"{what} ends ({iso(end)}) before it starts ({iso(start)}); swap 'from' and 'to'.")
