"""When a source was really recording, worked out from what it wrote: proofs of life, silences, and being switched off.

Lines may come in any order. Only what proofs no further apart than the declared heartbeat enclose is claimed, and only
a line that would not be there unless reads are recorded is a proof. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from data import instants

LOG_ENDS = "the log that was imported ends there"
STOPPED = "the server was stopped"
SWITCHED_OFF = "it was switched off"
OFF_IN_SESSION = f"{SWITCHED_OFF} in one session"
SESSION = "session "  # how a switch of one session is named; a start of the server ends it


class Begins(IntEnum):
    """How a stretch began, the stronger the higher: what was switched off before it is on again only by a switch (or,
    in a session that is over, by a start)."""

    LOG = 0
    START = 1
    SWITCH = 2


@dataclass(frozen=True)
class Stretch:
    """The source was recording in [start, end], microseconds UTC; `why` it stopped. `follows`: nothing in its log
    speaks against its having recorded before, so it may go on with what an earlier log proved."""

    start: int
    end: int
    why: str
    begins: Begins
    follows: bool = True


@dataclass(frozen=True, order=True)
class Cut:
    """Nothing is claimed in (start, end); afterwards a stretch begins as `begins` says."""

    start: int
    end: int
    why: str
    begins: Begins


@dataclass(frozen=True)
class Loss:
    """Lines are missing from between the two instants, microseconds UTC."""

    start: int
    end: int
    why: str


class Watch:
    """Gathers the signs of one log. `heartbeat` is the longest silence, microseconds, that is no gap; None: the source
    declared none, so nothing is ever claimed. `losses` also reach back into what logs before this one proved."""

    def __init__(self, heartbeat: int | None, reach: int | None = None, ended: Mapping[str, Any] | None = None) -> None:
        """`reach` is how far apart two logs may lie and still be one span, the heartbeat when left out; `ended` what
        the reader of the log before left in `ends`: how it ended, as JSON."""
        self.heartbeat = heartbeat
        self.reach = (heartbeat or 0) if reach is None else reach
        # Of each place [first, last] of proofs at most a heartbeat apart, sorted.
        self._alive: dict[str, list[list[int]]] = {"": []}
        self._switches: list[tuple[int, int, str, str | None]] = []  # at, number, whose, why off (None: on)
        self._starts: list[int] = []
        self._lost: list[Loss] = []
        self.losses: list[Loss] = []
        self.ended = self.ends = ended

    @property
    def claims(self) -> bool:
        """Whether anything can be claimed at all."""
        return self.heartbeat is not None

    @property
    def silence(self) -> str:
        """The reason of a gap that is only a silence."""
        minutes = (self.heartbeat or 0) // instants.MINUTE
        return f"nothing showed for longer than {minutes} minutes that it records reads"

    def of(self, places: Iterable[str]) -> None:
        """The source records reads of each of these by a setting of its own, so each has to prove it for itself. Of
        none nothing is claimed."""
        self._alive = {place: [] for place in places}

    def seen(self, at: int, place: str = "") -> None:
        """The source proved at this instant that it records reads (of a place, where it has several)."""
        alive, reach = self._alive.get(place), self.heartbeat
        if alive is None or reach is None:
            return
        if alive and alive[-1][0] <= at <= alive[-1][1] + reach:
            if at > alive[-1][1]:
                alive[-1][1] = at
            return
        index = bisect_right(alive, at, key=lambda one: one[0])
        alive.insert(index, [at, at])
        index = max(index - 1, 0)
        while index + 1 < len(alive) and alive[index][0] <= at + reach:
            if alive[index + 1][0] > alive[index][1] + reach:
                index += 1
                continue
            alive[index][1] = max(alive[index][1], alive[index + 1][1])
            del alive[index + 1]

    def started(self, at: int) -> None:
        """The server was started: a stop, and whatever was the matter in single sessions, is over."""
        self._starts.append(at)

    def stopped(self, at: int) -> None:
        """The server was stopped."""
        self.off("server", at, STOPPED)

    def off(self, whose: str, at: int, why: str = SWITCHED_OFF) -> None:
        """From `at` the source did not record `whose` (a session, a role, everybody)."""
        self._switches.append((at, len(self._switches), whose, why))

    def on(self, whose: str, at: int) -> None:
        """At `at` the source was switched on again for `whose`."""
        self._switches.append((at, len(self._switches), whose, None))

    def lost(self, loss: Loss, *, back: bool = False) -> None:
        """Lines are missing; `back`: nor may what earlier logs proved of that time be claimed any more."""
        self._lost.append(loss)
        self.losses += [loss] if back else []

    def stretches(self) -> list[Stretch]:
        """What may be claimed, in order of time."""
        found: list[Stretch] = []
        cuts = self.cuts()
        alive = _shared(list(self._alive.values()))
        for number, (first, last) in enumerate(alive):
            at, begins = first, Begins.LOG
            follows = all(cut.start > first or cut.start == cut.end for cut in cuts)
            for cut in cuts:
                if cut.end < at or cut.start > last:
                    continue
                if cut.start > at:
                    found.append(Stretch(at, cut.start, cut.why, begins, follows))
                    follows = cut.start == cut.end
                at, begins = max(at, cut.end), cut.begins
            if at < last:
                end_of_log = number + 1 == len(alive)
                found.append(Stretch(at, last, LOG_ENDS if end_of_log else self.silence, begins, follows))
        return found

    def cuts(self) -> list[Cut]:
        """Where something was switched off, and where something came on (a cut of no length), in order of time."""
        found: list[Cut] = []
        open_: dict[str, str] = {}
        since, why = 0, ""
        starts = [(at, -1, "", "") for at in self._starts]
        for at, number, whose, off in sorted([*self._switches, *starts], key=lambda one: one[:2]):
            if off:
                if not open_:
                    since, why = at, off
                open_[whose] = off
                continue
            was_open = bool(open_)
            if number < 0:
                open_ = {one: off for one, off in open_.items() if one != "server" and not one.startswith(SESSION)}
            else:
                open_.pop(whose, None)
            begins = Begins.START if number < 0 else Begins.SWITCH
            if not open_:
                found.append(Cut(since if was_open else at, at, why if was_open else LOG_ENDS, begins))
        if open_:
            found.append(Cut(since, instants.LATEST, why, Begins.LOG))
        return _merged(sorted([*found, *(Cut(one.start, one.end, one.why, Begins.LOG) for one in self._lost)]))


def _shared(every: list[list[list[int]]]) -> list[list[int]]:
    """What all of several sorted lists of [first, last] enclose."""
    found = every[0] if every else []
    for other in every[1:]:
        one, two, both = 0, 0, list[list[int]]()
        while one < len(found) and two < len(other):
            first, last = max(found[one][0], other[two][0]), min(found[one][1], other[two][1])
            if first <= last:
                both.append([first, last])
            one, two = (one + 1, two) if found[one][1] < other[two][1] else (one, two + 1)
        found = both
    return found


def _merged(cuts: list[Cut]) -> list[Cut]:
    """Cuts that overlap as one: lines that are missing neither switch anything on nor hide that it was off."""
    found: list[Cut] = []
    for cut in cuts:
        if not found or cut.start > found[-1].end:
            found.append(cut)
            continue
        before = found.pop()
        says = cut if cut.why.startswith(SWITCHED_OFF) and not before.why.startswith(SWITCHED_OFF) else before
        why = cut.why if before.start == before.end else says.why
        found.append(Cut(before.start, max(before.end, cut.end), why, max(before.begins, cut.begins)))
    return found
