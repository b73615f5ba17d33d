"""What of a person's devices stands in their export. Pure."""

from __future__ import annotations

from data.programme.device_tables import DeviceStepRow, EnrolmentRow, HeartbeatRow
from data.rights.export.rows import Rows

ROWS: tuple[Rows, ...] = (
    Rows(
        EnrolmentRow,
        "person_id",
        "enrolled-devices",
        "which of your devices may report whether they capture you, since when and until when",
        ("number", "name", "enrolled_at", "revoked_at"),
        {"digest": "It stands for the token of the device."},
    ),
    Rows(
        HeartbeatRow,
        "person_id",
        "heartbeats",
        "what each of those devices said last",
        ("number", "sequence", "at", "state", "since", "version", "clock_offset", "captured_at"),
        {"steps": "It counts the lines of device-states."},
    ),
    Rows(
        DeviceStepRow,
        "person_id",
        "device-states",
        "when each of them said that it captures, that it is paused, and when it said nothing",
        ("number", "step", "at", "state"),
    ),
)
