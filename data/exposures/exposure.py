"""An exposure: a span in which data was open to more people than allowed, and what the log says of it. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from data import instants
from data.canonical import canonical
from data.errors import BadInput, Conflict
from data.people.crowd import People

SHORTEST, LONGEST = 10, 4000  # characters of a reason


class Change(StrEnum):
    """What can happen to an exposure. The values are what is logged."""

    OPENED = "opened"
    CHANGED = "changed"
    CLOSED = "closed"
    CORRECTED = "corrected"
    LINKED = "linked"
    UNWATCHED = "no longer looked at"


@dataclass(frozen=True)
class Open:
    """What a look found open in one place. `place` is its name as people read it, `tables` those that more could read
    than allowed, `kinds` of captures (all when empty) and `people` (ids; None: the whole roster) what they hold of
    whom. `audience`: every account that could read any of them, with the person whose it is (None: not known);
    `allowed` are accounts that may. `narrowed`: of how many of them row-level security may have hidden some rows."""

    place: str
    tables: tuple[str, ...]
    audience: Mapping[str, int | None]
    allowed: frozenset[str] = frozenset()
    kinds: tuple[str, ...] = ()
    people: Collection[int] | None = None
    narrowed: int = 0

    @property
    def over(self) -> dict[str, int | None]:
        """The accounts that could and may not."""
        return {name: person for name, person in self.audience.items() if name not in self.allowed}


@dataclass(frozen=True)
class Number:
    """How many could: `people`, and `accounts` of which nobody knows whose they are."""

    people: int = 0
    accounts: int = 0

    @staticmethod
    def of(audience: Mapping[str, int | None]) -> Number:
        """The number of an audience: a person with several accounts is one."""
        owners = list(audience.values())
        return Number(len({one for one in owners if one is not None}), owners.count(None))


@dataclass(frozen=True)
class Line:
    """One entry of the log about an exposure, at `position`. `number` is how many could since then (None: unchanged),
    `words` an officer's reason, `was` the span that was corrected."""

    position: int
    change: Change
    at: int
    number: Number | None = None
    tables: tuple[str, ...] = ()
    words: str = ""
    was: tuple[int | None, int | None] | None = None


@dataclass(frozen=True)
class Exposure:
    """One exposure; instants in microseconds UTC. `start` is the last look that found everything right (None: there was
    none before), `seen` the first that found it open, `end` the first that found it right again (None: not yet).
    `audience` is everybody who could at any time of it, `present` who could when it was looked at last. `concerned`:
    of how many people the captures are, as far as the reader may know. `former`: it is open again. `source`: whose
    audit would have seen a read. `is_mine`: it concerns whoever reads this. `unwatched`: it is open or not, since then
    nobody looks."""

    number: int
    store: str
    place: str
    source: str
    tables: tuple[str, ...]
    kinds: tuple[str, ...]
    start: int | None
    seen: int
    end: int | None
    audience: Number
    present: Number
    concerned: People
    narrowed: int
    former: int | None
    incident: int | None
    lines: tuple[Line, ...]
    is_mine: bool = False
    unwatched: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether no look has found it right since."""
        return self.end is None

    @property
    def last_seen(self) -> int:
        """The last look of which the log says that it found it open."""
        return max(one.at for one in self.lines if one.change in (Change.OPENED, Change.CHANGED))

    @property
    def corrections(self) -> tuple[Line, ...]:
        """What officers corrected, with their reasons."""
        return tuple(one for one in self.lines if one.change is Change.CORRECTED)


@dataclass(frozen=True)
class Figures:
    """For the whole company: how many exposures there were, are open, came back, are in no incident, and are no longer
    looked at, so that nobody knows whether they are open."""

    total: int = 0
    open: int = 0
    again: int = 0
    unlinked: int = 0
    unwatched: int = 0


@dataclass(frozen=True)
class Accounts:
    """The lists behind an exposure, for officers: who could at any time of it and who may, by account; `owners` are the
    e-mails of those people, by id."""

    audience: Mapping[str, int | None] = field(default_factory=dict[str, int | None])
    allowed: frozenset[str] = frozenset()
    owners: Mapping[int, str] = field(default_factory=dict[int, str])


def state_of(found: Open, people: Collection[int]) -> str:
    """A digest of what a look found, hex: equal as long as nothing changed."""
    audience = sorted([name, person] for name, person in found.over.items())
    told = [sorted(found.tables), sorted(found.kinds), sorted(found.allowed), audience, sorted(people), found.narrowed]
    return hashlib.sha256(canonical(told)).hexdigest()


def words_of(text: str) -> str:
    """A reason on one line. Raises BadInput when it is too little or too much."""
    found = " ".join(text.split())
    if not SHORTEST <= len(found) <= LONGEST:
        raise BadInput(f"Give the reason in {SHORTEST} to {LONGEST} characters: the people concerned read it.")
    return found


def check_correction(one: Exposure, start: int | None, end: int | None, now: int) -> None:
    """Refuse a span that leaves out a look which found it open. Raises BadInput, or Conflict when nothing changes."""
    name = f"Exposure {one.number}"
    if start is not None and start > one.seen:
        raise BadInput(f"{name} was seen open at {instants.iso(one.seen)}; it cannot have begun later.")
    if end is not None and one.is_open:
        raise BadInput(f"{name} is open until a look finds it right; leave its end out.")
    if end is not None and not one.last_seen <= end <= now:
        raise BadInput(f"{name} was still seen open at {instants.iso(one.last_seen)}; give an end after that.")
    if (start, end) == (one.start, one.end):
        raise Conflict(f"{name} has that span already; nothing was changed.")
