"""A control: a promise in plain words, with a probe that really looks whether it is kept. Pure.

A probe returns a Result, or raises Unseen where it could not look: what nobody could see is unknown, never fine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from data.controls.surroundings import Surroundings

SHOWN = 20  # names of one kind in a fact; beyond, their number is told


class State(StrEnum):
    """What a look found. The values are what is logged."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    @property
    def plain(self) -> str:
        """The state in words for people."""
        return _PLAIN[self]


_PLAIN = {State.HOLDS: "Kept", State.BROKEN: "Broken", State.UNKNOWN: "Not known"}


class Fact(NamedTuple):
    """A plain fact that a look found: what was looked at, by which login, who could. For those who see the evidence."""

    name: str
    value: str


@dataclass(frozen=True)
class Result:
    """What one look found. `said` is a sentence for everybody, without the name of a server, a login or a path, which
    would help whoever wants in; those stand in `facts`.

    Where it is about who could read something: `audience`, the principals that could and were not allowed to (logins,
    or PUBLIC for everybody who can connect), and `tables`, what they could read. What could not be seen is `unseen`.
    """

    state: State
    said: str
    facts: tuple[Fact, ...] = ()
    unseen: tuple[str, ...] = ()
    audience: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()

    @property
    def finding(self) -> tuple[object, ...]:
        """What must differ for this to be news: facts may tell of a time or a number that changes at each look."""
        return self.state, self.said, sorted(self.audience), sorted(self.tables)


class Unseen(Exception):
    """A probe could not look: a sentence for everybody, and the facts beside it."""

    def __init__(self, said: str, *facts: Fact) -> None:
        super().__init__(said)
        self.facts = facts


class Target(NamedTuple):
    """One thing that a probe looks at. `name` is as people read it, empty where there is only one; `what` is the
    probe's own."""

    name: str
    what: object = None


def alone(_around: Surroundings) -> tuple[Target, ...]:
    """The targets of a probe that looks at one thing only."""
    return (Target(""),)


@dataclass(frozen=True)
class Probe:
    """One kind of look. `key` is its name in the log and is never given to another; `promise` is a sentence as staff
    read it, `short` the same in two or three words. `targets` says what there is to look at, `look` looks at one of
    them. Registered in probes/__init__.py."""

    key: str
    short: str
    promise: str
    targets: Callable[[Surroundings], tuple[Target, ...]]
    look: Callable[[Surroundings, Target], Result]


class Name(NamedTuple):
    """Which control: the probe's key and the target's name."""

    probe: str
    target: str = ""

    def __str__(self) -> str:
        return f"{self.probe}/{self.target}" if self.target else self.probe

    @staticmethod
    def of(text: str) -> Name:
        """The name as it is typed: `readers` or `readers/capture warehouse`."""
        probe, _, target = text.partition("/")
        return Name(probe, target)


def listed(names: frozenset[str] | tuple[str, ...]) -> str:
    """Names, sorted, of which only the first are told."""
    ordered = sorted(names)
    more = len(ordered) - SHOWN
    return ", ".join(ordered[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
