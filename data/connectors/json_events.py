"""Events in JSON as audits deliver them: one a line, an array, {"Records": [...]}, or a single one over several lines;
plain or compressed with gzip. One event at a time is in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.connectors import files, json_lines, moments
from data.connectors.json_stream import Walk
from data.errors import BadInput

Event = dict[str, Any]
_HEAD = 4096
_RECORDS = re.compile(rb'\s*\{\s*"Records"\s*:\s*\[')
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d\d:?\d\d$)")


def events(path: Path, wanted: str) -> Iterator[tuple[str, Event]]:
    """The events with their places ("line 3", "event 3"). Raises BadInput naming file, place and reason."""
    files.require_log(path, wanted)
    with files.opened(path) as file:
        head = file.read(_HEAD).removeprefix(b"\xef\xbb\xbf")
    if _RECORDS.match(head):
        yield from _walked(path, inside="Records")
    elif head.lstrip()[:1] == b"[":
        yield from _walked(path, inside="")
    elif head.lstrip()[:1] != b"{":
        raise BadInput(f"{path} begins like no JSON of events; name {wanted}.")
    elif _is_one_a_line(path):
        for number, event in json_lines.objects(path):
            yield f"line {number}", event
    else:
        yield from _walked(path, inside=None)


def part(event: Any, *path: str) -> Any:
    """The value at a path of names, None where there is none. Names are compared without case and underscores, as the
    same log has them in several spellings (protoPayload, proto_payload)."""
    for name in path:
        if not isinstance(event, dict):
            return None
        if name in event:
            event = event[name]
            continue
        plain = name.replace("_", "").casefold()
        event = next((value for key, value in event.items() if key.replace("_", "").casefold() == plain), None)
    return event


def text(event: Any, *path: str) -> str:
    """As `part`, for a text; empty where there is none."""
    found = part(event, *path)
    return found if isinstance(found, str) else ""


def parts(event: Any, *path: str) -> list[Any]:
    """As `part`, for a list; empty where there is none. A text that holds JSON is read as what it holds."""
    found = unpacked(part(event, *path))
    return found if isinstance(found, list) else []


def unpacked(found: Any) -> Any:
    """A value, read once more where it is JSON inside a text; None where that is malformed."""
    if isinstance(found, str) and found.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(found)
        except (ValueError, RecursionError):
            return None
    return found


def instant(found: Any) -> int:
    """An instant in ISO 8601 or as a database prints it, or seconds since 1970 in a text. ValueError otherwise."""
    if not isinstance(found, str):
        raise ValueError("is missing")
    plain = _SPACED_OFFSET.sub("", found.strip().removesuffix(" UTC").removesuffix(" Z"))
    if re.fullmatch(r"\d{9,10}(\.\d+)?(E9)?", plain):
        return moments.of_seconds(float(plain))
    return moments.of_text(plain, ZoneInfo("UTC"))


def _is_one_a_line(path: Path) -> bool:
    with files.opened(path) as file:
        first = next((line for line in iter(lambda: file.readline(1 << 20), b"") if line.strip()), b"")
    stripped = first.strip()
    return stripped not in (b"{", b"") and not first.rstrip().endswith((b",", b"[", b"{", b":"))


def _walked(path: Path, inside: str | None) -> Iterator[tuple[str, Event]]:
    walk = Walk(path)
    try:
        for number, _ in enumerate(_values(walk, inside), 1):
            found = walk.value()
            if not isinstance(found, dict):
                raise walk.refusal(f"event {number} is no JSON object")
            yield f"event {number}", found
        walk.end()
    finally:
        walk.close()


def _values(walk: Walk, inside: str | None) -> Iterator[int]:
    if inside is None:
        while walk.begins_with():
            yield 0
    elif not inside:
        yield from walk.elements()
    else:
        for name in walk.members():
            if name == inside:
                yield from walk.elements()
            else:
                walk.value()
