"""Daylight's own form of captures: what a collector that no connector knows writes to be imported.

One file, one person. The name's ending says which of three it is, the columns are those of the capture schema
(data/captures/schema.py) in any order; only `at` and `kind` must be there.

- `.jsonl` or `.ndjson`: UTF-8, one JSON object a line. `at` is ISO 8601 with a zone (without one, --zone says which)
  or whole microseconds since 1970; `value` is any JSON, or a text that is JSON itself; a coordinate that is no finite
  number is the text "NaN", "Infinity" or "-Infinity". It is what an export writes, so an unpacked export comes back in.
- `.csv`: UTF-8, a header line, a line end after every line; an empty cell means nothing was recorded (CSV cannot tell
  it from an empty text), and a cell holds 128 KiB at most.
- `.parquet`: `at` is an integer of microseconds or a timestamp, texts may be dictionaries.

Beside the file, both optional:
- `screens/`: the images that `screen` refers to, each named by its SHA-256 and an ending (data/captures/pictures.py).
- `displays.json`: `[{"device", "width", "height", "x", "y"}, ...]`, the screens of each device in its own pixels.

A JSON Lines or CSV file that was cut exactly between two lines cannot be told from a whole one; Parquet can.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pyarrow as pa

from data.captures.pictures import TYPES
from data.captures.recording import Display, Recording, Screen
from data.connectors import captures_fields, captures_parquet, files, json_lines
from data.connectors.rows import Row, batched
from data.errors import BadInput

WANTED = "a .jsonl, .csv or .parquet file of captures"


def read(path: Path, *, zone: ZoneInfo | None = None) -> Recording:
    """The file as a recording; BadInput names file, line or row, and reason (some only while items are read)."""
    form = path.suffix.lower()
    files.require_file(path, WANTED)
    if form in (".jsonl", ".ndjson", ".csv"):
        files.require_text(path, WANTED)
        rows = _csv_rows if form == ".csv" else _json_rows
        batches = cast("Iterator[pa.RecordBatch]", batched(rows(path, zone)))
    elif form == ".parquet":
        if (found := files.signature(path)) != "a Parquet file":
            raise BadInput(f"{path} is not a Parquet file{f' but {found}' if found else ''}; name {WANTED}.")
        batches = captures_parquet.batches(path, zone)
    else:
        raise BadInput(f"{path} ends in none of .jsonl, .ndjson, .csv, .parquet; name {WANTED}.")
    displays = path.parent / "displays.json"
    parts = [path, displays] if displays.is_file() else [path]
    digest = files.digest(parts, *([zone.key] if zone else []))
    return Recording("captures", digest, _items(path, batches, displays if displays.is_file() else None))


def _items(
    path: Path, batches: Iterator[pa.RecordBatch], displays: Path | None
) -> Iterator[pa.RecordBatch | Screen | Display]:
    """Batches, each after the screens it is the first to refer to; then the displays of the devices that occurred."""
    unchanged = files.Unchanged(path, *([displays] if displays else []))
    folder = path.parent / "screens"
    images: dict[str, Path] | None = None
    seen: set[bytes] = set()
    devices: set[str] = set()
    for batch in batches:
        for digest in batch.column("screen").unique().to_pylist():
            if digest is None or bytes.fromhex(digest) in seen:
                continue
            images = _images(folder) if images is None else images
            yield _screen(path, digest, images)
            seen.add(bytes.fromhex(digest))
        devices.update(name for name in batch.column("device").unique().to_pylist() if name is not None)
        yield batch
    if displays is not None:
        yield from (display for display in _displays(displays) if display.device in devices)
    unchanged.require()


def _json_rows(path: Path, zone: ZoneInfo | None) -> Iterator[Row]:
    checks = captures_fields.json_checks(zone)
    any_row = False
    for number, record in json_lines.objects(path):
        try:
            row = captures_fields.row(record, checks)
        except (ValueError, RecursionError) as error:
            reason = error if isinstance(error, ValueError) else "nested too deeply"
            raise BadInput(f"{path}, line {number}: {reason}.") from None
        any_row = True
        yield row
    if not any_row:
        raise BadInput(f"{path} holds no capture; name {WANTED}.")


def _csv_rows(path: Path, zone: ZoneInfo | None) -> Iterator[Row]:
    checks = captures_fields.csv_checks(zone)
    reader = csv.reader(_ended(path), strict=True)
    any_row = False
    try:
        header = next(reader)
        for name in header:
            if name not in checks:
                raise ValueError(captures_fields.unknown(name))
            if header.count(name) > 1:
                raise ValueError(f"the column '{name}' is there twice")
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise ValueError(f"{len(cells)} cells where the header names {len(header)}")
            yield captures_fields.row({n: cell for n, cell in zip(header, cells, strict=True) if cell}, checks)
            any_row = True
    except (csv.Error, ValueError) as error:
        raise BadInput(f"{path}, line {reader.line_num}: {error}.") from None
    except StopIteration:
        pass
    if not any_row:
        raise BadInput(f"{path} holds no capture; name {WANTED}.")


def _ended(path: Path) -> Iterator[str]:
    """The file's lines; BadInput when the last has no end, because a number cut in the middle is a number too."""
    for number, line in files.lines(path):
        yield line
        if not line.endswith(("\n", "\r")):
            raise BadInput(f"{path}, line {number}: has no line end, so the file may have been cut; end it with one.")


def _images(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        return {}
    return {image.stem: image for image in sorted(folder.iterdir()) if image.suffix.lower() in TYPES}


def _screen(path: Path, digest: str, images: dict[str, Path]) -> Screen:
    image = images.get(digest)
    if image is None:
        raise BadInput(
            f"{path} refers to the screen {digest}, which is not in {path.parent / 'screens'}; put it there."
        )
    data = image.read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        raise BadInput(f"{image} does not have the SHA-256 that its name says; export it again.")
    return Screen(digest, TYPES[image.suffix.lower()], data)


def _displays(path: Path) -> list[Display]:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8"))
        return [
            Display(
                str(one["device"]), int(one["width"]), int(one["height"]), int(one.get("x", 0)), int(one.get("y", 0))
            )
            for one in found
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BadInput(f"{path} is not a JSON list of displays with device, width and height ({error}).") from None
