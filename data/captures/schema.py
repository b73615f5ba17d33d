"""The capture schema: what one captured event is, for every collector alike."""

from __future__ import annotations

import pyarrow as pa

from data.captures.kinds import Kind as Kind  # part of the schema for all who use it

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
