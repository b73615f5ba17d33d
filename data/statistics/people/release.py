"""A release: the figures about people of one quarter, as they were drawn, once. What pages and downloads read. Pure.

Nothing in it is an exact count of anybody's answers. Who works in which department is known to colleagues and is no
secret; group sizes are shown rounded all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data.statistics.people.figure import Figure
from data.statistics.quarter import Quarter


class Level(StrEnum):
    """How much of the company a group is."""

    COMPANY = "company"
    DIVISION = "division"
    CELL = "department"  # a department of enough people, or several small ones together


@dataclass(frozen=True)
class Group:
    """People who are counted together, at least 100. `key` names it within its release: "company", "division 1",
    "department 7". `parent` is the key of the total that it is a part of, None of the company. `departments` are the
    names of those in it, as the roster said when it was drawn, and `numbers` the roster's numbers of them in the same
    order, which stay when one is renamed (none in a document of form 1); `about` is its size to two significant
    digits."""

    key: str
    name: str
    level: Level
    parent: str | None
    departments: tuple[str, ...]
    about: int
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Estimate:
    """One figure of one group: people, whole numbers. `low` and `high` are the 95 % interval, `value` lies between
    them, and the values of parts add up to their total's. Show the interval, never `value` alone."""

    figure: Figure
    group: str
    value: int
    low: int
    high: int

    @property
    def midpoint(self) -> float:
        """The middle of the interval: for sorting and drawing, not for saying."""
        return (self.low + self.high) / 2

    def overlaps(self, other: Estimate) -> bool:
        """Whether the two may be the same, as far as the intervals tell."""
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class Release:
    """The figures of one quarter. `drawn_at` in microseconds UTC; `position` is the entry of the access log that holds
    `digest`, the SHA-256 (hex) of `document` (canonical JSON: all that was released). `epsilon` was spent of each
    person's budget for the quarter, `shares` says how much of it on each level of each figure. `figures` in the order
    of the menu, `groups` totals before their parts; `method` are (topic, sentence) for people, `code` the version of
    the program."""

    quarter: Quarter
    drawn_at: int
    position: int
    digest: str
    figures: tuple[Figure, ...]
    groups: tuple[Group, ...]
    estimates: tuple[Estimate, ...]
    epsilon: float
    shares: Mapping[Level, float]
    method: tuple[tuple[str, str], ...]
    code: str
    document: str = field(repr=False, default="")

    def estimate(self, figure: Figure, group: str) -> Estimate:
        """The one of a figure and a group's key. Raises StopIteration where there is none."""
        return next(one for one in self.estimates if (one.figure, one.group) == (figure, group))

    def group(self, key: str) -> Group:
        """The group with this key. Raises StopIteration where there is none."""
        return next(one for one in self.groups if one.key == key)


@dataclass(frozen=True)
class Record:
    """Every release, newest quarter first, and the quarters whose release is not what the access log says was
    released: of those, no figure is to be shown, but an alarm."""

    releases: tuple[Release, ...]
    altered: tuple[Quarter, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What is, or was, to be counted of a quarter. `chosen`: by organizers, not by the calendar. `margin`: about how
    many people more or less than the truth the figure of a department may be, in 95 of 100 cases."""

    quarter: Quarter
    figures: tuple[Figure, ...]
    chosen: bool
    margin: int


@dataclass(frozen=True)
class Upcoming:
    """The next release: of which quarter, and the instant (microseconds UTC) from which it is drawn by itself.
    `obstacle`: a sentence saying why it will not be, as things stand ("" when nothing is in the way)."""

    plan: Plan
    draws_at: int
    obstacle: str = ""


def about(people: int) -> int:
    """A size to two significant digits, half up: 1,250 becomes 1,300."""
    step = 10 ** max(0, len(str(people)) - 2)
    return (people + step // 2) // step * step


def in_words(estimate: Estimate, group: Group) -> str:
    """ "between 52 and 66 of about 100"."""
    if estimate.low == estimate.high:
        return f"{estimate.low:,} of about {group.about:,}"
    return f"between {estimate.low:,} and {estimate.high:,} of about {group.about:,}"
