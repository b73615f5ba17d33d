"""Browse: single captures, newest first, a page at a time; and all of them for an export.

Rollups and vocabularies bound a search: segments that cannot hold a match are not opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy.orm import Session

from data.accesses.entry import Action, Reason
from data.captures import looking, matching, quarters, screens, segments
from data.captures.recording import Screen
from data.captures.rollups import QUARTER
from data.captures.schema import COLUMNS, Kind
from data.captures.scope import Filter
from data.captures.segments import Segment
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

LONGEST = 1000  # captures in a page
PATIENCE = 3 * segments.ROWS  # captures looked through in vain before a page is given as it is
_CURSOR = re.compile(r"(\d{1,19})\.(\d{1,19})\.(-?\d{1,19})", re.ASCII)
_LARGEST = 2**63 - 1
_CUT = (0, 0)  # before every segment and row: segment ids are times

Place = tuple[int, int, int]


@dataclass(frozen=True)
class Capture:
    """One capture; the columns of SCHEMA, and `cursor`, its place among the person's captures."""

    at: int
    kind: Kind
    duration: int | None
    down: bool | None
    device: str | None
    app: str | None
    title: str | None
    x: float | None
    y: float | None
    dx: float | None
    dy: float | None
    button: str | None
    text: str | None
    value: str | None
    screen: str | None
    cursor: str


@dataclass(frozen=True)
class Page:
    """Captures, newest first. `next` is the `before` of the following page, None when nothing older matches.

    `searched_to`: the search was cut short there, having found fewer than asked for; `next` goes on.
    """

    captures: tuple[Capture, ...]
    next: str | None
    searched_to: int | None


def page(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    filter: Filter,
    limit: int = 100,
    before: str | None = None,
    reason: Reason | None = None,
) -> Page:
    """The newest captures that match and lie before the cursor `before`.

    Of another person it appends an access: give it a writing transaction. Raises NotAllowed, BadInput for a cursor
    or a limit that is none, Unreadable.
    """
    require(viewer, Permission.SEE_CAPTURES, person_id)
    if not 1 <= limit <= LONGEST:
        raise BadInput(f"A page holds from 1 to {LONGEST:,} captures, not {limit:,}.")
    place = _parse(before)
    found = _search(session, vault, person_id, filter, limit, place)
    looking.told(session, viewer, vault, person_id, reason, "captures", filter, len(found.captures))
    return found


def screen(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, digest: str, reason: Reason | None = None
) -> Screen:
    """One picture of the person's screen, by the SHA-256 (hex) of its image file.

    Of another person it appends an access: give it a writing transaction. Raises NotAllowed, NotFound, Unreadable.
    """
    require(viewer, Permission.SEE_CAPTURES, person_id)
    found = screens.read(session, vault, person_id, digest)
    looking.told(session, viewer, vault, person_id, reason, "screen", Filter(), 1, screen=digest)
    return found


def everything(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, reason: Reason | None = None
) -> Iterator[pa.Table]:
    """Every capture of the person as tables of SCHEMA, the oldest first, e.g. for an export.

    Of another person it appends an access before it returns. Raises NotAllowed, Unreadable.
    """
    require(viewer, Permission.SEE_CAPTURES, person_id)
    count = sum(segment.count for segment in segments.listed(session, person_id, None, None))
    looking.told(session, viewer, vault, person_id, reason, "captures", Filter(), count, Action.COPY)
    return segments.read(session, vault, person_id)


def _search(session: Session, vault: Vault, person_id: int, filter: Filter, limit: int, place: Place | None) -> Page:
    scope = filter.scope
    if place is not None:
        # A place where a search was cut short has all of its instant behind it.
        end = place[0] if place[1:] == _CUT else min(place[0], _LARGEST - 1) + 1
        scope = replace(scope, end=end if scope.end is None else min(scope.end, end))
    chosen = _candidates(session, vault, person_id, replace(filter, scope=scope))
    tables = segments.read(
        session, vault, person_id, start=scope.start, end=scope.end, newest_first=True, places=True, only=chosen
    )
    captures: list[Capture] = []
    looked = 0
    for table in tables:
        rows = matching.rows(table, filter)
        older = _older(table, rows, place)
        wanted = older[::-1][: limit + 1 - len(captures)]
        captures.extend(_captures(table.take(pa.array(wanted))))
        if len(captures) > limit:
            return Page(tuple(captures[:limit]), captures[limit - 1].cursor, None)
        looked += table.num_rows
        if looked >= PATIENCE:
            reached = table["at"][0].as_py()
            return Page(tuple(captures), _cursor(reached, *_CUT), reached)
    return Page(tuple(captures), None, None)


def _candidates(session: Session, vault: Vault, person_id: int, filter: Filter) -> tuple[Segment, ...]:
    """The segments that may hold a match."""
    scope = filter.scope
    if scope.start is not None and scope.end is not None and scope.start >= scope.end:
        return ()
    found = segments.listed(session, person_id, scope.start, scope.end)
    if scope.kinds or scope.apps:
        counted = np.unique(quarters.fetch(session, vault, person_id, scope).at)
        first = np.array([segment.first_at // QUARTER for segment in found])
        last = np.array([segment.last_at // QUARTER for segment in found])
        held = np.searchsorted(counted, last, "right") > np.searchsorted(counted, first, "left")
        found = tuple(segment for segment, holds in zip(found, held.tolist(), strict=True) if holds)
    return segments.may_hold(session, vault, found, filter.text)


def _older(table: pa.Table, rows: np.ndarray, place: Place | None) -> np.ndarray:
    """Those of `rows` (ascending numbers) that come before `place`."""
    if place is None:
        return rows
    at, segment, row = (table[name].to_numpy()[rows] for name in ("at", "segment", "row"))
    earlier = (segment < place[1]) | ((segment == place[1]) & (row < place[2]))
    return rows[(at < place[0]) | ((at == place[0]) & earlier)]


def _captures(table: pa.Table) -> Iterator[Capture]:
    for row in table.to_pylist():
        cells: dict[str, Any] = {name: row[name] for name in COLUMNS}
        cells["kind"] = Kind(row["kind"])
        yield Capture(**cells, cursor=_cursor(row["at"], row["segment"], row["row"]))


def _cursor(at: int, segment: int, row: int) -> str:
    # The time is last, because before 1970 it begins with a minus, which a command line takes for an option.
    return f"{segment}.{row}.{at}"


def _parse(cursor: str | None) -> Place | None:
    """The place a cursor names. Raises BadInput."""
    if cursor is None:
        return None
    parts = _CURSOR.fullmatch(cursor)
    place = tuple(int(part) for part in parts.groups()) if parts else ()
    if len(place) != 3 or any(abs(part) > _LARGEST for part in place):
        raise BadInput("The place to go on from is not one that Daylight gave; begin again at the newest capture.")
    return place[2], place[0], place[1]
