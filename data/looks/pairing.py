"""Which declared access explains which observed one: the accesses taken one after another, in the order of the log, so
that the result is the same however often and in which pieces that is done. Pure.

An observed access is explained by the nearest in time of the declarations before it that fit, are about everybody it
was about, and have enough left. A later declaration explains it only while the read had just begun; else it is late,
and an officer has to say whether that explains it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import merge
from operator import attrgetter
from typing import NamedTuple

from data.looks import matching
from data.looks.budget import Budget, Why
from data.looks.matching import THIS_APP, WITHIN, Side

_AT = attrgetter("at")
_POSITION = attrgetter("position")

# Whether everybody whom an observed access (second) was about is among those of a declared one (first).
Covers = Callable[[Side, Side], bool]
# A name of an accessor and one of the people, or None for accesses about too many to be found by each.
_Key = tuple[str, int | None]


class Outcome(NamedTuple):
    """`declared` explains `observed`, both positions; or it does not, and `why`."""

    observed: int
    declared: int
    why: Why | None = None


def covers(declared: Side, observed: Side) -> bool:
    """Covers, as far as the people are held in the sides."""
    return declared.people is not None and observed.people is not None and observed.people <= declared.people


class _Line:
    """Accesses in order of time."""

    def __init__(self) -> None:
        self._held: list[Side] = []
        self._longest = 0

    def add(self, one: Side) -> None:
        insort(self._held, one, key=_AT)
        self._longest = max(self._longest, one.until - one.at)

    def remove(self, one: Side) -> None:
        place = bisect_left(self._held, one.at, key=_AT)
        while place < len(self._held) and self._held[place].at == one.at:
            if self._held[place].position == one.position:
                del self._held[place]
                return
            place += 1

    def between(self, first: int, last: int) -> Sequence[Side]:
        """Those of [first, last]."""
        return self._held[bisect_left(self._held, first, key=_AT) : bisect_right(self._held, last, key=_AT)]

    def from_nearest(self, at: int) -> list[Iterator[Side]]:
        """Those whose span may hold `at`, twice: before it and from it on, each nearest first."""
        place = bisect_left(self._held, at, key=_AT)
        return [self._back(place - 1, at - WITHIN - self._longest), self._on(place, at + WITHIN)]

    def _back(self, place: int, first: int) -> Iterator[Side]:
        while place >= 0 and self._held[place].at >= first:
            yield self._held[place]
            place -= 1

    def _on(self, place: int, last: int) -> Iterator[Side]:
        while place < len(self._held) and self._held[place].at <= last:
            yield self._held[place]
            place += 1


class _Declared:
    """Declarations, found by accessor and person. Moments and spans apart: a long span makes none of the others far."""

    def __init__(self) -> None:
        self._lines: dict[tuple[_Key, bool], _Line] = defaultdict(_Line)

    def add(self, one: Side, names: Iterable[str]) -> None:
        for key in _keys(one, names):
            self._lines[key, one.is_span].add(one)

    def remove(self, one: Side, names: Iterable[str]) -> None:
        for key in _keys(one, names):
            self._lines[key, one.is_span].remove(one)

    def near(self, observed: Side) -> Iterator[Side]:
        """Those that may fit, nearest in time first."""
        people = {None} if not observed.people else {None, min(observed.people)}
        keys = [(name, one) for name in _seen_as(observed) for one in sorted(people, key=lambda one: one or 0)]
        lines = [self._lines[key, span] for key in keys for span in (False, True) if (key, span) in self._lines]
        found = (one for line in lines for one in line.from_nearest(observed.at))
        return merge(*found, key=lambda one: abs(one.at - observed.at))


class _Waiting:
    """Observed accesses that nothing explains yet."""

    def __init__(self) -> None:
        self._lines: dict[_Key, _Line] = defaultdict(_Line)
        self._all: dict[str, _Line] = defaultdict(_Line)

    def _of(self, one: Side) -> Iterator[_Line]:
        for name in _seen_as(one):
            yield self._all[name]
            yield self._lines[name, min(one.people) if one.people else None]

    def add(self, one: Side) -> None:
        for line in self._of(one):
            line.add(one)

    def remove(self, one: Side) -> None:
        for line in self._of(one):
            line.remove(one)

    def near(self, declared: Side) -> list[Side]:
        """Those that it may fit, in the order of the log."""
        names = _known_as(declared)
        if declared.people is None:
            lines = [self._all[name] for name in names if name in self._all]
        else:
            keys = ((name, person) for name in names for person in declared.people)
            lines = [self._lines[key] for key in keys if key in self._lines]
        within = (declared.at - WITHIN, declared.until + WITHIN)
        return sorted({one.position: one for line in lines for one in line.between(*within)}.values(), key=_POSITION)


class Pairing:
    """The state after a number of accesses; `outcomes` are what the ones that were taken brought."""

    def __init__(self, covers: Covers = covers) -> None:
        self.outcomes: list[Outcome] = []
        self._covers = covers
        self._budgets: dict[int, Budget] = {}
        self._declared, self._spent, self._waiting = _Declared(), _Declared(), _Waiting()
        self._told = set[int]()

    def restore(self, declared: Iterable[Side], observed: Iterable[Side], known: Iterable[Outcome]) -> None:
        """Go on from what was found before: the accesses up to there in the order of the log, and the outcomes that are
        `known` of them. Of the observed ones only those that still wait, and those that took from a declaration."""
        taken = {one.position: one for one in observed}
        for one in declared:
            self._budgets[one.position] = Budget(one)
        for outcome in known:
            seen, budget = taken.get(outcome.observed), self._budgets.get(outcome.declared)
            if outcome.why is None:
                taken.pop(outcome.observed, None)
                if seen is not None and budget is not None:
                    budget.take(seen)
            elif outcome.why is Why.LATE:
                taken.pop(outcome.observed, None)
            else:
                self._told.add(outcome.observed)
        for budget in self._budgets.values():
            self._keep(budget)
        for one in taken.values():
            self._waiting.add(one)

    def declare(self, one: Side) -> None:
        """Take the next access, a declared one."""
        if one.is_beside:
            return
        budget = self._budgets[one.position] = Budget(one)
        for seen in self._waiting.near(one):
            if not matching.fits(one, seen) or not self._covers(one, seen):
                continue
            if matching.is_late(one, seen):
                self._waiting.remove(seen)
                self.outcomes.append(Outcome(seen.position, one.position, Why.LATE))
            elif (why := budget.refusal(seen)) is None:
                self._waiting.remove(seen)
                self._explain(budget, seen)
            else:
                self._refuse(budget, seen, why)
        self._keep(budget)

    def observe(self, one: Side) -> None:
        """Take the next access, an observed one."""
        refused: tuple[Budget, Why] | None = None
        for budget in self._fitting(self._declared, one):
            why, was_spent = budget.refusal(one), budget.is_spent
            if why is None:
                self._explain(budget, one)
                if budget.is_spent and not was_spent:
                    self._declared.remove(budget.declared, budget.declared.names)
                    self._spent.add(budget.declared, budget.declared.names)
                return
            refused = refused or (budget, why)
        if refused is None:
            # Only to say which declaration was used up.
            spent = next(self._fitting(self._spent, one), None)
            why = None if spent is None else spent.refusal(one)
            refused = None if spent is None or why is None else (spent, why)
        if refused is not None:
            self._refuse(refused[0], one, refused[1])
        self._waiting.add(one)

    def _fitting(self, declared: _Declared, observed: Side) -> Iterator[Budget]:
        for one in declared.near(observed):
            if matching.fits(one, observed) and self._covers(one, observed):
                yield self._budgets[one.position]

    def _keep(self, budget: Budget) -> None:
        one = budget.declared
        if one.source == matching.DAYLIGHT:
            self._declared.add(one, [THIS_APP])
        (self._spent if budget.is_spent else self._declared).add(one, one.names)

    def _explain(self, budget: Budget, seen: Side) -> None:
        budget.take(seen)
        self.outcomes.append(Outcome(seen.position, budget.declared.position))

    def _refuse(self, budget: Budget, seen: Side, why: Why) -> None:
        if seen.position not in self._told:
            self._told.add(seen.position)
            self.outcomes.append(Outcome(seen.position, budget.declared.position, why))


def _seen_as(observed: Side) -> list[str]:
    return [THIS_APP] if observed.is_app else sorted(observed.names)


def _known_as(declared: Side) -> list[str]:
    return [*sorted(declared.names), *([THIS_APP] if declared.source == matching.DAYLIGHT else [])]


def _keys(one: Side, names: Iterable[str]) -> list[_Key]:
    people: Iterable[int | None] = [None] if one.people is None else one.people
    return [(name, person) for name in names for person in people]
