"""What a connector hands over: the content of one file or folder, as a stream."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True)
class Screen:
    """The picture of a screen: the bytes of its image file and their SHA-256 (hex)."""

    digest: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True)
class Display:
    """A screen of a device, in pixels, and where it stands on the desktop."""

    device: str
    width: int
    height: int
    x: int = 0
    y: int = 0


@dataclass(frozen=True)
class Recording:
    """One file's captures. `source` names the connector, `digest` is the SHA-256 (hex) of the file's bytes.

    Batches have exactly captures.schema.SCHEMA, any size and any order of time. The items are read once;
    reading them raises BadInput where the file turns out to be unusable.
    """

    source: str
    digest: str
    items: Iterator[pa.RecordBatch | Screen | Display]
