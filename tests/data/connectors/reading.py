"""What the connector tests share: a recording read to its end, and a bad file's one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest

from data.captures.recording import Display, Screen
from data.captures.schema import SCHEMA
from data.connectors import Reader
from data.errors import BadInput


@dataclass(frozen=True)
class Whole:
    """Everything a recording held, in memory."""

    digest: str
    table: pa.Table
    screens: tuple[Screen, ...]
    displays: tuple[Display, ...]

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The captures as dictionaries, without what is null."""
        return [{name: found for name, found in row.items() if found is not None} for row in self.table.to_pylist()]


def whole(reader: Reader, path: Path, zone: str | None = None) -> Whole:
    """The recording read to its end; each batch must have exactly the capture schema."""
    recording = reader(path, zone=ZoneInfo(zone) if zone else None)
    batches: list[pa.RecordBatch] = []
    screens: list[Screen] = []
    displays: list[Display] = []
    for item in recording.items:
        if isinstance(item, Screen):
            screens.append(item)
        elif isinstance(item, Display):
            displays.append(item)
        else:
            assert item.schema == SCHEMA
            item.validate(full=True)
            batches.append(item)
    table = pa.Table.from_batches(batches, SCHEMA).unify_dictionaries()
    return Whole(recording.digest, table, tuple(screens), tuple(displays))


def refusal(reader: Reader, path: Path, zone: str | None = None) -> str:
    """The one sentence with which the file is refused."""
    with pytest.raises(BadInput) as caught:
        whole(reader, path, zone)
    said = str(caught.value)
    assert str(path) in said
    assert "\n" not in said
    assert said.endswith(".")
    return said
