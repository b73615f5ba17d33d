"""Preview: exactly what an erasure or an export of a scope would take, before anybody decides."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses.entry import Reason
from data.captures import looking, segments
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.captures.tables import ScreenRow
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

pc: Any = pyarrow.compute  # makes its functions at run time, where a type checker cannot see them
_COLUMNS = ("at", "kind", "app", "screen")


@dataclass(frozen=True)
class Preview:
    """What a scope takes: captures in all and by kind, the instants of the first and the last (None where there is
    none), pictures of screens that nothing else refers to, and the captures that are left."""

    total: int
    kinds: dict[Kind, int]
    first: int | None
    last: int | None
    screens: int
    kept_total: int


def preview(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, scope: Scope, reason: Reason | None = None
) -> Preview:
    """Count what `scope` takes, exactly, by looking at the captures themselves.

    Of another person it appends an access: give it a writing transaction. Raises NotAllowed, Unreadable.
    """
    require(viewer, Permission.SEE_SUMMARY, person_id)
    kinds = Counter[Kind]()
    firsts, lasts = list[int](), list[int]()
    kept, taken_screens, kept_screens = 0, set[str](), set[str]()
    for table in segments.read(session, vault, person_id, columns=_COLUMNS):
        inside = scope.mask(table)
        taken, rest = table.filter(inside), table.filter(pc.invert(inside))
        kept += rest.num_rows
        taken_screens |= _screens(taken)
        kept_screens |= _screens(rest)
        if taken.num_rows:
            kinds.update(_kinds(taken))
            firsts.append(pc.min(taken["at"]).as_py())
            lasts.append(pc.max(taken["at"]).as_py())
    found = Preview(
        total=kinds.total(),
        kinds=dict(kinds.most_common()),
        first=min(firsts, default=None),
        last=max(lasts, default=None),
        screens=_pictures(session, person_id, taken_screens - kept_screens, everything=scope.everything),
        kept_total=kept,
    )
    looking.told(session, viewer, vault, person_id, reason, "preview", Filter(scope), found.total)
    return found


def _kinds(table: pa.Table) -> dict[Kind, int]:
    counted = table["kind"].cast(pa.string()).value_counts().to_pylist()
    return {Kind(one["values"]): one["counts"] for one in counted}


def _screens(table: pa.Table) -> set[str]:
    return set(table["screen"].drop_null().unique().to_pylist())


def _pictures(session: Session, person_id: int, digests: set[str], *, everything: bool) -> int:
    """How many of the pictures are held; with everything, those that no capture refers to go as well."""
    mine = select(ScreenRow.digest).where(ScreenRow.person_id == person_id)
    if everything:
        return session.scalar(select(func.count()).select_from(mine.subquery())) or 0
    return len(digests & set(session.scalars(mine)))
