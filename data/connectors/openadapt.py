"""OpenAdapt: the folder of one openadapt-capture session, with recording.db (SQLite) and the video of the screen.

    action_event   move -> pointer, click -> click, scroll -> scroll, press and release -> key, others -> other
    window_event   -> window, with the window's title; its owner, where the recorder noted one, is the app
    screenshot     -> screen, with the picture from the table itself or the video's frame of that moment
    browser_event, audio_info -> other (a recording of sound is kept in `value`, as base64)

Each event keeps its own time, whole to the microsecond nearest to what the recorder stored. An action refers to the
screenshot and carries the title of the window that the recorder bound it to. Every column that has no place in the
capture schema is in `value`, its JSON unpacked. `device` is the recorder's platform, since a session does not say
which machine it was. The recorder's own measurements (performance_stat, memory_stat) are not about a person and are
left out. A session that is not complete, or is not what its own manifest and counts say, is refused.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from data.captures.recording import Display, Recording, Screen
from data.captures.schema import Kind
from data.connectors import files, moments, openadapt_video
from data.connectors.fields import number
from data.connectors.openadapt_session import WANTED, Record, Session, find, opened, rows
from data.connectors.rows import Row, batched, canonical
from data.errors import BadInput

_ACTIONS = {"move": Kind.POINTER, "click": Kind.CLICK, "scroll": Kind.SCROLL, "press": Kind.KEY, "release": Kind.KEY}
_COUNTED = {"action": "action_event", "window": "window_event", "screen": "screenshot", "browser": "browser_event"}
_JSON = ("state", "message", "element_state", "structural_observation", "available_segment_descriptions")


def read(path: Path, *, zone: ZoneInfo | None = None) -> Recording:  # noqa: ARG001  # every source is asked alike
    """The session in the folder `path`; its times are seconds since 1970, so `zone` decides nothing.

    BadInput names file, place and reason (some only while items are read).
    """
    session = find(path)
    return Recording("openadapt", files.digest(session.parts), batched(_items(session)))


def _items(session: Session) -> Iterator[Row | Screen | Display]:
    unchanged = files.Unchanged(*session.parts)
    reading = _Reading(session)
    with opened(session.database) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not {"recording", "action_event"} <= tables:
            raise BadInput(f"{session.database} is not the database of an OpenAdapt session; name {WANTED}.")
        yield from reading.displays(list(rows(connection, "recording")))
        yield from reading.pictures(rows(connection, "screenshot"))
        yield from reading.pictures_in_video(rows(connection, "screenshot"))
        for table, shape in reading.shapes().items():
            yield from reading.each(table, rows(connection, table), shape)
    for name, table in _COUNTED.items():
        found = reading.counted.get(table, 0)
        if found != session.counts.get(name, found):
            counted = f"{table} holds {found} rows where the recorder counted {session.counts[name]}"
            raise BadInput(f"{session.database}: {counted}; copy the session again.")
    unchanged.require()


class _Reading:
    """One pass over one session, and what it must remember: digests of pictures and titles of windows."""

    def __init__(self, session: Session) -> None:
        self.counted: dict[str, int] = {}
        self._session = session
        self._device: str | None = None
        self._video_start: float | None = None
        self._pictures: dict[int, str] = {}  # digest by id of the screenshot
        self._unbound: list[tuple[float, str]] = []  # time and digest of pictures that no screenshot names
        self._windows: dict[int, tuple[str | None, str | None]] = {}  # app and title by id of the window event

    def displays(self, recordings: list[Record]) -> Iterator[Display]:
        """The screens of the machine; also learns its name and when the video began."""
        for recording in recordings:
            device = recording.get("platform")
            self._device = device if isinstance(device, str) else None
            start = recording.get("video_start_time")
            self._video_start = float(start) if isinstance(start, int | float) else None
            if self._device is None:
                continue
            monitors: Any = _unpacked(recording.get("config"))
            for key in ("capture_desktop", "monitors"):
                monitors = cast("Record", monitors).get(key) if isinstance(monitors, dict) else None
            whole = [[0, 0, recording.get("monitor_width"), recording.get("monitor_height")]]
            for monitor in cast("list[Any]", monitors) if isinstance(monitors, list) and monitors else whole:
                if isinstance(monitor, list) and [type(n) for n in cast("list[Any]", monitor)] == [int] * 4:
                    x, y, width, height = cast("list[int]", monitor)
                    yield Display(self._device, width, height, x, y)

    def pictures(self, screenshots: Iterator[Record]) -> Iterator[Screen]:
        """The pictures that stand in the table itself."""
        for row in screenshots:
            data = row.get("png_data")
            if not isinstance(data, bytes):
                continue
            digest = hashlib.sha256(data).hexdigest()
            if row.get("png_sha256") not in (None, digest):
                raise BadInput(f"{self._session.database}, screenshot {row['id']}: its SHA-256 differs; copy it again.")
            self._pictures[row["id"]] = digest
            yield Screen(digest, "image/png", data)

    def pictures_in_video(self, screenshots: Iterator[Record]) -> Iterator[Screen]:
        """The pictures that stand in the video, each once however often it was taken."""
        lacking = [
            (row["id"], row.get("source_ordinal"), row.get("timestamp"))
            for row in screenshots
            if row["id"] not in self._pictures
        ]
        video = self._session.video
        if video is None:
            if lacking and self._video_start is not None:
                raise BadInput(f"{self._session.folder} lacks the video of its screens (.mp4); copy the session again.")
            return
        timing = openadapt_video.timing(video)
        if timing is None and self._session.counts.get("video"):
            raise BadInput(f"{video} lacks the recorder's note about its frames, so it was cut; copy it again.")
        rate = openadapt_video.rate(video) if timing is None and lacking else (0.0, 0)
        by_time = {} if timing is None else {seconds: frame for frame, seconds in timing.captured.items()}
        wanted: dict[int, list[int]] = {}  # ids of screenshots by frame
        for identity, ordinal, seconds in lacking:
            if timing is None:
                frame = self._by_rate(rate, seconds)
            else:
                frame = timing.ordinals.get(cast("int", ordinal), by_time.get(cast("float", seconds)))
            if frame is not None:
                wanted.setdefault(frame, []).append(identity)
        unbound = {} if timing is None else {f: s for f, s in timing.captured.items() if f not in wanted}
        seen: set[str] = set()
        for frame, screen in openadapt_video.frames(video, wanted.keys() | unbound.keys()):
            self._pictures.update(dict.fromkeys(wanted.get(frame, []), screen.digest))
            if frame in unbound:
                self._unbound.append((unbound[frame], screen.digest))
            if screen.digest not in seen:
                seen.add(screen.digest)
                yield screen

    def _by_rate(self, rate: tuple[float, int], seconds: object) -> int | None:
        frames_a_second, count = rate
        if self._video_start is None or not isinstance(seconds, int | float) or not count:
            return None
        return max(0, min(int((seconds - self._video_start) * frames_a_second), count - 1))

    def shapes(self) -> dict[str, Callable[[int, Record], Row]]:
        """How each table's rows become captures. Windows come first, because actions refer to them."""
        return {
            "window_event": self._window,
            "screenshot": self._screenshot,
            "action_event": self._action,
            "browser_event": self._other("browser"),
            "audio_info": self._other("audio"),
        }

    def each(self, table: str, found: Iterator[Record], shape: Callable[[int, Record], Row]) -> Iterator[Row]:
        """The table's rows as captures; BadInput names the row that is wrong."""
        for row in found:
            self.counted[table] = self.counted.get(table, 0) + 1
            place = f"{self._session.database}, {table} {row.get('id')}"
            try:
                yield shape(_instant(row.pop("timestamp", None)), row)
            except (ValueError, RecursionError) as error:
                reason = error if isinstance(error, ValueError) else "nested too deeply"
                raise BadInput(f"{place}: {reason}.") from None
        if table == "screenshot":
            for seconds, digest in self._unbound:
                yield Row(_instant(seconds), Kind.SCREEN.value, device=self._device, screen=digest)

    def _action(self, at: int, row: Record) -> Row:
        name = row.pop("name", None)
        if not isinstance(name, str):
            raise ValueError("'name' is not a text")
        kind = _ACTIONS.get(name, Kind.OTHER)
        down = name == "press" if kind == Kind.KEY else row.pop("mouse_pressed", None)
        if kind == Kind.CLICK and down is None:
            raise ValueError("'mouse_pressed' is missing")
        if down not in (None, 0, 1):
            raise ValueError("'mouse_pressed' is neither true nor false")
        if kind == Kind.OTHER:
            row["name"] = name
        key = next((part for part in ("key_char", "key_name", "key_vk") if part in row), None)
        app, title = self._windows.get(row.get("window_event_id", -1), (None, None))
        return Row(
            at,
            kind.value,
            down=None if down is None else bool(down),
            device=self._device,
            app=app,
            title=title,
            x=_coordinate(row, "mouse_x"),
            y=_coordinate(row, "mouse_y"),
            dx=_coordinate(row, "mouse_dx"),
            dy=_coordinate(row, "mouse_dy"),
            button=_text(row, "mouse_button_name"),
            text=_text(row, key) if key else None,
            value=_value(row),
            screen=self._pictures.get(row.get("screenshot_id", -1)),
        )

    def _window(self, at: int, row: Record) -> Row:
        title = _text(row, "title")
        state: Any = _unpacked(row.get("state"))
        owner = cast("Record", state).get("owner") if isinstance(state, dict) else None
        app = owner if isinstance(owner, str) else None
        self._windows[row["id"]] = (app, title)
        return Row(at, Kind.WINDOW.value, device=self._device, app=app, title=title, value=_value(row))

    def _screenshot(self, at: int, row: Record) -> Row:
        row.pop("png_data", None)
        digest = self._pictures.get(row["id"])
        return Row(at, Kind.SCREEN.value, device=self._device, value=_value(row), screen=digest)

    def _other(self, event: str) -> Callable[[int, Record], Row]:
        return lambda at, row: Row(at, Kind.OTHER.value, device=self._device, value=_value({"event": event} | row))


def _instant(found: object) -> int:
    try:
        return moments.within(moments.of_seconds(number(found)))
    except ValueError as error:
        raise ValueError(f"'timestamp' {error}") from None


def _coordinate(row: Record, name: str) -> float | None:
    found = row.pop(name, None)
    try:
        return None if found is None else number(found)
    except ValueError as error:
        raise ValueError(f"'{name}' {error}") from None


def _text(row: Record, name: str) -> str | None:
    found = row.pop(name, None)
    if found is not None and not isinstance(found, str):
        raise ValueError(f"'{name}' is not a text")
    return found


def _value(row: Record) -> str:
    """What is left of a row, JSON columns unpacked and bytes as base64."""
    whole: Record = {}
    for name, found in row.items():
        content: Any = _unpacked(found) if name in _JSON else found
        if content is not None:
            whole[name] = base64.b64encode(content).decode() if isinstance(content, bytes) else content
    return canonical(whole)


def _unpacked(found: object) -> object:
    if not isinstance(found, str):
        return found
    try:
        return json.loads(found)
    except (ValueError, RecursionError):
        return found
