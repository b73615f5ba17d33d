"""By when the law wants an answer. Pure: dates in, dates out.

Where the law's own calendar depends on a country that the roster does not name, the rule here is the one that
can only be too early, never too late: an answer before the deadline harms nobody.

Sources: GDPR Art. 12(3); Regulation (EEC, Euratom) 1182/71 Art. 3; EDPB Guidelines 01/2022, section 5.3;
ICO guidance on the right of access ("How long do we have to comply?"); 11 CCR § 7021.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from data import instants
from data.errors import BadInput

_SATURDAY = 5


@dataclass(frozen=True)
class Clock:
    """One law's deadlines. `law` is a sentence for people, `zone` decides which day a request came in on."""

    law: str
    zone: ZoneInfo
    due: Callable[[date], date]
    acknowledge: Callable[[date], date] | None = None


def due_on(jurisdiction: str, received: date) -> date:
    """The last day on which the answer is in time. Raises BadInput for an unknown jurisdiction."""
    return clock(jurisdiction).due(received)


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


def _month_in_the_union(received: date) -> date:
    # Art. 3(4): a period that ends on a holiday ends with the next working day. Only these two days are holidays in
    # all 27 member states (a test counts them), so another country's holiday never makes an answer late.
    return _working_day(_month_after(received), lambda day: (day.month, day.day) in {(1, 1), (12, 25)})


def _month_in_the_kingdom(received: date) -> date:
    return _working_day(_month_after(received), lambda day: day in holidays.country_holidays("GB", years=day.year))


def _month_after(received: date) -> date:
    # The same number in the next month, or that month's last day; relativedelta clips exactly so.
    return received + relativedelta(months=1)


def _working_day(day: date, is_holiday: Callable[[date], bool]) -> date:
    while day.weekday() >= _SATURDAY or is_holiday(day):
        day += timedelta(days=1)
    return day


def _45_days(received: date) -> date:
    # § 7021(b) counts calendar days and moves nothing for a weekend.
    return received + timedelta(days=45)


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
        _month_in_the_union,
    ),
    "uk": Clock(
        "One calendar month from the day it arrived (UK GDPR, Article 12(3)).",
        ZoneInfo("Europe/London"),
        _month_in_the_kingdom,
    ),
    "california": Clock(
        "45 calendar days from the day it arrived, and a confirmation within 10 business days"
        " (California Code of Regulations, title 11, section 7021).",
        ZoneInfo("America/Los_Angeles"),
        _45_days,
        _ten_business_days,
    ),
}
