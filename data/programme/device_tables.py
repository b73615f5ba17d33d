"""Tables of devices: which may report, what each said last, and when that changed."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data.database import Table


class EnrolmentRow(Table):
    """A device that may report: `name` is the one its captures carry. `digest` is the SHA-256 (hex) of its token,
    which is kept nowhere. Revoking fills `revoked_at`; nothing is deleted, and a new token is a new row."""

    __tablename__ = "device_enrolments"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String)
    digest: Mapped[str] = mapped_column(String, unique=True)
    enrolled_at: Mapped[int]
    revoked_at: Mapped[int | None]


class HeartbeatRow(Table):
    """What an enrolled device said last, at `at` by the server's clock; it has said that `state` since `since`.

    `clock_offset`: how far its clock is ahead, in microseconds. `captured_at`: its newest capture, by its own clock.
    `steps`: how many rows of DeviceStepRow it has had, the newest of which are kept."""

    __tablename__ = "heartbeats"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    at: Mapped[int]
    state: Mapped[str] = mapped_column(String)
    since: Mapped[int]
    version: Mapped[str] = mapped_column(String)
    clock_offset: Mapped[int]
    captured_at: Mapped[int | None]
    steps: Mapped[int]


class DeviceStepRow(Table):
    """From `at` on a device said `state`, or nothing ("silent"): one row a change, never one a heartbeat."""

    __tablename__ = "device_steps"

    person_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    step: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int]
    state: Mapped[str] = mapped_column(String)
