"""From single events to the Arrow batches a recording is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pyarrow as pa

from data.captures.recording import Display, Screen
from data.captures.schema import SCHEMA

BATCH_ROWS = 32_768
_BATCH_CHARACTERS = 16 << 20  # text held back at most, so that huge values cannot fill the memory


_PLAIN = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_ESCAPED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False)


class Row(NamedTuple):
    """One event, the columns of the capture schema in its order and units."""

    at: int
    kind: str
    duration: int | None = None
    down: bool | None = None
    device: str | None = None
    app: str | None = None
    title: str | None = None
    x: float | None = None
    y: float | None = None
    dx: float | None = None
    dy: float | None = None
    button: str | None = None
    text: str | None = None
    value: str | None = None
    screen: str | None = None


def batched(items: Iterable[Row | Screen | Display]) -> Iterator[pa.RecordBatch | Screen | Display]:
    """Rows gathered into batches of the capture schema; screens and displays pass as they come."""
    held: list[Row] = []
    characters = 0
    for item in items:
        if not isinstance(item, Row):
            yield item
            continue
        held.append(item)
        characters += len(item.value or "") + len(item.text or "") + len(item.title or "")
        if len(held) >= BATCH_ROWS or characters >= _BATCH_CHARACTERS:
            yield _batch(held)
            held, characters = [], 0
    if held:
        yield _batch(held)


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces, the one text that the same content always gets.

    A character that UTF-8 cannot hold (half of a surrogate pair, which Windows allows in titles) stays escaped.
    """
    text = _PLAIN.encode(value)
    return text if is_unicode(text) else _ESCAPED.encode(value)


def is_unicode(text: str) -> bool:
    """Whether the text can be written as UTF-8."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _batch(rows: list[Row]) -> pa.RecordBatch:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(column, type=field.type) for column, field in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)
