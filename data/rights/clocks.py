"""By when the law wants an answer. Pure: dates in, dates out.

Where the law's own calendar depends on a country that the roster does not name, the rule here is the one that
can only be too early, never too late: an answer before the deadline harms nobody.

Sources: GDPR Art. 12(3); Regulation (EEC, Euratom) 1182/71 Art. 3; EDPB Guidelines 01/2022, section 5.3;
ICO guidance on the right of access ("How long do we have to comply?", "Can we extend the time for a response?",
"Can we clarify the request?"); UK GDPR Art. 12A (Data (Use and Access) Act 2025, s. 76); 11 CCR § 7021.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from data import instants
from data.errors import BadInput

_SATURDAY = 5


class Tick(StrEnum):
    """What moves a due date. The values are the lines of a request's history that say so."""

    RECEIVED = "opened"
    EXTENDED = "extended"
    STOPPED = "clock stopped"
    RESUMED = "clock resumed"
    APPEALED = "appealed"


class Mark(NamedTuple):
    """One of them, and its calendar day in the jurisdiction."""

    tick: Tick
    on: date


@dataclass(frozen=True)
class Clock:
    """One law's deadlines. `law` and `extension` are sentences for people, `zone` decides which day a request came in
    on. `due` and `extended` are the last days from the day of receipt, without and with the one extension. `stops`:
    days of waiting for the person's answer do not count. `roll` moves a last day that is no working day."""

    law: str
    zone: ZoneInfo
    due: Callable[[date], date]
    extended: Callable[[date], date]
    extension: str
    roll: Callable[[date], date] = lambda day: day
    stops: bool = False
    acknowledge: Callable[[date], date] | None = None


def due_on(jurisdiction: str, received: date, *, stopped: int = 0, extended: bool = False) -> date:
    """The last day on which the answer is in time; `stopped` days do not count. Raises BadInput for an unknown
    jurisdiction."""
    found = clock(jurisdiction)
    last = (found.extended if extended else found.due)(received)
    return found.roll(last + timedelta(days=stopped))


def due_after(jurisdiction: str, marks: Iterable[Mark], within_days: int | None = None) -> date:
    """The due date that follows from everything that happened to a request, oldest first: it moves with these marks
    and with nothing else. `within_days`: the company promised to answer earlier. Raises BadInput."""
    received, since, stopped, extended = date.min, date.min, 0, False
    for mark in marks:
        match mark.tick:
            case Tick.RECEIVED:
                received = mark.on
            case Tick.EXTENDED:
                extended = True
            case Tick.STOPPED:
                since = mark.on
            case Tick.RESUMED:
                stopped += (mark.on - since).days
            case Tick.APPEALED:
                # No law sets a time for this; it runs as for a request that came in on that day.
                received, stopped, extended, within_days = mark.on, 0, False, None
    lawful = due_on(jurisdiction, received, stopped=stopped, extended=extended)
    # A promise is overtaken by an extension, of which the person was told with its reasons.
    if within_days is None or extended:
        return lawful
    return min(lawful, received + timedelta(days=within_days + stopped))


def reply_by(asked: date) -> date:
    """Until when an answer to what was asked back on a day is waited for, before a request may be closed without one:
    a reasonable time, for which a month is generally enough (ICO, "Can we clarify the request?")."""
    return _one_month(asked)


def ask_again(asked: date, today: date) -> date:
    """The last of the monthly days since then that has come, or the first: on each somebody has to look at it again."""
    passed = relativedelta(today, asked)
    return asked + relativedelta(months=max(1, 12 * passed.years + passed.months))


def acknowledge_by(jurisdiction: str, received: date) -> date | None:
    """The last day to confirm that the request arrived; None where the law asks for no confirmation."""
    found = clock(jurisdiction).acknowledge
    return found(received) if found else None


def received_on(jurisdiction: str, at: int) -> date:
    """The calendar day in the jurisdiction on which the instant `at` (microseconds UTC) falls."""
    return instants.moment(at).astimezone(clock(jurisdiction).zone).date()


def clock(jurisdiction: str) -> Clock:
    """The clock of a jurisdiction code (gdpr, uk, california). Raises BadInput for another one."""
    found = CLOCKS.get(jurisdiction)
    if found is None:
        raise BadInput(f"There is no clock for the jurisdiction {jurisdiction!r}; known are {', '.join(CLOCKS)}.")
    return found


def _rolled_in_the_union(day: date) -> date:
    # Art. 3(4): a period that ends on a holiday ends with the next working day. Only these two days are holidays in
    # all 27 member states (a test counts them), so another country's holiday never makes an answer late.
    return _working_day(day, lambda one: (one.month, one.day) in {(1, 1), (12, 25)})


def _rolled_in_the_kingdom(day: date) -> date:
    return _working_day(day, lambda one: one in holidays.country_holidays("GB", years=one.year))


def _one_month(received: date) -> date:
    # The same number in the next month, or that month's last day; relativedelta clips exactly so.
    return received + relativedelta(months=1)


def _three_months(received: date) -> date:
    # "Three months from the original start date" (ICO), not two from wherever the first month rolled to.
    return received + relativedelta(months=3)


def _working_day(day: date, is_holiday: Callable[[date], bool]) -> date:
    while day.weekday() >= _SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def _45_days(received: date) -> date:
    # § 7021(b) counts calendar days and moves nothing for a weekend.
    return received + timedelta(days=45)


def _90_days(received: date) -> date:
    # § 7021(b): "a maximum total of 90 calendar days from the day the request is received".
    return received + timedelta(days=90)


def _ten_business_days(received: date) -> date:
    closed = holidays.country_holidays("US", years=[received.year, received.year + 1])
    day, left = received, 10
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < _SATURDAY and day not in closed
    return day


CLOCKS: dict[str, Clock] = {
    "gdpr": Clock(
        "One calendar month from the day it arrived (GDPR, Article 12(3)).",
        # The westernmost mainland zone of the Union: the day never starts later there than where the person is.
        ZoneInfo("Europe/Lisbon"),
        _one_month,
        _three_months,
        "It can be extended once, by two months, with reasons (GDPR, Article 12(3)).",
        _rolled_in_the_union,
    ),
    "uk": Clock(
        "One calendar month from the day it arrived (UK GDPR, Article 12(3)).",
        ZoneInfo("Europe/London"),
        _one_month,
        _three_months,
        "It can be extended once, by two months, with reasons (UK GDPR, Article 12A).",
        _rolled_in_the_kingdom,
        # While it waits for what proves who asked, or says what is meant.
        stops=True,
    ),
    "california": Clock(
        "45 calendar days from the day it arrived, and a confirmation within 10 business days"
        " (California Code of Regulations, title 11, section 7021).",
        ZoneInfo("America/Los_Angeles"),
        _45_days,
        _90_days,
        "It can be extended once, by 45 days, with an explanation (California Code of Regulations, title 11,"
        " section 7021(b)).",
        acknowledge=_ten_business_days,
    ),
}
