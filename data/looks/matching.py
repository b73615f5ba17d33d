"""When does a declared access explain one that an audit outside observed? Same accessor, same data, same time. Pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from data import instants
from data.accesses.entry import DAYLIGHT, HISTORY, Purpose

# Clocks differ, and whoever declares does so before or after. `until` in a declared scope makes the span longer.
WITHIN = 10 * instants.MINUTE
THIS_APP = "this app"  # the role of the accounts with which Daylight itself reads outside
LONGEST = 7 * instants.DAY  # of a declared span


@dataclass(frozen=True)
class Side:
    """One access as it is compared: declared, or observed from outside. `names` are what its accessor is known by,
    `kinds` the kinds of captures where they are told, `until` the end of a declared span (else `at`); `is_history`:
    who looked was read, which is no look at the captures that an audit sees."""

    position: int
    at: int
    recorded_at: int
    until: int
    source: str
    role: str
    purpose: Purpose
    ticket: str
    names: frozenset[str]
    kinds: frozenset[str]
    is_history: bool


def side(
    position: int, at: int, recorded_at: int, source: str, told: Mapping[str, Any], accessor: Mapping[str, Any]
) -> Side:
    """An access from its opened details (`told`) and identity."""
    scope = told["scope"]
    names = [f"person {accessor['person']}"] if accessor.get("person") is not None else []
    if accessor.get("account"):
        names.append(f"account {str(accessor['account']).casefold()}")
    kinds = scope.get("kinds")
    return Side(
        position=position,
        at=at,
        recorded_at=recorded_at,
        until=_until(at, scope.get("until")),
        source=source,
        role=told["role"],
        purpose=Purpose(told["purpose"]),
        ticket=told["ticket"],
        names=frozenset(names),
        kinds=frozenset(map(str, kinds)) if isinstance(kinds, list) else frozenset(),
        is_history=scope.get("what") == HISTORY,
    )


class Declared:
    """Declared accesses, to be asked which of them may explain an observed one."""

    def __init__(self, sides: Iterable[Side]) -> None:
        self._by_name: dict[str, list[Side]] = defaultdict(list)
        for one in sorted(sides, key=attrgetter("at")):
            for name in one.names:
                self._by_name[name].append(one)
            if one.source == DAYLIGHT:
                self._by_name[THIS_APP].append(one)
        self._longest = max((one.until - one.at for known in self._by_name.values() for one in known), default=0)

    def candidates(self, observed: Side) -> Iterator[Side]:
        """Those of the same accessor, data and time, nearest in time first; whose data is still to be asked."""
        names = {THIS_APP} if observed.role == THIS_APP else observed.names
        near: dict[int, Side] = {}
        for name in names:
            known = self._by_name.get(name, [])
            first = bisect_left(known, observed.at - WITHIN - self._longest, key=attrgetter("at"))
            last = bisect_right(known, observed.at + WITHIN, key=attrgetter("at"))
            near |= {one.position: one for one in known[first:last] if explains(one, observed)}
        yield from sorted(near.values(), key=lambda one: abs(one.at - observed.at))


def explains(declared: Side, observed: Side) -> bool:
    """Whether a declared access is of the accessor, data and time of an observed one."""
    same = declared.source == DAYLIGHT if observed.role == THIS_APP else bool(declared.names & observed.names)
    in_time = declared.at - WITHIN <= observed.at <= declared.until + WITHIN
    same_data = not declared.kinds or not observed.kinds or bool(declared.kinds & observed.kinds)
    return same and in_time and same_data and not declared.is_history and declared.position != observed.position


def _until(at: int, text: object) -> int:
    try:
        end = instants.parse(str(text)) if isinstance(text, str) else at
    except (ValueError, OverflowError):
        return at
    return min(max(at, end), at + LONGEST)
