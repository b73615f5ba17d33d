"""DuckTrack: the folder of one recording, with `events.jsonl` and `metadata.json`.

    {"time_stamp": 150161.533522208, "action": "click", "x": 1319.1, "y": 65.06, "button": "left", "pressed": true}

move becomes pointer, click click, scroll scroll, press and release key (down and up); pause, resume and whatever a
later version adds becomes other, with the whole event in `value`. `device` is the metadata's node.

`time_stamp` counts seconds of a clock that began at no known time, and `start_time` in the metadata is the wall clock
on the recorder's desk, to the second and without a zone. So the recording needs a zone, and an event's time is
start_time plus the seconds since the recorder asked OBS to start (which it does right after it noted start_time), or
since the first event where it noted no such moment. Times between events are exact; all of them together may be up
to a second late or early.

A recording whose events were cut exactly between two lines cannot be told from a whole one.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from data.captures.recording import Display, Recording
from data.captures.schema import Kind
from data.connectors import files, json_lines, moments
from data.connectors.fields import number, storable
from data.connectors.rows import Row, batched, canonical, is_unicode
from data.errors import BadInput

WANTED = "the folder of a DuckTrack recording, with events.jsonl and metadata.json"
_KINDS = {"move": Kind.POINTER, "click": Kind.CLICK, "scroll": Kind.SCROLL, "press": Kind.KEY, "release": Kind.KEY}

Record = dict[str, object]


def read(path: Path, *, zone: ZoneInfo | None = None) -> Recording:
    """The recording in the folder `path` (its events.jsonl may be named instead); needs `zone`.

    BadInput names file, place and reason (some only while items are read).
    """
    folder = path.parent if path.name == "events.jsonl" else path
    files.require_folder(folder, WANTED)
    events, described = folder / "events.jsonl", folder / "metadata.json"
    for part in (events, described):
        files.require_text(part, WANTED)
    metadata = _metadata(described)
    if zone is None:
        raise BadInput(
            f"{described}: 'start_time' names no zone; say where it was recorded with --zone, "
            "for example --zone Europe/London."
        )
    digest = files.digest([events, described], zone.key)
    return Recording("ducktrack", digest, batched(_items(events, described, metadata, zone)))


def _items(events: Path, described: Path, metadata: Record, zone: ZoneInfo) -> Iterator[Row | Display]:
    unchanged = files.Unchanged(events, described)
    device = metadata.get("node")
    device = device if isinstance(device, str) and is_unicode(device) else None
    display = _display(described, metadata, device)
    if display is not None:
        yield display
    start, origin = _start(described, metadata, zone), _asked_to_start(metadata)
    found = False
    for line, event in json_lines.objects(events):
        try:
            seconds = _number(event.pop("time_stamp", None), "time_stamp")
            moment = Decimal(repr(seconds))
            origin = moment if origin is None else origin
            yield _row(moments.within(start + moments.of_seconds(moment - origin)), event, device)
        except (ValueError, RecursionError) as error:
            reason = error if isinstance(error, ValueError) else "nested too deeply"
            raise BadInput(f"{events}, line {line}: {reason}.") from None
        found = True
    if not found:
        raise BadInput(f"{events} holds no event; name {WANTED}.")
    unchanged.require()


def _row(at: int, event: Record, device: str | None) -> Row:
    """One event as a row; takes from `event` what has a column and keeps the rest in `value`."""
    action = event.get("action")
    if not isinstance(action, str):
        raise ValueError("'action' is not a text")
    kind = _KINDS.get(action)
    if kind is None:
        return Row(at, Kind.OTHER.value, device=device, value=canonical(event))
    del event["action"]
    down: object = action == "press" if kind == Kind.KEY else event.pop("pressed", None) if kind == Kind.CLICK else None
    if down is None and kind == Kind.CLICK:
        raise ValueError("'pressed' is missing")
    if down is not None and not isinstance(down, bool):
        raise ValueError("'pressed' is neither true nor false")
    return Row(
        at,
        kind.value,
        down=down,
        device=device,
        x=_optional(event, "x", needed=kind != Kind.KEY),
        y=_optional(event, "y", needed=kind != Kind.KEY),
        dx=_optional(event, "dx", needed=kind == Kind.SCROLL),
        dy=_optional(event, "dy", needed=kind == Kind.SCROLL),
        button=_text(event, "button"),
        text=_text(event, "name"),
        value=canonical(event) if event else None,
    )


def _optional(event: Record, name: str, *, needed: bool) -> float | None:
    return _number(event.pop(name, None), name) if needed or event.get(name) is not None else None


def _number(found: object, name: str) -> float:
    try:
        return number(found)
    except ValueError as error:
        raise ValueError(f"'{name}' {error}") from None


def _text(event: Record, name: str) -> str | None:
    """The text, null where it is null (a key without a name); what UTF-8 cannot hold stays in the event."""
    found = event.get(name)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"'{name}' is not a text")
    if found is None or is_unicode(found):
        event.pop(name, None)
        return found
    return storable(found)


def _metadata(path: Path) -> Record:
    try:
        found: Any = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        place = f" at character {error.pos + 1} ({error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        raise BadInput(f"{path} is not whole JSON in UTF-8{place}; name {WANTED}.") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path} is not a JSON object; name {WANTED}.")
    metadata = cast("Record", found)
    if not isinstance(metadata.get("start_time"), str):
        raise BadInput(f"{path}: 'start_time' is missing, so nothing says when it was recorded; name {WANTED}.")
    return metadata


def _start(path: Path, metadata: Record, zone: ZoneInfo) -> int:
    try:
        return moments.of_text(str(metadata["start_time"]), zone)
    except ValueError as error:
        raise BadInput(f"{path}: 'start_time' {error}.") from None


def _asked_to_start(metadata: Record) -> Decimal | None:
    """The recorder's clock when it asked OBS to start; None where it noted no such moment."""
    timings: Any = metadata.get("obs_record_state_timings")
    found: Any = timings.get("OBS_WEBSOCKET_OUTPUT_STARTING") if isinstance(timings, dict) else None
    first: Any = cast("list[Any]", found)[0] if isinstance(found, list) and found else None
    usable = isinstance(first, int | float) and not isinstance(first, bool) and math.isfinite(first)
    return Decimal(repr(first)) if usable else None


def _display(path: Path, metadata: Record, device: str | None) -> Display | None:
    width, height = metadata.get("screen_width"), metadata.get("screen_height")
    if device is None or (width is None and height is None):
        return None
    if type(width) is not int or type(height) is not int or width <= 0 or height <= 0:
        raise BadInput(f"{path}: 'screen_width' and 'screen_height' are not whole numbers of points.")
    return Display(device, width, height)
