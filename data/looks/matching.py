"""When may a declared access explain one that an audit outside observed? Same accessor, data and time. How much of it
is asked in budget.py, of whom in pairing.py. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from data import instants
from data.accesses.entry import BESIDE, COUNTED, DAYLIGHT, Purpose

# Clocks differ, and whoever declares does so before or after. `until` in a declared scope makes the span longer.
WITHIN = 10 * instants.MINUTE
THIS_APP = "this app"  # the role of the accounts with which Daylight itself reads outside
LONGEST = 7 * instants.DAY  # of a declared span

AMOUNT = "amount"  # in a scope: {unit: whole number}, what a source or a declaration tells beside the count
_SHOW_CAPTURES = frozenset({"captures", "screen"})  # views of this app; any other shows counts and charts


class Unit(StrEnum):
    """In what amounts are told. The count of an entry is in rows: a row of a table of captures is a capture."""

    ROWS = "rows"
    BYTES = "bytes"
    OBJECTS = "objects"
    STATEMENTS = "statements"


class Side(NamedTuple):
    """One access as it is compared: declared, or observed from outside.

    `names` are what its accessor is known by, `kinds` the kinds of captures where they are told, `until` the end of a
    declared span (else `at`), `amounts` how much, by Unit, where it is told. `is_beside`: who looked, or what devices
    report, was read, which is no look at the captures that an audit sees; `is_counts`: this app showed counts and no
    captures. `people`: of whom, None where they are too many to be held, or were not asked for.
    """

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
    amounts: Mapping[str, int]
    is_beside: bool
    is_counts: bool
    people_count: int
    people: frozenset[int] | None

    @property
    def is_app(self) -> bool:
        """Whether an account of this app itself was seen."""
        return self.role == THIS_APP

    @property
    def is_span(self) -> bool:
        """Whether a span was declared, and not one moment."""
        return self.until > self.at


def side(
    position: int,
    at: int,
    source: str,
    count: int,
    told: Mapping[str, Any],
    accessor: Mapping[str, Any],
    people: frozenset[int] | None = None,
) -> Side:
    """An access from its entry, opened details (`told`) and identity."""
    scope = told["scope"]
    names = [f"person {accessor['person']}"] if accessor.get("person") is not None else []
    if accessor.get("account"):
        names.append(f"account {str(accessor['account']).casefold()}")
    kinds, is_ours = scope.get("kinds"), source == DAYLIGHT
    return Side(
        position=position,
        at=at,
        recorded_at=told["recorded_at"],
        # Of this app's own looks each is one moment: it was put into the log while it happened.
        until=at if is_ours else _until(at, scope.get("until")),
        source=source,
        role=told["role"],
        purpose=Purpose(told["purpose"]),
        ticket=told["ticket"],
        names=frozenset(names),
        kinds=frozenset(map(str, kinds)) if isinstance(kinds, list) else frozenset(),
        amounts=_amounts(count, scope.get(AMOUNT)),
        is_beside=scope.get("what") in BESIDE or (is_ours and scope.get("view") == COUNTED),
        is_counts=is_ours and scope.get("view", "captures") not in _SHOW_CAPTURES,
        people_count=told["people_count"],
        people=people,
    )


def fits(declared: Side, observed: Side) -> bool:
    """Whether a declared access is of the accessor, data and time of an observed one."""
    if observed.is_app:
        # It opens whole segments, in which kinds lie together, so that more than was shown may be seen.
        same = declared.source == DAYLIGHT
        same_data = not declared.kinds or not observed.kinds or bool(declared.kinds & observed.kinds)
    else:
        same = bool(declared.names & observed.names)
        same_data = not declared.kinds or observed.kinds <= declared.kinds
    in_time = declared.at - WITHIN <= observed.at <= declared.until + WITHIN
    return same and in_time and same_data and not declared.is_beside and declared.position != observed.position


def is_late(declared: Side, observed: Side) -> bool:
    """Whether it was declared only once the audit's record was in the log, and not while the read had just begun."""
    return declared.position > observed.position and came_late(declared, observed)


def came_late(declared: Side, observed: Side) -> bool:
    """Whether the declaration came into the log only when the read was over."""
    return declared.recorded_at > observed.at + WITHIN


@dataclass(frozen=True)
class Compared:
    """What was held against each other: (unit, how much the audit saw, how much was declared) for each unit that both
    tell. `untold`: the audit does not tell how much; `unsaid`: the declaration does not, in no unit of the audit's;
    `kinds_untold`: which kinds were read is not told where the declaration names some. `of_app`: the account seen is
    this app's, so which look it read for cannot be told; `span`: the declaration is about a time, up to `until`."""

    amounts: tuple[tuple[Unit, int, int], ...] = ()
    untold: bool = False
    unsaid: bool = False
    kinds_untold: bool = False
    of_app: bool = False
    until: int | None = None


def compared(declared: Side, observed: Side) -> Compared:
    """What two sides that fit could be compared in."""
    shared = tuple((unit, observed.amounts[unit], declared.amounts[unit]) for unit in units(declared, observed))
    return Compared(
        amounts=shared,
        untold=not observed.amounts,
        unsaid=bool(observed.amounts) and not shared,
        kinds_untold=bool(declared.kinds) and not observed.kinds,
        of_app=observed.is_app,
        until=declared.until if declared.is_span else None,
    )


def units(declared: Side, observed: Side) -> tuple[Unit, ...]:
    """The units that both tell."""
    return tuple(unit for unit in Unit if unit in declared.amounts and unit in observed.amounts)


def _amounts(count: int, more: object) -> dict[str, int]:
    """No count is none that was told: sources write 0 where they do not know."""
    told = {Unit.ROWS.value: count} if count > 0 else {}
    if isinstance(more, dict):
        told |= {unit.value: more[unit] for unit in Unit if type(more.get(unit)) is int and more[unit] >= 0}
    return told


def _until(at: int, text: object) -> int:
    try:
        end = instants.parse(str(text)) if isinstance(text, str) else at
    except (ValueError, OverflowError):
        return at
    return min(max(at, end), at + LONGEST)
