"""What the logs of one server left open, held against the log that follows them: sessions, and their last lines.

PostgreSQL numbers the lines of each session from 1, and a session's id is when it began and its process (hexadecimal).
So lines that were cut out between two logs show, and a clean rotation does not look like a cut. pgAudit's own counters
prove nothing here: they also count the statements that it does not record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from data import instants
from data.connectors.watching import Loss

BEGINNING = "the first lines of a session are missing from its log"
MISSING = "lines of its log are missing"
ENDING = "the last lines of a session are missing from its log"
NO_STOP = "its log does not say how the server was stopped"
OUT_OF_ORDER = "its logs were not imported in their order"
_SESSION = re.compile(r"([0-9a-f]{1,12})\.([0-9a-f]{1,8})", re.ASCII)
_TICK = 1_000
_MOST = 2_000  # sessions in the log's own entry
_SETTLED = 10 * instants.MINUTE  # how long a session may go on that never got in, or was thrown out


@dataclass
class Standing:
    """A session's last line. `connected`: it got in, so that its log must say how it ended; `over`: it need not."""

    sequence: int
    at: int
    connected: bool = False
    over: bool = False

    @property
    def must_end(self) -> bool:
        """Whether a line about its end is still to come."""
        return self.connected and not self.over


class Seam:
    """What was open when the logs before ended. `told` is what `kept` made of them; None: there were none."""

    def __init__(self, told: Mapping[str, Any] | None) -> None:
        found = told or {}
        self.until: int | None = found.get("until")
        self.stopped: bool = found.get("stopped", False)
        self._open = {session: Standing(*rest) for session, rest in found.get("sessions", {}).items()}
        self._pids = {pid: session for session in self._open if (pid := process(session)[1])}
        self.losses: list[Loss] = []

    def begun(self, session: str, sequence: int, at: int, *, server: bool) -> bool:
        """A session appears in this log for the first time: does it go on where it stood? False when it began before
        and nobody knows with which lines. (Those of the server itself read nothing.)"""
        start, pid = process(session)
        other = self._pids.get(pid)
        if other is not None and other != session and process(other)[0] <= start:
            self._ended(other, at)
        standing = self._open.pop(session, None)
        if standing is not None:
            if sequence > standing.sequence + 1:
                self.losses.append(lost(standing.at, at, MISSING))
            return True
        if sequence == 1 or server or (self.until is not None and at <= self.until):
            return True
        self.losses.append(lost(start or instants.EARLIEST, at, BEGINNING))
        return False

    def knows(self, pid: str) -> bool:
        """Whether a session of this process was open."""
        return pid in self._pids

    def restarted(self, at: int, *, clients: bool) -> None:
        """No session outlives this moment, or none of clients."""
        for session in [one for one, held in self._open.items() if held.at <= at and (held.connected or not clients)]:
            self._ended(session, at)

    def kept(self, until: int, stopped: bool, sessions: Mapping[str, Standing]) -> dict[str, object]:
        """What the log after this one needs to know, as JSON."""
        every = sorted((self._open | dict(sessions)).items(), key=lambda one: one[1].at)
        going = [(name, one) for name, one in every if not one.over or one.at >= until - _SETTLED][-_MOST:]
        told = {name: [one.sequence, one.at, one.connected, one.over] for name, one in sorted(going)}
        return {"until": until, "stopped": stopped, "sessions": told}

    def _ended(self, session: str, at: int) -> None:
        standing = self._open.pop(session, None)
        self._pids.pop(process(session)[1], None)
        if standing is not None and standing.must_end:
            self.losses.append(lost(standing.at, at, ENDING))


def process(session: str) -> tuple[int, str]:
    """When the session began, microseconds UTC, and its process; 0 and "" when its id is none of PostgreSQL's."""
    found = _SESSION.fullmatch(session)
    return (0, "") if found is None else (int(found[1], 16) * instants.SECOND, found[2])


def lost(start: int, end: int, why: str) -> Loss:
    """Lines are missing from between two lines, whose times PostgreSQL cuts off after milliseconds."""
    return Loss(min(start, end), max(start, end) + _TICK, why)
