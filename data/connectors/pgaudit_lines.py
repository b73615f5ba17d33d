"""The lines of a PostgreSQL log, csvlog or jsonlog, and the messages of pgAudit in them (its README, "Format").

A log that is still written to ends in the middle of a line at times: it is refused until it is whole.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from data import instants
from data.connectors import files, json_lines
from data.errors import BadInput

WANTED = "a log of PostgreSQL with pgAudit, as csvlog or jsonlog"
AUDIT = "AUDIT: "
# PostgreSQL 9.4 to 12, 13, 14 and later.
_COLUMNS = (23, 24, 26)
_LONGEST_FIELD = 64 << 20
_TIME = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\.(\d{3}) (\S+)", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d)(?::?(\d\d))?", re.ASCII)
_FATAL = ("FATAL", "PANIC")
_UTC = frozenset({"UTC", "GMT", "UCT", "Z"})


class Line(NamedTuple):
    """A line of the log as it matters here. `number` is where it begins in the file; `server`: it is not of a client's
    session; `worker`: a parallel worker says again what its leader, a process, said; `genuine`: no statement of a
    user's raised it; `fatal`: it ends its session."""

    number: int
    time: str
    user: str
    database: str
    session: str
    sequence: int
    message: str
    application: str
    server: bool
    worker: bool
    genuine: bool
    fatal: bool
    leader: int


class Audit(NamedTuple):
    """A message of pgAudit. `parameters` are as text, None where NULL; None when they were not logged. `by_object`: as
    one table is audited for all (pgaudit.role), which says nothing of others."""

    statement_id: int
    substatement_id: int
    klass: str
    command: str
    object_type: str
    object_name: str
    statement: str
    parameters: tuple[str | None, ...] | None
    rows: int | None
    by_object: bool = False


def lines(path: Path) -> Iterator[Line]:
    """The lines in order. Raises BadInput naming the line."""
    files.require_log(path, WANTED)
    # The module's own limit of 128 kB is shorter than statements can be, and the messages of both forms are CSV.
    csv.field_size_limit(_LONGEST_FIELD)
    with files.opened(path) as file:
        first = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return _json(path) if first == b"{" else _csv(path)


def audit(message: str) -> Audit:
    """The parts of a message that begins with AUDIT. ValueError when it is none of pgAudit's."""
    try:
        (fields,) = csv.reader([message[len(AUDIT) :]], strict=True)
    except csv.Error as error:
        raise ValueError(str(error)) from None
    if len(fields) not in (9, 10) or fields[0] not in ("SESSION", "OBJECT"):
        raise ValueError(f"it has {len(fields)} fields")
    rows = fields[9] if len(fields) == 10 else ""
    return Audit(
        int(fields[1]),
        int(fields[2]),
        fields[3],
        fields[4],
        fields[5],
        fields[6],
        fields[7],
        _parameters(fields[8]),
        int(rows) if rows.isdecimal() else None,
        fields[0] == "OBJECT",
    )


class Clock:
    """Turns the log's times into instants; most lines share their second with the line before."""

    def __init__(self, zone: ZoneInfo | None) -> None:
        self._zone = zone
        self._second, self._at = "", 0

    def at(self, time: str) -> int:
        """Microseconds UTC. ValueError with the reason."""
        if len(time) > 23 and time[:19] + time[23:] == self._second and time[20:23].isdecimal():
            return self._at + int(time[20:23]) * 1000
        found = _TIME.fullmatch(time)
        if found is None:
            raise ValueError(f"{time[:40]!r} is no time of a PostgreSQL log")
        moment = datetime.fromisoformat(found[1])
        self._at = instants.of(self._zoned(moment, found[3]))
        self._second = time[:19] + time[23:]
        return self._at + int(found[2]) * 1000

    def _zoned(self, moment: datetime, name: str) -> datetime:
        if name in _UTC:
            return moment.replace(tzinfo=timezone.utc)  # noqa: UP017 (beside the next line)
        if offset := _OFFSET.fullmatch(name):
            east = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
            return moment.replace(tzinfo=timezone(-east if offset[1] == "-" else east))
        if self._zone is None:
            raise ValueError(f'its times are in {name[:20]!r}; name the log_timezone as zone = "..." in [source]')
        for fold in (0, 1):
            found = moment.replace(tzinfo=self._zone, fold=fold)
            if found.tzname() == name:
                return found
        raise ValueError(f"its times are in {name[:20]!r}, which is not the time of {self._zone.key} on that day")


def _csv(path: Path) -> Iterator[Line]:
    last = ""

    def texts() -> Iterator[str]:
        nonlocal last
        for _, last in files.lines(path):
            yield last

    reader = csv.reader(texts(), strict=True)
    number = 1
    try:
        for row in reader:
            if len(row) not in _COLUMNS:
                if not last.endswith("\n"):
                    raise BadInput(f"{path}, line {number}: the file ends in the middle of this line, so it was cut.")
                raise BadInput(f"{path}, line {number}: {len(row)} columns, where a csvlog has 23, 24 or 26.")
            yield _of_row(path, number, row)
            number = reader.line_num + 1
    except csv.Error as error:
        cut = "the file ends in the middle of this line, so it was cut" if "end of data" in str(error) else str(error)
        raise BadInput(f"{path}, line {number}: {cut}.") from None
    if not last.endswith("\n"):
        raise BadInput(f"{path}, line {number - 1}: the file ends in the middle of this line, so it was cut.")


def _of_row(path: Path, number: int, row: list[str]) -> Line:
    if not row[6].isdecimal() or not row[5]:
        raise BadInput(f"{path}, line {number}: it has no session and line number as a csvlog has.")
    backend = row[23] if len(row) > 23 else ""
    return Line(
        number=number,
        time=row[0],
        user=row[1],
        database=row[2],
        session=row[5],
        sequence=int(row[6]),
        message=row[13],
        application=row[22],
        server=not row[1],
        worker=backend == "parallel worker" or bool(row[24] if len(row) > 24 else ""),
        genuine=not row[18],
        fatal=row[11] in _FATAL,
        leader=int(row[24]) if len(row) > 24 and row[24].isdecimal() else 0,
    )


def _json(path: Path) -> Iterator[Line]:
    for number, found in json_lines.objects(path):
        try:
            yield Line(
                number=number,
                time=_text(found, "timestamp"),
                user=_text(found, "user"),
                database=_text(found, "dbname"),
                session=_text(found, "session_id", needed=True),
                sequence=_whole(found, "line_num"),
                message=_text(found, "message"),
                application=_text(found, "application_name"),
                server=not found.get("user"),
                worker=found.get("backend_type") == "parallel worker" or bool(found.get("leader_pid")),
                genuine=not found.get("context"),
                fatal=found.get("error_severity") in _FATAL,
                leader=_whole(found, "leader_pid") if found.get("leader_pid") else 0,
            )
        except ValueError as error:
            raise BadInput(f"{path}, line {number}: {error}, so it is no line of a jsonlog.") from None


def _text(found: json_lines.Record, name: str, *, needed: bool = False) -> str:
    text = found.get(name, "")
    if not isinstance(text, str) or (needed and not text):
        raise ValueError(f"{name} is {'missing' if needed else 'no text'}")
    return text


def _whole(found: json_lines.Record, name: str) -> int:
    number = found.get(name)
    if not isinstance(number, int) or isinstance(number, bool):
        raise ValueError(f"{name} is no whole number")
    return number


def _parameters(text: str) -> tuple[str | None, ...] | None:
    """The values that were given for $1, $2 ... NULL and an empty text look the same, and match nobody either way."""
    if text == "<none>":
        return ()
    if text in ("<not logged>", "<previously logged>", ""):
        return None
    try:
        (fields,) = csv.reader([text], strict=True)
    except (csv.Error, ValueError):
        return None
    # A long value is left out by pgaudit.log_parameter_max_size.
    return tuple(None if "<long param" in field else field for field in fields)
