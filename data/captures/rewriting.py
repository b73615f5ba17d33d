"""Rewriting: stored segments written anew without some of their captures."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.captures import segments
from data.captures.scope import Scope
from data.captures.segments import Segment
from data.captures.tables import ScreenRow
from data.sealing.vault import Vault


@dataclass
class Lost:
    """What was left out: the segments that held it (all replaced), captures by kind, their span, screens they named."""

    segments: list[Segment] = field(default_factory=list[Segment])
    kinds: Counter[str] = field(default_factory=Counter[str])
    first: int | None = None
    last: int | None = None
    screens: set[str] = field(default_factory=set[str])

    def count(self, rows: pa.Table) -> None:
        """Count rows in (ordered by time, at least one)."""
        for found in rows["kind"].cast(pa.string()).value_counts().to_pylist():
            self.kinds[found["values"]] += found["counts"]
        first, last = rows["at"][0].as_py(), rows["at"][-1].as_py()
        self.first = first if self.first is None else min(self.first, first)
        self.last = last if self.last is None else max(self.last, last)
        self.screens.update(rows["screen"].drop_null().unique().to_pylist())


def without(session: Session, vault: Vault, person_id: int, scope: Scope) -> Lost:
    """Replace each segment that holds a capture in `scope` by one without, under the person's current key.

    One segment is in memory at a time. Old objects go after the commit, new ones when rolled back.
    """
    lost = Lost()
    for segment in segments.listed(session, person_id, scope.start, scope.end):
        table = segments.open_one(session, vault, segment)
        inside = np.asarray(scope.mask(table).to_numpy(zero_copy_only=False))
        if not inside.any():
            continue
        lost.segments.append(segment)
        lost.count(table.filter(pa.array(inside)))
        if not inside.all():
            segments.write(session, vault, person_id, segment.import_id, table.filter(pa.array(~inside)))
        segments.remove(session, vault, person_id, [segment.id])
    return lost


def unreferred(session: Session, vault: Vault, person_id: int, digests: set[str]) -> dict[str, int]:
    """Those of `digests` that are held and no capture refers to any more, with their size in bytes."""
    query = select(ScreenRow.digest, ScreenRow.bytes).where(ScreenRow.person_id == person_id)
    held = {row.digest: row.bytes for row in session.execute(query) if row.digest in digests}
    if held:
        for table in segments.read(session, vault, person_id, columns=("screen",)):
            for digest in table["screen"].drop_null().unique().to_pylist():
                held.pop(digest, None)
    return held
