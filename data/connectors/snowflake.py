"""Reads of captures in Snowflake, from rows of ACCOUNT_USAGE.ACCESS_HISTORY as JSON Lines or CSV.

A row names tables and columns and never rows of them, so every read is about everybody whom the table holds. Rows come
late (`latency_minutes`, 180 as Snowflake documents it): what is younger than that before the newest row is not claimed.
Rows that only write show nothing about reads.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from data import instants
from data.accesses.entry import Action
from data.connectors import files, json_events
from data.connectors.holdings import Holding, Holdings, union
from data.connectors.json_events import Event, part, parts, text
from data.connectors.observation import Observation, Tally
from data.connectors.watching import Watch
from data.errors import BadInput

WANTED = "rows of Snowflake's ACCOUNT_USAGE.ACCESS_HISTORY, as JSON Lines or CSV with a header"
_LATENCY = 180 * instants.MINUTE
_NEEDED = ("QUERY_ID", "QUERY_START_TIME", "USER_NAME", "DIRECT_OBJECTS_ACCESSED", "BASE_OBJECTS_ACCESSED")
_NAME = re.compile(r'"((?:[^"]|"")*)"|([^."]+)')


def read(path: Path, holdings: Holdings, tally: Tally) -> Iterator[Observation]:
    """The reads in the file. Raises BadInput naming file, place and reason."""
    first, last = instants.LATEST, instants.EARLIEST
    for place, row in _rows(path):
        tally.line()
        missing = next((name for name in _NEEDED if part(row, name) is None), None)
        if missing:
            raise BadInput(f"{path}, {place}: {missing} is missing, so it is no row of ACCESS_HISTORY.")
        try:
            at = json_events.instant(part(row, "QUERY_START_TIME"))
        except ValueError as error:
            raise BadInput(f"{path}, {place}: its QUERY_START_TIME {error}.") from None
        objects = _objects(path, place, row)
        if objects:
            first, last = min(first, at), max(last, at)
        found = _touched(objects, holdings)
        if not found:
            tally.other += 1
            continue
        yield Observation(
            key=text(row, "QUERY_ID"),
            at=at,
            action=Action.COPY if parts(row, "OBJECTS_MODIFIED") else Action.QUERY,
            account=text(row, "USER_NAME"),
            holdings=found,
            people=union([one.everybody for one in found]),
        )
    # No heartbeat is needed, as the whole account is recorded always: only what comes late is unknown.
    end = last - (holdings.latency or _LATENCY)
    tally.watch = Watch(instants.LATEST, reach=0)
    if end > first:
        tally.watch.seen(first)
        tally.watch.seen(end)


def _objects(path: Path, place: str, row: Event) -> list[Any]:
    """What was read."""
    found: list[Any] = []
    for column in ("DIRECT_OBJECTS_ACCESSED", "BASE_OBJECTS_ACCESSED"):
        objects = json_events.unpacked(part(row, column))
        if not isinstance(objects, list):
            raise BadInput(f"{path}, {place}: {column} is no JSON array.")
        found += objects
    return found


def _touched(objects: list[Any], holdings: Holdings) -> tuple[Holding, ...]:
    found: dict[Holding, None] = {}
    for one in objects:
        names = [quoted.replace('""', '"') or plain for quoted, plain in _NAME.findall(text(one, "objectName"))]
        name, schema, database = [*reversed(names), "", "", ""][:3]
        if name:
            found.update(dict.fromkeys(holdings.tables(name, schema, database)))
    return tuple(found)


def _rows(path: Path) -> Iterator[tuple[str, Event]]:
    files.require_log(path, WANTED)
    with files.opened(path) as file:
        begins = file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if begins in (b"{", b"["):
        yield from json_events.events(path, WANTED)
        return
    csv.field_size_limit(64 << 20)  # lists of columns are longer than the module's own limit of 128 kB
    reader = csv.reader((line for _, line in files.lines(path)), strict=True)
    header: list[str] = []
    number = 1
    try:
        for row in reader:
            if not header:
                header = [name.strip().upper() for name in row]
                absent = next((name for name in _NEEDED if name not in header), None)
                if absent:
                    raise BadInput(f"{path} has no column {absent} on its first line; name {WANTED}.")
            elif len(row) != len(header):
                raise BadInput(f"{path}, line {number}: {len(row)} columns, where the header has {len(header)}.")
            else:
                yield f"line {number}", dict(zip(header, row, strict=True))
            number = reader.line_num + 1
    except csv.Error as error:
        raise BadInput(f"{path}, line {number}: malformed or cut CSV ({error}).") from None
