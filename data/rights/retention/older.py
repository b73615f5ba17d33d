"""Looking whether anything is held that is older than was promised: counted from the rollups, which opens nothing, and
in quarantine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data.captures import quarantine, rollups
from data.captures.rollup_tables import DayRow
from data.captures.rollups import QUARTER, QUARTERS
from data.captures.scope import Scope
from data.sealing.vault import Vault


def people(session: Session, vault: Vault, scopes: Sequence[Scope]) -> tuple[int, ...]:
    """Everybody of whom something in `scopes` (kinds and times) is held, or may be."""
    found = {person for scope in scopes for person in session.scalars(select(DayRow.person_id).where(*_rows(scope)))}
    apart = (one for one in quarantine.people(session) if quarantine.by_kind(session, vault, one, scopes))
    return tuple(sorted({*found, *apart}))


def count(session: Session, vault: Vault, scopes: Sequence[Scope], person_id: int | None = None) -> dict[str, int]:
    """How many captures in `scopes` are held or in quarantine, by kind: of a person, or of the whole company. Where a
    scope begins or ends inside of a quarter of an hour that holds captures, all of these count."""
    found = Counter[str]()
    for one in quarantine.people(session) if person_id is None else (person_id,):
        found += quarantine.by_kind(session, vault, one, scopes)
    for scope in scopes:
        query = select(DayRow.day, DayRow.kind, DayRow.count, DayRow.first_at, DayRow.last_at, DayRow.quarters)
        mine = () if person_id is None else (DayRow.person_id == person_id,)
        for day, kind, whole, first, last, quarters in session.execute(query.where(*_rows(scope), *mine)):
            is_inside = not scope.cuts(first, last)
            number = whole if is_inside else _inside(scope, day, quarters)
            found[kind] += number
    return {kind: number for kind, number in sorted(found.items()) if number}


def _rows(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    rules: list[ColumnElement[bool]] = [DayRow.kind.in_(sorted(scope.kinds))] if scope.kinds else []
    if scope.start is not None:
        rules.append(DayRow.last_at >= scope.start)
    if scope.end is not None:
        rules.append(DayRow.first_at < scope.end)
    return tuple(rules)


def _inside(scope: Scope, day: int, packed: bytes) -> int:
    held = rollups.unpack([packed])[0]
    first = 0 if scope.start is None else scope.start // QUARTER - day * QUARTERS
    end = QUARTERS if scope.end is None else -(-scope.end // QUARTER) - day * QUARTERS
    return int(held[max(0, first) : max(0, end)].sum())
