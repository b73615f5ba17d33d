"""What each picture of the screen shows, as far as captures tell: when it was taken, and which windows were in front.

A collector writes down a window a moment after it came to the front or went, so that a picture of that moment may show
what was in front just before or just after: all of them are told.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
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
COLUMNS = ("at", "kind", "duration", "device", "app", "title", "screen")
_KEPT = 2  # windows of a device that are known at a time: the one in front, and the one before
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
        return Showing(self.at, self.screen, self.device, tuple(dict.fromkeys(one for one in self.windows if any(one))))


def showings(session: Session, vault: Vault, person_id: int, scope: Scope | None = None) -> Iterator[Showing]:
    """Each capture in `scope` that shows a picture, the oldest first, with the windows in front whether they are in it
    or not. Memory holds one segment's rows. Raises Unreadable."""
    tables = segments.read(session, vault, person_id, columns=COLUMNS)
    return read((table, Scope() if scope is None else scope) for table in tables)


def read(tables: Iterable[tuple[pa.Table, Scope]]) -> Iterator[Showing]:
    """The same of tables of COLUMNS that follow each other, ascending by `at`, each with the scope that is meant."""
    fronts, waiting = dict[str | None, _Front](), deque[_Waiting]()
    for table, scope in tables:
        for row in _told(table.append_column("inside", scope.mask(table))).to_pylist():
            while waiting and waiting[0].at + SLACK < row["at"]:
                yield waiting.popleft().told()
            front = fronts.setdefault(row["device"], _Front())
            if row["kind"] == Kind.WINDOW:
                _moved(front, row, waiting)
            if row["screen"] is not None and row["inside"]:
                waiting.append(_Waiting(row["at"], row["screen"], row["device"], _windows(row, front)))
    yield from (one.told() for one in waiting)


def _told(table: pa.Table) -> pa.Table:
    """The rows that show a picture, and the windows that one of them may show: of each device the two before it and
    those of the next moment, and the last two for what comes after this table. All others are skipped unread."""
    at, shows = table["at"].to_numpy(), table["screen"].is_valid().to_numpy()
    window = pc.equal(pc.cast(table["kind"], pa.string()), Kind.WINDOW.value).to_numpy()
    names = pc.fill_null(pc.cast(table["device"], pa.string()), "\0")
    codes = names.combine_chunks().dictionary_encode().indices.to_numpy()
    needed = shows | (window & (at <= at[:1].sum() + SLACK))  # the last pictures of the table before wait for these
    for code in np.unique(codes[window]):
        fronts = np.flatnonzero(window & (codes == code))
        pictures = np.flatnonzero(shows & (codes == code))
        first = np.searchsorted(fronts, pictures) - _KEPT
        last = np.searchsorted(at[fronts], at[pictures] + SLACK, "right").clip(first + _KEPT)
        edges = np.zeros(len(fronts) + 1, np.int64)
        np.add.at(edges, first.clip(0), 1)
        np.add.at(edges, last, -1)
        needed[fronts[edges[:-1].cumsum() > 0]] = True
        needed[fronts[-_KEPT:]] = True
    return table.filter(pa.array(needed))


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
