"""Arrivals: which devices and displays imports brought captures of."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from data.captures.recording import Display
from data.captures.rollup_tables import CountedDeviceRow
from data.captures.tables import DisplayRow
from data.people.tables import DeviceRow


class Devices:
    """Devices by name, with the first and the last instant of their captures."""

    def __init__(self) -> None:
        self.spans: dict[str, tuple[int, int]] = {}

    def see(self, table: pa.Table) -> None:
        """Count the devices of these rows in."""
        rows = pa.table({"device": table["device"].cast(pa.string()), "at": table["at"]})
        found = rows.group_by("device").aggregate([("at", "min"), ("at", "max")])
        for row in found.to_pylist():
            if row["device"] is not None:
                first, last = self.spans.get(row["device"], (row["at_min"], row["at_max"]))
                self.spans[row["device"]] = min(first, row["at_min"]), max(last, row["at_max"])


def add_devices(session: Session, person_id: int, devices: Devices, received_at: int) -> None:
    """Write them beside those known, and when they were last heard of."""
    for name, (first, last) in sorted(devices.spans.items()):
        row = session.get(DeviceRow, (person_id, name))
        if row is None:
            row = DeviceRow(person_id=person_id, name=name, first_at=first, last_at=last)
            session.add(row)
        row.first_at, row.last_at = min(row.first_at, first), max(row.last_at, last)
        row.received_at = received_at
    session.flush()


def add_displays(session: Session, person_id: int, displays: Iterable[Display]) -> int:
    """Write displays that are not known; returns how many those were."""
    added = 0
    for display in sorted(displays, key=repr):
        key = {name: getattr(display, name) for name in ("device", "x", "y", "width", "height")}
        if session.get(DisplayRow, (person_id, *key.values())) is None:
            session.add(DisplayRow(person_id=person_id, **key))
            added += 1
    session.flush()
    return added


def displays(session: Session, person_id: int) -> tuple[Display, ...]:
    """The displays of all devices, in one order."""
    rows = session.scalars(select(DisplayRow).where(DisplayRow.person_id == person_id))
    found = [Display(row.device, row.width, row.height, row.x, row.y) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.device, one.x, one.y, one.width, one.height)))


def forget_absent(session: Session, person_id: int) -> None:
    """Forget devices and displays of which no capture is left (after the rollups were counted anew)."""
    present = select(CountedDeviceRow.device).where(CountedDeviceRow.person_id == person_id)
    counted = session.scalars(select(CountedDeviceRow).where(CountedDeviceRow.person_id == person_id))
    left = {row.device: row for row in counted}
    session.execute(delete(DeviceRow).where(DeviceRow.person_id == person_id, DeviceRow.name.not_in(present)))
    session.execute(delete(DisplayRow).where(DisplayRow.person_id == person_id, DisplayRow.device.not_in(present)))
    for row in session.scalars(select(DeviceRow).where(DeviceRow.person_id == person_id)):
        row.first_at, row.last_at = left[row.name].first_at, left[row.name].last_at
    session.flush()
