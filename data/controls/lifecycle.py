"""How a fix stands: broken, said to be fixed, seen to hold, held, or broken again. Pure.

A claim is not a fix: it counts from the first look that began after it. A fix has held once looks in a row have seen it
hold for the number of days set; time in which nobody looked, or a look could not see, does not count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from data import instants
from data.controls.control import State
from data.errors import Conflict

LATE = 2 * instants.HOUR  # between two looks: longer ago than this, nobody knows


class Stage(StrEnum):
    """How what was broken stands. `plain` is how pages say so."""

    NEVER = "never broken"
    BROKEN = "broken"
    CLAIMED = "claimed"
    PROVING = "proving"
    HELD = "held"
    REOPENED = "reopened"

    @property
    def plain(self) -> str:
        """The stage in words for people."""
        return _PLAIN[self]


_PLAIN = {
    Stage.NEVER: "Never seen broken",
    Stage.BROKEN: "Broken",
    Stage.CLAIMED: "Said to be fixed, not looked at since",
    Stage.PROVING: "Fixed, and watched whether it holds",
    Stage.HELD: "The fix has held",
    Stage.REOPENED: "Broken again",
}
OPEN = frozenset({Stage.BROKEN, Stage.REOPENED})


@dataclass(frozen=True)
class Looked:
    """A look that began at `at` and found `state`. `before`: when the look before it began, which found what the event
    before this one says; 0 for none."""

    at: int
    state: State
    before: int = 0


@dataclass(frozen=True)
class Claimed:
    """Somebody says that it is fixed."""

    at: int
    by: str
    words: str


class Span(NamedTuple):
    """From when to when looks found the same."""

    start: int
    end: int
    state: State


@dataclass(frozen=True)
class Standing:
    """How a control stands after all that happened. `state` is what the newest look found, `since` when that began,
    `broken_at` when it broke last, `good_at` the newest look that found it kept (0: never). `proven`: for how long the
    fix was seen to hold, in microseconds. `reopened`: how often it broke again after a fix."""

    stage: Stage = Stage.NEVER
    state: State = State.UNKNOWN
    at: int = 0
    since: int = 0
    broken_at: int = 0
    good_at: int = 0
    proven: int = 0
    reopened: int = 0
    claim: Claimed | None = None

    def is_late(self, now: int) -> bool:
        """Whether the newest look is so old that nobody knows how it stands."""
        return instants.over(self.at, LATE, now)

    def shown(self, now: int) -> State:
        """What can be said of it now: what a look found that is too old is not known any more, unless it was bad."""
        return State.UNKNOWN if self.is_late(now) and self.state is State.HOLDS else self.state


def standing(events: Iterable[Looked | Claimed], days: int, last_at: int = 0) -> Standing:
    """How a control stands after `events`, in the order of the log. `last_at`: when the newest look began that found
    the same as the newest event. `days`: for how long a fix must be seen to hold."""
    found = Standing()
    for event in events:
        found = _claimed(found, event) if isinstance(event, Claimed) else _looked(found, event, days)
    if not found.at or last_at <= found.at:
        return found
    good_at = last_at if found.state is State.HOLDS else found.good_at
    return replace(_proven(found, last_at, days), at=last_at, good_at=good_at)


def spans(looks: Sequence[Looked], last_at: int) -> tuple[Span, ...]:
    """What was found from when to when, until the newest look at `last_at`. Between two looks that found different
    things nothing is said; a time in which nobody looked is unknown."""
    found: list[Span] = []
    for number, one in enumerate(looks):
        other = looks[number + 1] if number + 1 < len(looks) else None
        if other is None:
            found.append(Span(one.at, max(one.at, last_at), one.state))
        elif other.at - other.before > LATE:
            found.append(Span(one.at, max(one.at, other.before), one.state))
            found.append(Span(other.before, other.at, State.UNKNOWN))
        else:
            until = other.at if other.state is one.state else other.before
            found.append(Span(one.at, max(one.at, until), one.state))
    return tuple(found)


def may_claim(found: Standing) -> bool:
    """Whether somebody can say now that it is fixed: it is broken, or was and nobody has said what was done."""
    return found.stage in OPEN or (found.stage is Stage.PROVING and found.claim is None)


def check_claim(found: Standing) -> None:
    """Refuse a claim where nothing is broken, or one waits to be looked at. Raises Conflict."""
    if found.stage is Stage.CLAIMED:
        raise Conflict("It was said to be fixed already, and is looked at again before that can be said once more.")
    if not may_claim(found):
        raise Conflict("Nothing that was found broken is waiting for a fix here; nothing was changed.")


def _claimed(found: Standing, claim: Claimed) -> Standing:
    if found.stage in OPEN:
        return replace(found, stage=Stage.CLAIMED, claim=claim)
    return replace(found, claim=claim) if found.stage is Stage.PROVING else found


def _looked(found: Standing, look: Looked, days: int) -> Standing:
    # Up to the look before, it was seen to stand as it did; from there to this one only where both found the same and
    # nobody was away in between.
    whole = look.state is found.state and look.at - look.before <= LATE
    found = _proven(found, look.at if whole else look.before, days)
    since = found.since if look.state is found.state and found.at else look.at
    good_at = max(found.good_at, look.before if found.state is State.HOLDS else 0)
    found = replace(found, at=look.at, since=since, state=look.state, good_at=good_at)
    if look.state is State.HOLDS:
        found = replace(found, good_at=look.at)
    is_before = found.stage is Stage.CLAIMED and found.claim is not None and look.at <= found.claim.at
    if look.state is State.UNKNOWN or is_before:
        return found  # a look that began before the claim says nothing of the fix
    if look.state is State.HOLDS:
        is_fixed = found.stage in OPEN or found.stage is Stage.CLAIMED
        return replace(found, stage=Stage.PROVING, proven=0) if is_fixed else found
    if found.stage is Stage.NEVER:
        return replace(found, stage=Stage.BROKEN, broken_at=look.at)
    if found.stage in OPEN:
        return found
    again = found.reopened + 1
    return replace(found, stage=Stage.REOPENED, broken_at=look.at, reopened=again, claim=None, proven=0)


def _proven(found: Standing, until: int, days: int) -> Standing:
    """With the time until which the fix was seen to hold."""
    if found.stage not in (Stage.PROVING, Stage.HELD) or found.state is not State.HOLDS:
        return found
    proven = found.proven + max(0, until - found.at)
    return replace(found, proven=proven, stage=Stage.HELD if proven >= days * instants.DAY else Stage.PROVING)
