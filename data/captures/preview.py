"""Preview: exactly what an erasure or an export of a scope would take, before anybody decides.

The rollups answer it. Only where the scope's time cuts a quarter of an hour, and for the instant of the first and the
last capture where they do not tell it, are the segments of that quarter opened.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses.entry import Reason
from data.captures import looking, quarters, segments
from data.captures.quarters import Quarters
from data.captures.rollup_tables import DayRow
from data.captures.rollups import QUARTER, QUARTERS
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.captures.tables import ScreenRow
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them
_COUNTED = pa.schema([("at", pa.int64()), ("kind", pa.string()), ("app", pa.string())])


@dataclass(frozen=True)
class Preview:
    """What a scope takes: captures in all and by kind, the instants of the first and the last (None where there is
    none), pictures of screens that nothing else refers to, and the captures that are left. `quarantined` are in
    quarantine besides; of a scope that names apps, those that may be in it, as they are not opened to see."""

    total: int
    kinds: dict[Kind, int]
    first: int | None
    last: int | None
    screens: int
    kept_total: int
    quarantined: int = 0

    @property
    def all(self) -> int:
        """Captures in all, those in quarantine among them."""
        return self.total + self.quarantined


def preview(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, scope: Scope, reason: Reason | None = None
) -> Preview:
    """Count what `scope` takes, exactly to the microsecond.

    Of another person it appends an access: give it a writing transaction. Raises NotAllowed, Unreadable.
    """
    return against(session, viewer, vault, person_id, scope, (scope,), reason)[0]


def against(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    scope: Scope,
    pieces: Sequence[Scope],
    reason: Reason | None = None,
) -> tuple[Preview, Preview]:
    """What `scope` takes, and what goes where only these `pieces` of it do, which share nothing. One look, as a
    preview is."""
    require(viewer, Permission.SEE_SUMMARY, person_id)
    whole = _counted(session, vault, person_id, (scope,))
    goes = whole if tuple(pieces) == (scope,) else _counted(session, vault, person_id, pieces)
    looking.told(session, viewer, vault, person_id, reason, "preview", Filter(scope), whole.total)
    return whole, goes


def is_held(session: Session, vault: Vault, person_id: int, scope: Scope) -> bool:
    """Whether any capture is in `scope`; for what decides by that, and shows none of it to anybody."""
    return _Counting(session, vault, person_id, scope).counted()[0].total() > 0


def _counted(session: Session, vault: Vault, person_id: int, scopes: Sequence[Scope]) -> Preview:
    """What scopes take that share nothing; all else is left."""
    found = [_Counting(session, vault, person_id, scope).counted() for scope in scopes]
    kinds = sum((one for one, _, _ in found), Counter[Kind]())
    held = session.scalar(select(func.sum(DayRow.count)).where(DayRow.person_id == person_id))
    return Preview(
        total=kinds.total(),
        kinds=dict(kinds.most_common()),
        first=min((first for _, first, _ in found if first is not None), default=None),
        last=max((last for _, _, last in found if last is not None), default=None),
        screens=_pictures(session, vault, person_id, scopes),
        kept_total=int(held or 0) - kinds.total(),
    )


class _Counting:
    """One scope being counted; what was opened of a quarter hour is kept for the next question about it."""

    def __init__(self, session: Session, vault: Vault, person_id: int, scope: Scope) -> None:
        self._session, self._vault, self._person, self._scope = session, vault, person_id, scope
        self._opened: dict[int, pa.Table] = {}

    def counted(self) -> tuple[Counter[Kind], int | None, int | None]:
        """Captures by kind, and the instants of the first and the last."""
        scope, kinds = self._scope, Counter[Kind]()
        if scope.start is not None and scope.end is not None and scope.start >= scope.end:
            return kinds, None, None
        found = quarters.fetch(self._session, self._vault, self._person, scope)
        cut = sorted({time // QUARTER for time in (scope.start, scope.end) if time is not None and time % QUARTER})
        whole = ~np.isin(found.at, cut)
        sums = np.bincount(found.kinds[whole], found.counts[whole], len(found.names)).astype(int).tolist()
        kinds.update({Kind(name): count for name, count in zip(found.names, sums, strict=True) if count})
        for quarter in set(cut) & set(found.at.tolist()):
            kinds.update(_kinds(self._captures(quarter)))
        held = {quarter for quarter in found.at.tolist() if quarter not in cut or self._captures(quarter).num_rows}
        if not held:
            return kinds, None, None
        return kinds, self._edge(found, min(held), last=False), self._edge(found, max(held), last=True)

    def _edge(self, found: Quarters, quarter: int, *, last: bool) -> int | None:
        """The instant of the first or the last capture in the scope, of which `quarter` holds it."""
        if not self._scope.apps:  # a day's row tells it, unless what it tells lies outside of the scope
            edge = DayRow.last_at if last else DayRow.first_at
            names = [found.names[kind] for kind in set(found.kinds[found.at == quarter].tolist())]
            mine = DayRow.person_id == self._person, DayRow.day == quarter // QUARTERS, DayRow.kind.in_(names)
            times = list(self._session.scalars(select(edge).where(*mine)))
            if all(time // QUARTER == quarter and self._scope.overlaps(time, time) for time in times):
                return max(times) if last else min(times)
        at = self._captures(quarter)["at"]
        return (pc.max if last else pc.min)(at).as_py()

    def _captures(self, quarter: int) -> pa.Table:
        """The captures in the scope of one quarter hour, opened: `at`, `kind` and `app`."""
        if quarter not in self._opened:
            begin, end = quarter * QUARTER, (quarter + 1) * QUARTER
            read = segments.read(self._session, self._vault, self._person, columns=_COUNTED.names, start=begin, end=end)
            found = [table.filter(self._scope.mask(table)).cast(_COUNTED) for table in read]
            self._opened[quarter] = pa.concat_tables([_COUNTED.empty_table(), *found])
        return self._opened[quarter]


def _kinds(table: pa.Table) -> dict[Kind, int]:
    return {Kind(one["values"]): one["counts"] for one in table["kind"].value_counts().to_pylist()}


def _pictures(session: Session, vault: Vault, person_id: int, scopes: Sequence[Scope]) -> int:
    """How many pictures go: those that only captures in the scopes show; with everything, those that none shows too."""
    mine = select(ScreenRow.digest).where(ScreenRow.person_id == person_id)
    if Scope() in scopes:
        return session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    held = set(session.scalars(mine))
    taken, kept = set[str](), set[str]()
    for table in _showing(session, vault, person_id, scopes) if held and scopes else ():
        inside = reduce(pc.or_, (scope.mask(table) for scope in scopes))
        taken |= set(table.filter(inside)["screen"].to_pylist())
        kept |= set(table.filter(pc.invert(inside))["screen"].to_pylist())
    return len(held & (taken - kept))


def _showing(session: Session, vault: Vault, person_id: int, scopes: Sequence[Scope]) -> Iterator[pa.Table]:
    """Which pictures captures of which kind and app show (`at`, `kind`, `app`, `screen`), opening only segments that
    the time of a scope cuts."""
    opened, whole = list[segments.Segment](), list[segments.Segment]()
    for segment in segments.listed(session, person_id):
        is_cut = any(scope.cuts(segment.first_at, segment.last_at) for scope in scopes)
        (opened if is_cut else whole).append(segment)
    for segment, table in segments.pictures(session, vault, whole):
        if table is None:
            opened.append(segment)
        else:
            yield table.append_column("at", pa.repeat(segment.first_at, table.num_rows))
    for table in segments.read(session, vault, person_id, columns=("at", "kind", "app", "screen"), only=opened):
        yield table.filter(table["screen"].is_valid())
