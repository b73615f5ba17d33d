"""Calendar weeks in UTC, each named by its Monday. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from data import instants

_EPOCH = date(1970, 1, 1)
# Days since 1970 begin on a Thursday: three days on, whole weeks begin on Mondays.
OFFSET = 3 * instants.DAY


def last(at: int, weeks: int) -> tuple[date, ...]:
    """The Mondays of the last `weeks` weeks, the running one included, oldest first."""
    this = monday(instants.day_of(at))
    return tuple(this - timedelta(weeks=back) for back in reversed(range(weeks)))


def monday(on: date) -> date:
    """That of the week of a day."""
    return on - timedelta(days=on.weekday())


def numbered(number: int) -> date:
    """The Monday of the week number (instant + OFFSET) // WEEK."""
    return _EPOCH + timedelta(days=number * 7 - 3)


def day(on: date) -> int:
    """Days since 1970."""
    return (on - _EPOCH).days


def start(mondays: tuple[date, ...]) -> int:
    """When the first of the weeks begins, in microseconds UTC."""
    return day(mondays[0]) * instants.DAY


def end(mondays: tuple[date, ...]) -> int:
    """When the last of the weeks is over, in microseconds UTC."""
    return (day(mondays[-1]) + 7) * instants.DAY
