"""Comparing figures about people: the groups of one release with each other, and one group over the quarters. Pure.

Groups differ in size, so they compare as people of every 100. Sizes are published rounded; the shares are as wide as
that allows, so that no difference is read out of the rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import pandas as pd

from data.statistics.people import method
from data.statistics.people.figure import Figure
from data.statistics.people.release import Estimate, Group, Level, Record, Release, in_words
from data.statistics.quarter import Quarter

# A pandas frame: pandas' own types call each of its cells a Series or a scalar.
Frame: TypeAlias = Any


@dataclass(frozen=True)
class Share:
    """An estimate of a group, and the same as people of every 100: from `low` to `high`."""

    group: Group
    estimate: Estimate
    low: float
    high: float

    @property
    def midpoint(self) -> float:
        """The middle: for sorting, not for saying."""
        return (self.low + self.high) / 2

    def above(self, other: Share) -> bool:
        """Whether it is the larger share, as far as both can be told."""
        return self.low > other.high

    def apart(self, other: Share) -> bool:
        """Whether the two can be told apart."""
        return self.above(other) or other.above(self)


class Stand(StrEnum):
    """How a group's share stands to that of the whole company."""

    MORE = "more"
    ALIKE = "alike"  # cannot be told apart
    FEWER = "fewer"
    WHOLE = "whole"


class Mark(StrEnum):
    """What there is of a group in a quarter: its figure, or why none compares."""

    SHOWN = "shown"
    NOT_COUNTED = "not counted"  # the figure was not among those of the quarter
    NO_RELEASE = "no release"
    NO_GROUP = "no group"  # of these departments, by themselves
    OTHERS = "others"  # of these departments, and one of that name is of other departments
    UNNUMBERED = "unnumbered"  # departments are known by name only, which may have changed
    ALTERED = "altered"


@dataclass(frozen=True)
class Point:
    """A group in one quarter; `share` is there when it is SHOWN, of the group as it was called then."""

    quarter: Quarter
    mark: Mark
    share: Share | None = None


def share(release: Release, figure: Figure, group: Group) -> Share:
    """The estimate of a figure and a group of the release. Raises StopIteration where there is none."""
    return _share(release.estimate(figure, group.key), group)


def shares(release: Release, figure: Figure) -> dict[str, Share]:
    """Those of every group, by its key."""
    groups = {one.key: one for one in release.groups}
    return {one.group: _share(one, groups[one.group]) for one in release.estimates if one.figure is figure}


def sizes(about: int) -> tuple[int, int]:
    """The smallest and the largest size that is written so (release.about)."""
    step = 10 ** max(0, len(str(about)) - 2)
    least = about - step // 2
    return (max(least, method.SMALLEST) if about >= method.SMALLEST else least), about + (step - 1) // 2


def compared(release: Release, figure: Figure, groups: Sequence[Group]) -> tuple[Share, ...]:
    """The groups' shares, the largest midpoint first."""
    every = shares(release, figure)
    found = [every[one.key] for one in groups]
    return tuple(sorted(found, key=lambda one: (-one.midpoint, one.group.name)))


def beside(shares: Sequence[Share], whole: Share) -> Frame:
    """[group, about, low, high, of_low, of_high (people of 100), words, stand (Stand)]: the company first, then the
    shares in their order."""
    columns = ["group", "about", "low", "high", "of_low", "of_high", "words", "stand"]
    others = [one for one in shares if one.group.key != whole.group.key]
    rows = [(*_row(one), _stand(one, whole)) for one in (whole, *others)]
    return pd.DataFrame(rows, columns=columns)


def alike(shares: Sequence[Share]) -> tuple[Share, ...]:
    """The largest of some sorted shares, and all that cannot be told apart from it."""
    return tuple(one for one in shares if not shares[0].apart(one))


def over_quarters(points: Sequence[Point]) -> Frame:
    """[quarter (2026-Q3), mark (Mark), called (the group then), about, low, high, of_low, of_high, words]; NaN and ""
    where none is shown."""
    columns = ["quarter", "mark", "called", "about", "low", "high", "of_low", "of_high", "words"]
    nothing = ("", *(float("nan"),) * 5, "")
    rows = [(str(one.quarter), one.mark, *(_row(one.share) if one.share else nothing)) for one in points]
    return pd.DataFrame(rows, columns=columns)


def series(record: Record, figure: Figure, group: Group) -> tuple[Point, ...]:
    """A group of one release, from the first quarter of which there is a release to the last, every quarter of them."""
    known = {one.quarter: one for one in record.releases}
    every = sorted({*known, *record.altered})
    return tuple(_point(record, known.get(quarter), quarter, figure, group) for quarter in _through(every))


def counted(record: Record) -> tuple[Figure, ...]:
    """The figures that some release holds, in the order of the menu."""
    held = {figure for release in record.releases for figure in release.figures}
    return tuple(one for one in Figure if one in held)


def top(record: Record, figure: Figure) -> float:
    """Where an axis of a figure ends, of 100, so that every release and group compares on it."""
    every = (one.high for release in record.releases for one in shares(release, figure).values())
    highest = max(every, default=100.0)
    return next(end for end in (5.0, 10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 80.0, 100.0) if highest <= end)


def parts(release: Release, *, divisions: bool = False) -> tuple[Group, ...]:
    """The departments, and those that are counted together; or the divisions, and what stands beside them. Of a company
    that is not cut up, the company."""
    top = company(release).key
    found = [one for one in release.groups if (one.parent == top if divisions else one.level is Level.CELL)]
    return tuple(found) or release.groups[:1]


def has_divisions(release: Release) -> bool:
    """Whether there are groups between the company and the departments."""
    return any(one.level is Level.DIVISION for one in release.groups)


def company(release: Release) -> Group:
    """The whole of it."""
    return next(one for one in release.groups if one.level is Level.COMPANY)


def pooled(release: Release) -> tuple[Group, ...]:
    """Groups in which several departments are counted together as they are too small."""
    return tuple(one for one in release.groups if one.level is Level.CELL and len(one.departments) > 1)


def _share(found: Estimate, group: Group) -> Share:
    least, most = sizes(group.about)
    return Share(group, found, 100 * found.low / most, min(100.0, 100 * found.high / least))


def _row(one: Share) -> tuple[str, int, int, int, float, float, str]:
    found = one.estimate
    words = in_words(found, one.group)
    return one.group.name, one.group.about, found.low, found.high, one.low, one.high, words


def _stand(one: Share, whole: Share) -> Stand:
    if one.group.key == whole.group.key:
        return Stand.WHOLE
    if not one.apart(whole):
        return Stand.ALIKE
    return Stand.MORE if one.above(whole) else Stand.FEWER


def _through(quarters: Sequence[Quarter]) -> Iterator[Quarter]:
    at = quarters[0] if quarters else None
    while at is not None and at <= quarters[-1]:
        yield at
        at = at.after


def _point(record: Record, release: Release | None, quarter: Quarter, figure: Figure, group: Group) -> Point:
    if quarter in record.altered:
        return Point(quarter, Mark.ALTERED)
    if release is None:
        return Point(quarter, Mark.NO_RELEASE)
    if figure not in release.figures:
        return Point(quarter, Mark.NOT_COUNTED)
    if group.level is Level.COMPANY:
        return Point(quarter, Mark.SHOWN, share(release, figure, company(release)))
    if not group.numbers or not company(release).numbers:
        return Point(quarter, Mark.UNNUMBERED)
    same = next((one for one in release.groups if set(one.numbers) == set(group.numbers)), None)
    if same is None:
        named = any(one.name == group.name for one in release.groups)
        return Point(quarter, Mark.OTHERS if named else Mark.NO_GROUP)
    return Point(quarter, Mark.SHOWN, share(release, figure, same))
