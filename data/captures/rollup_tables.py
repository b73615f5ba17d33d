"""Tables of rollups: counts of a person's captures, so that charts and searches need not open content."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table

# Kept in the order of the key, so that a person's rows lie together.
_CLUSTERED = {"sqlite_with_rowid": False}


class DayRow(Table):
    """One kind on one UTC day. `quarters`: the count of each quarter hour, packed by rollups.pack."""

    __tablename__ = "capture_days"
    __table_args__ = _CLUSTERED

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String, primary_key=True)
    count: Mapped[int]
    downs: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]
    quarters: Mapped[bytes] = mapped_column(LargeBinary)


class AppRow(Table):
    """One kind in one app on one UTC day. `app_id` is an entry of the person's sealed labels."""

    __tablename__ = "capture_apps"
    __table_args__ = _CLUSTERED

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    app_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String, primary_key=True)
    count: Mapped[int]
    quarters: Mapped[bytes] = mapped_column(LargeBinary)


class ClicksRow(Table):
    """The click grid of four weeks (`block`: days since 1970 / 28), sealed: where somebody clicked is content."""

    __tablename__ = "capture_clicks"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CountedDeviceRow(Table):
    """Captures by device; "" for those that name none."""

    __tablename__ = "capture_devices"
    __table_args__ = _CLUSTERED

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    device: Mapped[str] = mapped_column(String, primary_key=True)
    count: Mapped[int]
    first_at: Mapped[int]
    last_at: Mapped[int]


class LabelsRow(Table):
    """The names of a person's apps, sealed as one value."""

    __tablename__ = "capture_labels"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class WeekRow(Table):
    """Captures taken in a department in the week that began on the Monday `week`; names no person.

    It counts what was taken: an erasure does not lower it.
    """

    __tablename__ = "capture_weeks"
    __table_args__ = _CLUSTERED

    week: Mapped[int] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(ForeignKey("departments.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String, primary_key=True)
    count: Mapped[int]
