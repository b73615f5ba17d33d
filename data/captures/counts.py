"""Counts: rollups written to their tables, as captures come in and go."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from data.captures import clicks, labels, rollups
from data.captures.rollup_tables import AppRow, CountedDeviceRow, DayRow, WeekRow
from data.captures.rollups import Counts, Tally
from data.database import Table, insert, lock
from data.people.tables import PersonRow
from data.sealing.vault import Vault

Key = tuple[Any, ...]
_JOINED: dict[str, Callable[[Any, Any], Any]] = {
    "count": operator.add,
    "downs": operator.add,
    "first_at": min,
    "last_at": max,
    "quarters": operator.add,
}


@dataclass(frozen=True)
class _Tier:
    """A table of rollups: its key after the person, and which of a tally's numbers it keeps."""

    table: type[Table]
    key: tuple[str, ...]
    numbers: tuple[str, ...]


_DAYS = _Tier(DayRow, ("day", "kind"), ("count", "downs", "first_at", "last_at", "quarters"))
_APPS = _Tier(AppRow, ("app_id", "day", "kind"), ("count", "quarters"))
_DEVICES = _Tier(CountedDeviceRow, ("device",), ("count", "first_at", "last_at"))


def add(session: Session, vault: Vault, person_id: int, counts: Counts, sign: int = 1) -> None:
    """Add `counts` to what is counted of the person, or take them away again (`sign` -1).

    Taking away leaves first and last instants as they were where captures remain; `recount` makes them exact.
    """
    _add(session, vault, person_id, counts, sign)
    _add_weeks(session, person_id, counts, sign)


def recount(session: Session, vault: Vault, person_id: int, parts: Iterable[Counts]) -> None:
    """Put these counts in the place of all there are, e.g. after an erasure; sealed under the current key.

    Names of apps that no longer occur are forgotten. The weekly figures, which say what was taken, stay.
    """
    clear(session, person_id)
    _add(session, vault, person_id, rollups.joined(parts), 1)


def clear(session: Session, person_id: int) -> None:
    """Remove every rollup and label of the person."""
    for table in (DayRow, AppRow, CountedDeviceRow):
        session.execute(delete(table).where(table.person_id == person_id))
    clicks.clear(session, person_id)
    labels.clear(session, person_id)


def _add(session: Session, vault: Vault, person_id: int, counts: Counts, sign: int) -> None:
    if not counts.days:
        return
    lock(session, f"rollups of {person_id}")
    named = {app for _, _, app in counts.apps} | {app for cells in counts.clicks.values() for app, *_ in cells if app}
    numbers = labels.ids(session, vault, person_id, named)
    apps = {(numbers[app], day, kind): tally for (day, kind, app), tally in counts.apps.items()}
    _merge(session, _DAYS, person_id, counts.days, sign)
    _merge(session, _APPS, person_id, apps, sign)
    _merge(session, _DEVICES, person_id, {(name,): tally for name, tally in counts.devices.items()}, sign)
    clicks.add(session, vault, person_id, counts.clicks, numbers, sign)


def _merge(session: Session, tier: _Tier, person_id: int, found: Mapping[Key, Tally], sign: int) -> None:
    columns = tier.table.__table__.c
    if not found:
        return
    first, last = min(key[0] for key in found), max(key[0] for key in found)
    query = select(*(columns[name] for name in (*tier.key, *tier.numbers))).where(
        columns.person_id == person_id, columns[tier.key[0]].between(first, last)
    )
    if "day" in tier.key[1:]:
        days = [key[tier.key.index("day")] for key in found]
        query = query.where(columns.day.between(min(days), max(days)))
    size = len(tier.key)
    known = {tuple(row[:size]): dict(zip(tier.numbers, row[size:], strict=True)) for row in session.execute(query)}
    rows, empty = list[dict[str, Any]](), list[Key]()
    for key, tally in found.items():
        numbers = _sum(known.get(key), tally, tier.numbers, sign)
        if numbers["count"] > 0:
            rows.append({"person_id": person_id, **dict(zip(tier.key, key, strict=True)), **numbers})
        elif key in known:
            empty.append(key)
    _upsert(session, tier.table, ("person_id", *tier.key), tier.numbers, rows)
    for key in empty:
        matches = (columns[name] == part for name, part in zip(tier.key, key, strict=True))
        session.execute(delete(tier.table).where(columns.person_id == person_id, *matches))


def _sum(known: dict[str, Any] | None, tally: Tally, names: tuple[str, ...], sign: int) -> dict[str, Any]:
    """A row's numbers after `tally` came to them, or left them."""
    new: dict[str, Any] = {
        "count": sign * tally.count,
        "downs": sign * tally.downs,
        "first_at": tally.first_at,
        "last_at": tally.last_at,
        "quarters": sign * rollups.spread(tally.quarters),
    }
    if known:
        if "quarters" in known:
            known["quarters"] = rollups.unpack([known["quarters"]])[0]
        new |= {name: _JOINED[name](known[name], new[name]) for name in names}
    new["quarters"] = rollups.pack(new["quarters"].clip(0))
    return {name: new[name] for name in names}


def _upsert(
    session: Session, table: type[Table], key: tuple[str, ...], numbers: tuple[str, ...], rows: list[dict[str, Any]]
) -> None:
    if not rows:
        return
    adding = insert(session, table)
    replaced = {name: adding.excluded[name] for name in numbers}
    # Row by row with one statement: as long as a list of values is, putting it into words took most of an erasure.
    session.connection().execute(adding.on_conflict_do_update(index_elements=list(key), set_=replaced), rows)


def _add_weeks(session: Session, person_id: int, counts: Counts, sign: int) -> None:
    department = session.scalar(select(PersonRow.department_id).where(PersonRow.id == person_id))
    weeks: dict[tuple[int, str], int] = {}
    for (day, kind), tally in counts.days.items():
        key = rollups.week_of(day), kind
        weeks[key] = weeks.get(key, 0) + sign * tally.count
    for (week, kind), number in sorted(weeks.items()):
        adding = insert(session, WeekRow).values(week=week, department_id=department, kind=kind, count=number)
        total = WeekRow.count + adding.excluded["count"]
        session.execute(
            adding.on_conflict_do_update(index_elements=["week", "department_id", "kind"], set_={"count": total})
        )


def taken(session: Session, start: int, end: int) -> dict[tuple[int, str], int]:
    """Captures taken in the whole company: (Monday of the week as days since 1970, kind) -> count, for weeks in
    [start, end)."""
    query = select(WeekRow.week, WeekRow.kind, func.sum(WeekRow.count)).where(WeekRow.week >= start, WeekRow.week < end)
    return {
        (week, kind): int(number) for week, kind, number in session.execute(query.group_by(WeekRow.week, WeekRow.kind))
    }
