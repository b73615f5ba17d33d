"""What each picture of the screen shows, as far as captures tell: when it was taken, and which windows were in front.

A collector writes down a window a moment after it came to the front or went, so that a picture of that moment may show
what was in front just before or just after: all of them are told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute
from sqlalchemy.orm import Session

from data import instants
from data.captures import segments
from data.captures.kinds import Kind
from data.captures.scope import Scope
from data.rights.redaction.bystanders import Window
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them

SLACK = 2 * instants.SECOND  # collectors ask for the window in front about once a second
_COLUMNS = ("at", "kind", "duration", "device", "app", "title", "screen")
_NOTHING: Window = ("", "")


@dataclass(frozen=True)
class Showing:
    """A picture (its digest) as it was taken at `at` (microseconds UTC), and the windows it may show; the one that it
    most likely shows comes first."""

    at: int
    screen: str
    device: str | None
    windows: tuple[Window, ...]


@dataclass
class _Front:
    """The window in front of a device, until when (None: until the next), and the one before it, until when."""

    window: Window = _NOTHING
    until: int | None = None
    before: Window = _NOTHING
    before_until: int = -instants.LATEST

    def at(self, at: int) -> list[Window]:
        """The windows that a picture taken at `at` may show, of those that came so far."""
        found = [self.window] if self.until is None or at <= self.until + SLACK else []
        return found + ([self.before] if at <= self.before_until + SLACK else [])


@dataclass
class _Waiting:
    """A picture that the next window may have been in front of already."""

    at: int
    screen: str
    device: str | None
    windows: list[Window] = field(default_factory=list[Window])

    def told(self) -> Showing:
        """What is known of it in the end."""
        return Showing(self.at, self.screen, self.device, tuple(dict.fromkeys(self.windows)))


def showings(session: Session, vault: Vault, person_id: int, scope: Scope | None = None) -> Iterator[Showing]:
    """Each capture in `scope` that shows a picture, the oldest first, with the windows in front whether they are in it
    or not. Memory holds a few seconds of them. Raises Unreadable."""
    fronts, waiting = dict[str | None, _Front](), deque[_Waiting]()
    for table in segments.read(session, vault, person_id, columns=_COLUMNS):
        inside = pa.chunked_array([pa.repeat(True, table.num_rows)]) if scope is None else scope.mask(table)
        table = table.append_column("inside", inside)
        told = pc.or_(pc.equal(pc.cast(table["kind"], pa.string()), Kind.WINDOW.value), table["screen"].is_valid())
        for row in table.filter(told).to_pylist():
            while waiting and waiting[0].at + SLACK < row["at"]:
                yield waiting.popleft().told()
            front = fronts.setdefault(row["device"], _Front())
            if row["kind"] == Kind.WINDOW:
                _moved(front, row, waiting)
            if row["screen"] is not None and row["inside"]:
                waiting.append(_Waiting(row["at"], row["screen"], row["device"], _windows(row, front)))
    yield from (one.told() for one in waiting)


def _moved(front: _Front, row: dict[str, Any], waiting: deque[_Waiting]) -> None:
    """Another window came to the front; pictures of the last moments may show it."""
    ended = row["at"] if front.until is None else min(row["at"], front.until)
    front.before, front.before_until = front.window, ended
    front.window = row["app"] or "", row["title"] or ""
    front.until = row["at"] + row["duration"] if row["duration"] else None
    for one in waiting:
        if one.device == row["device"]:
            one.windows.append(front.window)


def _windows(row: dict[str, Any], front: _Front) -> list[Window]:
    """What the capture says itself, and where it leaves something open the window in front; then those windows."""
    known = front.at(row["at"])
    app, title = known[0] if known else _NOTHING
    own = row["app"] or app, row["title"] or title
    return [one for one in (own, *known) if any(one)]
