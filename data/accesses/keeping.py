"""For how long the details of accesses are kept: what was promised, and whether details that are gone may be.

The log is the only record of both. A promise that it took in once is not taken back: an access is kept for the longest
span that was promised from when it was logged until its details were destroyed. So whoever runs this program cannot
make the promise shorter, destroy what was logged yesterday, and call it kept; and none is shorter than a year.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import Any, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log, runs
from data.accesses.entry import ACCESSES, SEEN_OUTSIDE, Action
from data.accesses.tables import EntryRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from data.settings import LEAST_ACCESS_DAYS

# By which the clock may have gone back. Whoever sets it ahead to destroy something leaves a larger step behind.
_SLACK = instants.DAY
_EVENTS = sorted(set(Action) - ACCESSES)
_REMEMBERED = 64  # entries about destroyed details that were read, at most some 100 kB each


class Promise(NamedTuple):
    """What the entry at `position` promised: to keep details for `days` (None: for as long as there is a log)."""

    position: int
    days: int | None


class Said(NamedTuple):
    """An entry that says which details were destroyed: of accesses before the instant `before`; when it says so."""

    position: int
    at: int
    before: int
    text: bytes

    @property
    def accesses(self) -> frozenset[int]:
        """Of which accesses, by position."""
        return _accesses(self.text)


@dataclass(frozen=True)
class Keeping:
    """Everything that was promised and destroyed, in the order of the log. `events`: position and time of what is no
    access, whose details always stay; `altered`: entries that no longer open, so that nobody can tell what was
    promised."""

    promises: tuple[Promise, ...]
    said: tuple[Said, ...]
    events: tuple[tuple[int, int], ...]
    now: int
    altered: int = 0

    def spans(self) -> Iterator[tuple[int, int | None, int | None]]:
        """From which position to which (that one left out; None: the end) accesses are kept for how many days."""
        starts = (0, *(one.position for one in self.promises[1:]))
        for first, end in zip(starts, (*starts[1:], None), strict=True):
            yield first, end, self.days(first, None)

    def days(self, position: int, until: int | None) -> int | None:
        """For how many days the access at `position` is kept, as far as was promised before the entry `until` (None: up
        to now). None: for ever, which also holds where nothing was promised or nobody can tell what."""
        made = [one for one in self.promises if until is None or one.position < until]
        if not made or self.altered:
            return None
        before = bisect_right([one.position for one in made], position)
        days = [one.days for one in made[max(0, before - 1) :]]
        return None if None in days else max(LEAST_ACCESS_DAYS, *(one for one in days if one is not None))

    def end(self, before: int) -> int:
        """Below which position everything was logged before an instant: what follows in the log and is no access was,
        and so was all such before it, whatever the clock did since. An access's own time of being logged is known from
        its details alone."""
        place = bisect_left(self._most, before)
        return self.events[place - 1][0] if place else 0

    def refusal(self, position: int, at: int, action: str, said: Said) -> str:
        """Why the details of an access may not be gone although `said` says that they were destroyed; empty: they may.
        `at` and `action` as its leaf has them."""
        if position not in said.accesses or action not in SEEN_OUTSIDE or position >= said.position:
            return f"entry {said.position} does not say so"
        if at >= said.before or position >= self.end(said.before):
            return f"entry {said.position} speaks of older ones"
        days = self.days(position, said.position)
        if days is None:
            return "it was promised that they stay"
        if said.before > said.at - days * instants.DAY:
            return f"they were to be kept for {days:,} days"
        if said.at > min(self.now + instants.SKEW, self._next(said) + _SLACK):
            return f"entry {said.position} is dated ahead of the clock"
        return ""

    def _next(self, said: Said) -> int:
        """The earliest time of any event that follows an entry; its own where none does."""
        place = bisect_right(self.events, (said.position, said.at))
        return self._least[place] if place < len(self.events) else said.at

    @cached_property
    def _most(self) -> Sequence[int]:
        """The latest time of each event and all before it: never falling."""
        return tuple(accumulate((at for _, at in self.events), max))

    @cached_property
    def _least(self) -> Sequence[int]:
        """The earliest time of each event and all that follow it: never falling either."""
        return tuple(accumulate((at for _, at in reversed(self.events)), min))[::-1]


def read(session: Session, vault: Vault) -> Keeping:
    """What the log says of it."""
    promised, lost = events.of(session, vault, Action.KEEPING)
    said, more = events.read(session, vault, Action.DESTROYED)
    rows = session.connection().execute(
        select(EntryRow.position, EntryRow.recorded_at).where(EntryRow.action.in_(_EVENTS)).order_by(EntryRow.position)
    )
    return Keeping(
        tuple(Promise(one.row.position, one.scope["days"]) for one in promised),
        tuple(_said(row.position, details.read, details.text) for row, details in said),
        tuple((position, at) for position, at in rows),
        instants.now(),
        lost + more,
    )


def promised(session: Session, vault: Vault) -> Promise | None:
    """What is promised now; None where nothing is, or nobody can tell."""
    found, lost = events.of(session, vault, Action.KEEPING)
    return None if lost or not found else Promise(found[-1].row.position, found[-1].scope["days"])


def promise(session: Session, vault: Vault, viewer: Viewer, days: int | None) -> None:
    """Promise it in the log, where something else is promised so far, or nothing."""
    held = events.of(session, vault, Action.KEEPING)[0]
    if not held or held[-1].scope["days"] != days:
        _append(session, vault, viewer, Action.KEEPING, {"days": days}, 0)


def say(session: Session, vault: Vault, viewer: Viewer, before: int, positions: Sequence[int], words: str) -> int:
    """Say in the log that the details of accesses before an instant are destroyed, and why where somebody wanted it;
    the entry's position. `positions` ascend."""
    scope = {"before": before, "accesses": runs.of(positions), "words": words}
    return _append(session, vault, viewer, Action.DESTROYED, scope, len(positions))


def _append(session: Session, vault: Vault, viewer: Viewer, action: Action, scope: dict[str, Any], count: int) -> int:
    return log.append(session, vault, action=action, people=(), accessor=viewer, reason=None, scope=scope, count=count)


def _said(position: int, told: Any, text: bytes) -> Said:
    return Said(position, told["recorded_at"], told["scope"]["before"], text)


@lru_cache(_REMEMBERED)
def _accesses(text: bytes) -> frozenset[int]:
    return frozenset(runs.every(orjson.loads(text)["scope"]["accesses"]))
