"""A legal hold: captures that a legal duty wants kept, for a reason, until somebody looks at it again. Pure.

It is in force once a second officer has confirmed it, and until it is lifted: a day of review that has passed is a
duty to look at it again, never its end by itself. Source: GDPR Art. 17(3)(b) and (e).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from data import instants
from data.captures.scope import Scope
from data.errors import BadInput, Conflict

FURTHEST = 366  # days until it is looked at again


class Step(StrEnum):
    """What happens to a hold. `plain` is how its history says so."""

    SET = "set"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REVIEWED = "reviewed"
    LIFTED = "lifted"

    @property
    def plain(self) -> str:
        """The step in words for people."""
        return _PLAIN[self]


_PLAIN = {
    Step.SET: "proposed",
    Step.CONFIRMED: "confirmed by a second officer, and in force since",
    Step.DECLINED: "not confirmed, so it never was in force",
    Step.REVIEWED: "looked at again, and kept",
    Step.LIFTED: "lifted",
}


@dataclass(frozen=True)
class Line:
    """One line of a hold's history, which is an entry of the access log at `position`. `by` is the officer's number."""

    position: int
    step: Step
    at: int
    by: int | None
    name: str
    words: str


@dataclass(frozen=True)
class Hold:
    """Captures of a person in `scope` that are kept. `untold`: why the person is not told, empty where they are."""

    number: int
    person_id: int
    person: str
    scope: Scope
    reason: str
    review_on: date
    untold: str
    lines: tuple[Line, ...]

    @property
    def step(self) -> Step:
        """The last thing that happened to it, a review aside."""
        return next(one.step for one in reversed(self.lines) if one.step is not Step.REVIEWED)

    @property
    def waits(self) -> bool:
        """Whether a second officer has still to confirm it."""
        return self.step is Step.SET

    @property
    def is_in_force(self) -> bool:
        """Whether it keeps what it is about."""
        return self.step is Step.CONFIRMED

    @property
    def is_told(self) -> bool:
        """Whether its person may read it: it was in force, and says so, or is over."""
        was = any(one.step is Step.CONFIRMED for one in self.lines)
        return was and (not self.untold or self.step is Step.LIFTED)

    @property
    def dated_by(self) -> int | None:
        """The officer who said last when it is looked at again."""
        return next(one.by for one in reversed(self.lines) if one.step in (Step.SET, Step.REVIEWED))

    def is_overdue(self, today: date) -> bool:
        """Whether the day has passed on which it was to be looked at again."""
        return self.is_in_force and self.review_on < today


def scope_of(scope: Scope) -> Scope:
    """The same scope, once a hold can be about it. Raises BadInput."""
    if scope.apps:
        raise BadInput("A hold names kinds and times, not apps: what would be left of a deletion could not be named.")
    instants.check_span(scope.start, scope.end, "The hold's range")
    return scope


def review_of(on: date, today: date) -> date:
    """The day on which a hold is looked at again. Raises BadInput unless it lies ahead, and within a year."""
    if not 0 < (on - today).days <= FURTHEST:
        raise BadInput(f"A hold is looked at again after today ({today}) and within a year; {on} is not.")
    return on


def check(hold: Hold, step: Step, by: int | None) -> None:
    """Raise Conflict unless `step` can come next, from the officer `by`."""
    if step in (Step.CONFIRMED, Step.DECLINED):
        if not hold.waits:
            raise Conflict(f"Hold {hold.number} was {hold.step.value} already; reload to see it.")
    elif not hold.is_in_force:
        raise Conflict(f"Hold {hold.number} is not in force, so it cannot be {step.value}; reload to see it.")
    if step is Step.CONFIRMED and by == hold.lines[0].by:
        raise Conflict(f"You set hold {hold.number} yourself; another officer must confirm it.")
    if step is Step.REVIEWED and by == hold.dated_by:
        raise Conflict(f"You set the day of review of hold {hold.number} last; another officer must look at it now.")


def built(number: int, person: str, found: list[tuple[Line, dict[str, Any]]]) -> Hold:
    """The hold of a history whose first line set it. Raises ValueError, KeyError, IndexError when it is none."""
    first = found[0][1]
    if found[0][0].step is not Step.SET:
        raise ValueError("a hold begins by being set")
    dates = [date.fromisoformat(scope["review"]) for _, scope in found if "review" in scope]
    return Hold(
        number=number,
        person_id=int(first["person"]),
        person=person,
        scope=Scope.from_json(first["captures"]),
        reason=str(first["words"]),
        review_on=dates[-1],
        untold=str(first.get("untold", "")),
        lines=tuple(line for line, _ in found),
    )
