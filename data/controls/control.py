"""What a look at a control found: a Result, or Unseen where it could not look: what nobody could see is unknown, never
fine. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

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
