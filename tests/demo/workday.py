"""Plausible days: when somebody comes, has lunch, meets, and which window is in front meanwhile."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from data import instants
from tests.demo.company import Employee
from tests.demo.office import DAYS, MEETING, App, phrase

SPAN = 60  # days


@dataclass(frozen=True)
class Stint:
    """One window in front from `at` for `length` (microseconds); without an app the person is away."""

    at: int
    length: int
    app: App | None = None
    title: str = ""


def stints(employee: Employee, last: date, draw: random.Random) -> Iterator[Stint]:
    """What is in front on each day the person worked, ascending; `last` is the last day, in the person's zone."""
    titles = {
        app.name + pattern: [phrase(pattern, draw, employee.department) for _ in range(4)]
        for app in [MEETING, *(app for app, _ in DAYS[employee.department])]
        for pattern in app.titles
    }
    holiday = last - timedelta(days=draw.randint(10, 50))
    away = {holiday + timedelta(days=day) for day in range(7)} if draw.random() < 0.4 else set[date]()
    for back in range(SPAN - 1, -1, -1):
        day = last - timedelta(days=back)
        if day in away or not employee.until <= back < employee.since:
            continue
        midnight = instants.of(datetime.combine(day, time(), employee.site.zone))
        for stint in _day(employee, day, draw, titles):
            yield Stint(midnight + stint.at, stint.length, stint.app, stint.title)


def _day(employee: Employee, day: date, draw: random.Random, titles: dict[str, list[str]]) -> Iterator[Stint]:
    """The stints of one day, from its midnight."""
    if day.weekday() >= 5:
        if draw.random() < 0.06:
            start = _clock(draw.uniform(19, 21.5))
            yield from _windows(employee, start, start + _clock(draw.uniform(0.3, 1)), draw, titles)
        return
    if draw.random() < 0.03:  # ill
        return
    reached = _clock(draw.gauss(8.85, 0.35))
    lunch = _clock(draw.gauss(12.5, 0.2))
    end = _clock(draw.gauss(17.4 if day.weekday() < 4 else 16.4, 0.5))
    pauses = [(lunch, _clock(draw.uniform(0.5, 0.95)), None)]
    pauses += [
        (_clock(draw.uniform(9.8, 16)), _clock(draw.uniform(0.1, 0.25)), None) for _ in range(draw.randint(1, 3))
    ]
    pauses += [
        (_clock(draw.choice((9.5, 10, 11, 14, 15))), _clock(draw.choice((0.25, 0.5, 1))), MEETING)
        for _ in range(draw.randint(0, 3))
    ]
    for start, length, app in sorted(pauses, key=lambda pause: pause[0]):
        if start < reached or start + length > end:
            continue
        yield from _windows(employee, reached, start, draw, titles)
        yield Stint(start, length, app, draw.choice(titles[app.name + draw.choice(app.titles)]) if app else "")
        reached = start + length
    yield from _windows(employee, reached, end, draw, titles)


def _windows(
    employee: Employee, start: int, end: int, draw: random.Random, titles: dict[str, list[str]]
) -> Iterator[Stint]:
    """One window after the other between two instants; busier people change more often in what was captured."""
    apps, weights = zip(*DAYS[employee.department], strict=True)
    while start < end:
        app: App = draw.choices(apps, weights)[0]
        minutes = min(draw.expovariate(1 / app.minutes) + 0.3, 40)
        length = min(int(minutes * instants.MINUTE), end - start)
        yield Stint(start, length, app, draw.choice(titles[app.name + draw.choice(app.titles)]))
        start += length


def _clock(hours: float) -> int:
    return int(hours * instants.HOUR)
