"""ActivityWatch: the JSON that "Export all buckets" writes (GET /api/0/export), from aw-server and aw-server-rust.

    {"buckets": {"aw-watcher-window_HOST": {"type": "currentwindow", "client": ..., "hostname": "HOST", ...,
        "events": [{"timestamp": "2026-11-23T17:10:03.770000+00:00", "duration": 10.092, "data": {...}}, ...]}, ...}}

Each event becomes one capture: `at` and `duration` are its own, `device` is the bucket's host, and the bucket's type
decides the kind: currentwindow and web.tab.current are windows, afkstatus is idle, os.hid.input is input, all others
are other. `app` and `title` are columns where the type is a window; `value` is a JSON object of everything else:
{"bucket": id, "client": ..., "type": ..., "data": {what is left of the data}, and any field of the event that is
none of the three above}. An export that ends early is always noticed, because the document is then not closed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from data.captures.recording import Recording
from data.captures.schema import Kind
from data.connectors import files, moments
from data.connectors.fields import storable
from data.connectors.json_stream import Walk
from data.connectors.rows import Row, batched, canonical, is_unicode
from data.errors import BadInput

WANTED = "the JSON file that ActivityWatch's 'Export all buckets' wrote"
_KINDS = {
    "currentwindow": Kind.WINDOW,
    "web.tab.current": Kind.WINDOW,
    "afkstatus": Kind.IDLE,
    "os.hid.input": Kind.INPUT,
}
_HEAD = ("type", "client", "hostname")
_LARGEST = (1 << 63) - 1

Record = dict[str, object]


def read(path: Path, *, zone: ZoneInfo | None = None) -> Recording:
    """The export as a recording; BadInput names file, place and reason (some only while items are read).

    ActivityWatch writes every time with its zone; `zone` is for exports that something else rewrote without one.
    """
    files.require_text(path, WANTED)
    digest = files.digest([path], *([zone.key] if zone else []))
    return Recording("activitywatch", digest, batched(_rows(path, zone)))


def _rows(path: Path, zone: ZoneInfo | None) -> Iterator[Row]:
    unchanged = files.Unchanged(path)
    heads = _Heads(path)
    with closing(Walk(path)) as walk:
        for bucket in _buckets(path, walk):
            yield from _bucket(path, walk, bucket, heads, zone)
        walk.end()
    unchanged.require()


def _buckets(path: Path, walk: Walk) -> Iterator[str]:
    """The ids of the export's buckets, each with the walk standing before its object."""
    if walk.begins_with() != "{":
        raise BadInput(f"{path} is not an ActivityWatch export, which begins with '{{'; name {WANTED}.")
    seen = False
    for name in walk.members():
        if name == "buckets":
            seen = True
            yield from walk.members()
        else:
            walk.value()
    if not seen:
        raise BadInput(f"{path} is not an ActivityWatch export, it has no 'buckets'; name {WANTED}.")


def _bucket(path: Path, walk: Walk, bucket: str, heads: _Heads, zone: ZoneInfo | None) -> Iterator[Row]:
    place = f"{path}, bucket {canonical(bucket)}"
    head: Record = {}
    seen = False
    for name in walk.members():
        if name != "events":
            content = walk.value()
            if name in _HEAD:
                head[name] = content
            continue
        seen = True
        # Servers write the events last; in a file that something else has sorted, what describes them comes later.
        shape = _Shape(place, bucket, head if all(part in head for part in _HEAD) else heads.of(bucket), zone)
        for number in walk.elements():
            event = walk.value()
            try:
                yield shape.row(event)
            except (ValueError, RecursionError) as error:
                reason = error if isinstance(error, ValueError) else "is nested too deeply"
                raise BadInput(f"{place}, event {number}: {reason}.") from None
    if not seen:
        raise BadInput(f"{place}: has no 'events'; export the buckets with their events.")


class _Heads:
    """Type, client and hostname of each bucket, found by a walk of its own the first time somebody asks."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: dict[str, Record] | None = None

    def of(self, bucket: str) -> Record:
        if self._found is None:
            self._found = self._walk()
        return self._found.get(bucket, {})

    def _walk(self) -> dict[str, Record]:
        found: dict[str, Record] = {}
        with closing(Walk(self._path)) as walk:
            for bucket in _buckets(self._path, walk):
                found[bucket] = {}
                for name in walk.members():
                    if name == "events":
                        for _ in walk.elements():
                            walk.value()
                    elif (content := walk.value()) is not None and name in _HEAD:
                        found[bucket][name] = content
        return found


class _Shape:
    """How the events of one bucket become rows."""

    def __init__(self, place: str, bucket: str, head: Record, zone: ZoneInfo | None) -> None:
        for name in _HEAD:
            if not isinstance(head.get(name), str) and (name == "type" or head.get(name) is not None):
                raise BadInput(f"{place}: '{name}' is not a text.")
        self._zone = zone
        host = head.get("hostname")
        self._device = storable(host) if isinstance(host, str) else None
        self._kind = _KINDS.get(str(head["type"]), Kind.OTHER).value
        self._columns = ("app", "title") if self._kind == Kind.WINDOW else ()
        self._origin: Record = {"bucket": bucket, "type": head["type"]}
        if head.get("client") is not None:
            self._origin["client"] = head["client"]
        self._origin_alone = canonical(self._origin)

    def row(self, event: object) -> Row:
        """One event as a row; ValueError gives the reason why not."""
        if not isinstance(event, dict):
            raise ValueError("is not a JSON object")
        rest = cast("Record", event)
        at = _timestamp(rest.pop("timestamp", None), self._zone)
        duration = _duration(rest.pop("duration", None))
        data = rest.pop("data", None)
        if data is None:
            data = {}
        if not isinstance(data, dict):
            raise ValueError("'data' is not a JSON object")
        left = cast("Record", data)
        texts = {name: left[name] for name in self._columns if isinstance(left.get(name), str)}
        for name, text in texts.items():
            if is_unicode(str(text)):
                del left[name]
            else:
                texts[name] = storable(str(text))
        return Row(
            at,
            self._kind,
            duration,
            device=self._device,
            app=cast("str | None", texts.get("app")),
            title=cast("str | None", texts.get("title")),
            value=self._value(left, rest),
        )

    def _value(self, data: Record, rest: Record) -> str:
        if not data and not rest:
            return self._origin_alone
        whole = self._origin | ({"data": data} if data else {})
        for name, content in rest.items():
            whole[name if name not in whole else f"event.{name}"] = content
        return canonical(whole)


def _timestamp(found: object, zone: ZoneInfo | None) -> int:
    if not isinstance(found, str):
        raise ValueError("'timestamp' is not a text")
    try:
        return moments.of_text(found, zone)
    except ValueError as error:
        raise ValueError(f"'timestamp' {error}") from None


def _duration(found: object) -> int | None:
    """Microseconds; a negative one (a clock that was set back) is kept."""
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError("'duration' is not a number of seconds")
    try:
        duration = moments.of_seconds(found)
    except ValueError as error:
        raise ValueError(f"'duration' {error}") from None
    if abs(duration) > _LARGEST:
        raise ValueError("'duration' is too long")
    return duration
