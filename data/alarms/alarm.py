"""What raises an alarm about the programme: what is worth telling a worker organizer by itself. It names nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum


class Kind(StrEnum):
    """What happened. The values are what is stored, and what the log says was told."""

    DISOBEYED = "captures from a pause"
    OBJECTED = "captures that were objected to"
    CONTROL = "promise broken"
    PRESS = "public told first"
    EXPOSURE = "exposure opened"
    DRIFT = "captured without a promise"
    CHECK = "log check failed"
    WITNESS = "witness refused"


@dataclass(frozen=True)
class Alarm:
    """One alarm, raised at `at` (microseconds UTC). `position` is the entry of the access log that raised it; None of
    what is kept beside the log, because it is about the log itself."""

    kind: Kind
    at: int
    position: int | None = None


@dataclass(frozen=True)
class Told:
    """Up to where alarms were told: of the log every entry before `entry`; of what is kept beside it, by when it was
    raised (microseconds UTC)."""

    entry: int = 0
    check: int = 0
    witness: int = 0

    def is_new(self, one: Alarm) -> bool:
        """Whether nobody was told of it."""
        if one.position is not None:
            return one.position >= self.entry
        return one.at > (self.check if one.kind is Kind.CHECK else self.witness)

    def with_all(self, alarms: Iterable[Alarm]) -> Told:
        """Up to where they are told when these are, too."""
        told = self
        for one in alarms:
            if one.position is not None:
                told = replace(told, entry=max(told.entry, one.position + 1))
            elif one.kind is Kind.CHECK:
                told = replace(told, check=max(told.check, one.at))
            else:
                told = replace(told, witness=max(told.witness, one.at))
        return told


def counted(alarms: Iterable[Alarm]) -> Mapping[Kind, int]:
    """How many there are of each kind of which there are any, in the order of the kinds."""
    counts = Counter(one.kind for one in alarms)
    return {kind: counts[kind] for kind in Kind if counts[kind]}
