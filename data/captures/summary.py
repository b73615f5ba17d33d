"""Summary: what is held about a person, in counts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Reason
from data.captures import looking, quarters
from data.captures.rollup_tables import CountedDeviceRow, DayRow
from data.captures.schema import Kind
from data.captures.scope import Filter, Scope
from data.captures.tables import ImportRow, ScreenRow, SegmentRow
from data.database import rows_together
from data.people.permissions import Permission, require
from data.people.tables import DeviceRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault

TREND = 30  # UTC days, today included


@dataclass(frozen=True)
class Held:
    """One kind: how many captures, the instants of the first and the last, and the count of each of the TREND days
    up to today (UTC)."""

    kind: Kind
    count: int
    first: int
    last: int
    trend: tuple[int, ...]


@dataclass(frozen=True)
class DeviceHeld:
    """One device: how many captures it made, from when to when, and when the newest of them were received."""

    name: str
    count: int
    first_at: int
    last_at: int
    received_at: int


@dataclass(frozen=True)
class Summary:
    """What is held about a person. Instants in microseconds UTC, None where there is nothing.

    `kinds` and `apps` most first; `downs`: presses by kind; `duplicates`, `refused`: captures that imports brought and
    that were not kept (`objected`: those of them to which the person objects, `paused`: those of a pause); `screens`:
    pictures held; `sealed_bytes`: captures and pictures as they are stored.
    """

    person_id: int
    total: int
    kinds: tuple[Held, ...]
    downs: dict[str, int]
    first: int | None
    last: int | None
    devices: tuple[DeviceHeld, ...]
    apps: dict[str, int]
    sealed_bytes: int
    duplicates: int
    refused: int
    screens: int
    objected: int = 0
    paused: int = 0


def summary(session: Session, viewer: Viewer, vault: Vault, person_id: int, reason: Reason | None = None) -> Summary:
    """What is held, from rollups alone. Of another person it appends an access: give it a writing transaction.

    Raises NotAllowed.
    """
    require(viewer, Permission.SEE_SUMMARY, person_id)
    kinds, downs = _kinds(session, person_id)
    imports = select(
        func.sum(ImportRow.duplicates),
        func.sum(ImportRow.refused),
        func.sum(ImportRow.objected),
        func.sum(ImportRow.paused),
    ).where(ImportRow.person_id == person_id)
    duplicates, refused, objected, paused = session.execute(imports).one()
    sealed = session.scalar(select(func.sum(SegmentRow.bytes)).where(SegmentRow.person_id == person_id))
    pictures = select(func.count(), func.sum(ScreenRow.bytes)).where(ScreenRow.person_id == person_id)
    screens, drawn = session.execute(pictures).one()
    found = Summary(
        person_id=person_id,
        total=sum(held.count for held in kinds),
        kinds=kinds,
        downs=downs,
        first=min((held.first for held in kinds), default=None),
        last=max((held.last for held in kinds), default=None),
        devices=_devices(session, person_id),
        apps=quarters.by_app(session, vault, person_id, Scope()),
        sealed_bytes=int(sealed or 0) + int(drawn or 0),
        duplicates=int(duplicates or 0),
        refused=int(refused or 0),
        objected=int(objected or 0),
        paused=int(paused or 0),
        screens=screens,
    )
    looking.told(session, viewer, vault, person_id, reason, "summary", Filter(), found.total)
    return found


def _kinds(session: Session, person_id: int) -> tuple[tuple[Held, ...], dict[str, int]]:
    """Each kind, most first, and the presses of each kind that has any (clicks and keys always)."""
    mine = DayRow.person_id == person_id
    today = instants.now() // instants.DAY
    trends: dict[str, list[int]] = defaultdict(lambda: [0] * TREND)
    recent = select(DayRow.day, DayRow.kind, DayRow.count).where(mine, DayRow.day.between(today - TREND + 1, today))
    for day, kind, count in rows_together(session, recent):
        trends[kind][day - today + TREND - 1] = count
    sums = select(
        DayRow.kind,
        func.sum(DayRow.count),
        func.sum(DayRow.downs),
        func.min(DayRow.first_at),
        func.max(DayRow.last_at),
    ).where(mine)
    downs = {Kind.CLICK.value: 0, Kind.KEY.value: 0}
    held: list[Held] = []
    for kind, count, pressed, first, last in session.execute(sums.group_by(DayRow.kind)):
        held.append(Held(Kind(kind), int(count), first, last, tuple(trends[kind])))
        if pressed:
            downs[kind] = int(pressed)
    return tuple(sorted(held, key=lambda one: (-one.count, one.kind))), downs


def _devices(session: Session, person_id: int) -> tuple[DeviceHeld, ...]:
    """Devices that name themselves, the newest captures first."""
    counted = CountedDeviceRow
    query = (
        select(counted.device, counted.count, counted.first_at, counted.last_at, DeviceRow.received_at)
        .outerjoin(DeviceRow, (DeviceRow.person_id == counted.person_id) & (DeviceRow.name == counted.device))
        .where(counted.person_id == person_id, counted.device != "")
        .order_by(counted.last_at.desc(), counted.device)
    )
    return tuple(
        DeviceHeld(name, count, first, last, received or last)
        for name, count, first, last, received in session.execute(query)
    )
