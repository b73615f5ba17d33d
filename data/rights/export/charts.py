"""Charts of an export's index: bars as plain SVG, with the same figures as a table beside them. Pure.

No script and nothing fetched: the colours come from the index's own style, for light and for dark.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from data import instants

HOURS = 24
WIDE, HIGH = 720, 220  # of a drawing
_MOST = 100  # bars beside each other
_LEFT, _TOP = 56, 10  # of the bars; beside them stands the scale
FOOT = HIGH - 24  # on which the bars stand
_LABELS = 6
_WIDEST = 40  # bar


@dataclass(frozen=True)
class Box:
    """The part of a bar that is of one series (by number), and what it says."""

    series: int
    x: float
    y: float
    wide: float
    high: float
    said: str


@dataclass(frozen=True)
class Text:
    """A word of a drawing."""

    x: float
    y: float
    text: str


@dataclass(frozen=True)
class Chart:
    """One chart: its heading, what it shows in a sentence, the names of its series, and its figures as rows of
    (label, value by series); then the drawing."""

    title: str
    said: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]
    boxes: tuple[Box, ...]
    labels: tuple[Text, ...]
    grid: tuple[Text, ...]


@dataclass(frozen=True)
class _Bucket:
    """A stretch of days that is one bar: its name, the number of the stretch that a day is in, and how that reads."""

    name: str
    number: Callable[[date], int]
    label: Callable[[int], str]


_BUCKETS = (
    _Bucket("day", lambda day: day.toordinal(), lambda number: f"{date.fromordinal(number):%-d %b %Y}"),
    _Bucket(
        "week",
        lambda day: (day.toordinal() - 1) // 7,  # 1 January of the year 1 was a Monday
        lambda number: f"week of {date.fromordinal(7 * number + 1):%-d %b %Y}",
    ),
    _Bucket(
        "month",
        lambda day: 12 * day.year + day.month - 1,
        lambda number: f"{date(number // 12, number % 12 + 1, 1):%b %Y}",
    ),
    _Bucket("year", lambda day: day.year, str),
    _Bucket("century", lambda day: day.year // 100, lambda number: f"{number * 100} to {number * 100 + 99}"),
)


def captures(days: Mapping[str, Mapping[str, int]]) -> Chart | None:
    """How many captures there are over time, by kind. `days`: ISO date (UTC) -> kind -> count. None without any."""
    found = {date.fromisoformat(day): kinds for day, kinds in days.items()}
    totals = sum((Counter(kinds) for kinds in found.values()), Counter[str]())
    return _over_time("Captures over time", "captures", found, [kind for kind, _ in totals.most_common()])


def hours(counts: Sequence[int]) -> Chart | None:
    """How many captures there are in each hour of the day (UTC). None without any."""
    if not any(counts):
        return None
    rows = tuple((f"{hour:02}:00", (count,)) for hour, count in enumerate(counts))
    most = max(range(HOURS), key=lambda hour: counts[hour])
    said = f"Captures in each hour of the day (UTC). The most, {counts[most]:,}, are between {most:02}:00 and"
    return _drawn("Hours of the day", f"{said} {(most + 1) % HOURS:02}:00.", ("captures",), rows)


def looks(ats: Iterable[int], own: Iterable[bool]) -> Chart | None:
    """How often somebody looked over time. `ats`: instants, microseconds UTC; `own`: whether it was the person. None
    without any."""
    found: dict[date, Counter[str]] = {}
    for at, mine in zip(ats, own, strict=True):
        found.setdefault(instants.day_of(at), Counter())["you" if mine else "others"] += 1
    names = [name for name in ("others", "you") if any(name in one for one in found.values())]
    return _over_time("Looks over time", "looks", found, names)


def day_of(at: int) -> str:
    """The UTC day of an instant, as `captures` takes it."""
    return instants.day_of(at).isoformat()


def _over_time(title: str, what: str, found: Mapping[date, Mapping[str, int]], names: Sequence[str]) -> Chart | None:
    if not found:
        return None
    first, last = min(found), max(found)
    bucket = next(one for one in _BUCKETS if one.number(last) - one.number(first) < _MOST)
    counted: dict[int, Counter[str]] = {}
    for day, counts in found.items():
        counted.setdefault(bucket.number(day), Counter()).update(counts)
    every = range(bucket.number(first), bucket.number(last) + 1)
    rows = tuple((bucket.label(at), tuple(counted.get(at, Counter[str]())[name] for name in names)) for at in every)
    most = max(rows, key=lambda row: sum(row[1]))
    said = f"Each bar is one {bucket.name} (UTC). The most {what}, {sum(most[1]):,}, are in {most[0]}."
    return _drawn(title, said, tuple(names), rows)


def _drawn(title: str, said: str, names: tuple[str, ...], rows: tuple[tuple[str, tuple[int, ...]], ...]) -> Chart:
    top = _round_up(max(sum(values) for _, values in rows))
    wide = (WIDE - _LEFT) / len(rows)
    boxes, labels = list[Box](), list[Text]()
    for place, (label, values) in enumerate(rows):
        x = _LEFT + place * wide
        boxes += _bar(x, wide, label, names, values, top)
        if place % -(-len(rows) // _LABELS) == 0:
            labels.append(Text(round(x, 1), HIGH - 6, label))
    grid = tuple(Text(_LEFT, round(FOOT - share * (FOOT - _TOP), 1), _short(top * share)) for share in (0, 0.5, 1))
    return Chart(title, said, names, rows, tuple(boxes), tuple(labels), grid)


def _bar(x: float, wide: float, label: str, names: Sequence[str], values: Sequence[int], top: int) -> list[Box]:
    """One bar: its series on top of each other, each with its figure for whoever points at it."""
    found, foot = list[Box](), float(FOOT)
    for series, (name, value) in enumerate(zip(names, values, strict=True)):
        high = value / top * (FOOT - _TOP)
        foot -= high
        if value:
            left, y, width = round(x + wide * 0.08, 2), round(foot, 2), round(min(wide * 0.84, _WIDEST), 2)
            found.append(Box(series, left, y, width, round(high, 2), f"{label}: {value:,} {name}"))
    return found


def _round_up(most: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 and so on, each of which can be halved."""
    found = 2
    while found < most:
        found = found * 2 if str(found)[0] != "4" else found // 4 * 10
    return found


def _short(number: float) -> str:
    """A number for an axis: 1,500 as 1.5 k."""
    for size, name in ((1e9, " bn"), (1e6, " M"), (1e3, " k")):
        if number >= size:
            return f"{number / size:g}{name}"
    return f"{number:g}"
