"""Words for figures and instants: how much, how many, when, in the reader's own zone. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data import instants
from data.people.crowd import Few, People

_THOUSANDS = ((1_000_000_000, "billion"), (1_000_000, "million"))
_BYTES = ("kB", "MB", "GB", "TB")


def exact(number: int) -> str:
    """1204311 -> '1,204,311'."""
    return f"{number:,}"


def number(amount: int) -> str:
    """A count a person can read at a glance: exact below a million, then '1.2 million'."""
    for size, word in _THOUSANDS:
        # 999,960,000 rounds to '1 billion', never to '1000 million'.
        if abs(amount) >= 1_000_000 and round(abs(amount) / size, 1) >= 1:
            return f"{amount / size:.1f}".removesuffix(".0") + f" {word}"
    return exact(amount)


def count(amount: int, one: str, many: str = "") -> str:
    """'1 click', '3 clicks', 'no clicks': the count with its noun in the right form."""
    return f"{number(amount) if amount else 'no'} {plural(amount, one, many)}"


def people(amount: People) -> str:
    """'1 person', '3 people', 'fewer than 100 people': as far as the reader may know."""
    if isinstance(amount, Few):
        return f"{amount.value} people" if amount is Few.UNDER else f"{amount.value} people of the company"
    return count(amount, "person", "people")


def plural(amount: int, one: str, many: str = "") -> str:
    """The noun alone, in the form that goes with `amount`."""
    return one if amount == 1 else many or f"{one}s"


def start(text: str) -> str:
    """The text as it begins a sentence; what is a capital in it stays one."""
    return text[:1].upper() + text[1:]


def size(amount: int) -> str:
    """Bytes in decimal units: 812 -> '812 bytes', 1_250_000 -> '1.2 MB'."""
    if abs(amount) < 1000:
        return f"{amount} {plural(amount, 'byte')}"
    scaled = float(amount)
    for unit in _BYTES:
        scaled /= 1000
        if abs(scaled) < 999.5 or unit == _BYTES[-1]:
            return f"{scaled:.1f} {unit}" if abs(scaled) < 9.95 else f"{scaled:.0f} {unit}"
    raise AssertionError("the loop always returns")


def span(microseconds: int) -> str:
    """A duration: 'under 0.1 seconds', '0.4 seconds', '12 seconds', '4 minutes', '2 h 05 min', '3 days'."""
    seconds = microseconds / instants.SECOND
    if 0 < abs(seconds) < 0.05:
        return "under 0.1 seconds"
    if abs(seconds) < 9.95:
        said = f"{seconds:.1f}".removesuffix(".0")
        return f"{said} second" if said == "1" else f"{said} seconds"
    if abs(seconds) < 119.5:
        return f"{seconds:.0f} seconds"
    if abs(seconds) < 3570:
        return f"{seconds / 60:.0f} minutes"
    minutes = round(seconds / 60)
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60:02d} min"
    return f"{minutes // 1440} days"


def days(number: float, answers: int) -> str:
    """A figure of days made of so many answers: '12', '12.5'; where none is given (NaN), why."""
    if number == number:  # NaN alone is not equal to itself
        return f"{number:g}"
    return f"too few ({answers})" if answers else "none"


def listed(parts: list[str]) -> str:
    """'a', 'a and b', 'a, b and c'."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


@dataclass(frozen=True)
class Calendar:
    """The reader's zone and present (microseconds UTC): turns instants into words."""

    zone: ZoneInfo
    now: int

    @property
    def place(self) -> str:
        """The zone's name for people: 'Europe/London' -> 'London'."""
        return (self.zone.key or "UTC").rpartition("/")[2].replace("_", " ")

    def local(self, at: int) -> datetime:
        """The instant on the reader's clock."""
        return instants.moment(at).astimezone(self.zone)

    @property
    def today(self) -> date:
        """The reader's date."""
        return self.local(self.now).date()

    def day(self, at: int) -> str:
        """'today', 'yesterday', 'Tue 3 Nov', or 'Tue 3 Nov 2025' when it is another year."""
        return self.date(self.local(at).date())

    def days(self, first: int, last: int) -> str:
        """'from Tue 3 Nov to today', 'on Tue 3 Nov' or 'today', when both fall on one day."""
        start, end = self.day(first), self.day(last)
        if start != end:
            return f"from {start} to {end}"
        return start if start in ("today", "yesterday", "tomorrow") else f"on {start}"

    def date(self, on: date) -> str:
        """As `day`, for a date of the reader's calendar."""
        apart = (self.today - on).days
        if apart in (0, 1, -1):
            return {0: "today", 1: "yesterday", -1: "tomorrow"}[apart]
        return self.plain_date(on)

    def plain_date(self, on: date) -> str:
        """'Tue 3 Nov', with the year when it is not this one."""
        return f"{on:%a} {on.day} {on:%b}" + ("" if on.year == self.today.year else f" {on.year}")

    def time(self, at: int, *, seconds: bool = False) -> str:
        """'14:05' or '14:05:09'."""
        return f"{self.local(at):%H:%M:%S}" if seconds else f"{self.local(at):%H:%M}"

    def when(self, at: int, *, place: bool = True) -> str:
        """'Tue 3 Nov, 14:05 (London)'."""
        return f"{self.day(at)}, {self.time(at)}" + (f" ({self.place})" if place else "")

    def ago(self, at: int) -> str:
        """'just now', '4 minutes ago', '3 hours ago', then the day."""
        passed = self.now - at
        if passed < 0 or passed >= 22 * instants.HOUR:
            return self.day(at)
        if passed < 90 * instants.SECOND:
            return "just now"
        if passed < instants.HOUR:
            return f"{count(passed // instants.MINUTE, 'minute')} ago"
        return f"{count(passed // instants.HOUR, 'hour')} ago"

    def due(self, on: date, left: int) -> str:
        """How a due date stands: 'due in 12 days, on Tue 3 Nov', 'due today', '3 days overdue since Tue 3 Nov'.
        `left` days, as the law's place counts them: there it may be another day than at the reader's."""
        if left == 0:
            return "due today"
        if left < 0:
            return f"{count(-left, 'day')} overdue, since {self.plain_date(on)}"
        return f"due in {count(left, 'day')}, on {self.plain_date(on)}"

    def midnight(self, on: date) -> int:
        """The instant at which the reader's day begins."""
        return instants.of(datetime(on.year, on.month, on.day, tzinfo=self.zone))

    def days_ago(self, days: int) -> int:
        """The instant at which the reader's day so many days ago begins: what was in the last `days` days, by the
        reader's clock, is not before it."""
        return self.midnight(self.today - timedelta(days=days))


def utc(at: int) -> str:
    """The exact instant, for a hover: '2026-11-03 14:05:09.000120 UTC'."""
    return f"{instants.moment(at):%Y-%m-%d %H:%M:%S.%f} UTC"
