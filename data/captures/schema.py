"""The capture schema: what one captured event is, for every collector alike."""

from __future__ import annotations

from enum import StrEnum

import pyarrow as pa


class Kind(StrEnum):
    """What was captured. INPUT is a collector's count of input over a span (ActivityWatch's os.hid.input);
    OTHER is whatever a source had that we know no name for, kept whole in `value`."""

    POINTER = "pointer"
    CLICK = "click"
    SCROLL = "scroll"
    KEY = "key"
    WINDOW = "window"
    SCREEN = "screen"
    IDLE = "idle"
    INPUT = "input"
    OTHER = "other"


_NAME = pa.dictionary(pa.int32(), pa.string())

# One row is one event of the source. Only `at` and `kind` are never null.
SCHEMA = pa.schema(
    [
        pa.field("at", pa.int64(), nullable=False),  # microseconds UTC, the event's own time
        pa.field("kind", _NAME, nullable=False),
        pa.field("duration", pa.int64()),  # microseconds, where the source gives one
        pa.field("down", pa.bool_()),  # pressed (true) or released (false), where the source tells
        pa.field("device", _NAME),
        pa.field("app", _NAME),
        pa.field("title", _NAME),  # window title
        pa.field("x", pa.float64()),  # as the source has it: sentinels and negatives included
        pa.field("y", pa.float64()),
        pa.field("dx", pa.float64()),  # scroll
        pa.field("dy", pa.float64()),
        pa.field("button", _NAME),
        pa.field("text", _NAME),  # the key's name or character, or text, as stored by the source
        pa.field("value", _NAME),  # JSON of what the source holds that no other column has
        pa.field("screen", pa.string()),  # SHA-256 (hex) of the screen's image file
    ]
)

COLUMNS = tuple(SCHEMA.names)
