"""Lines of a csvlog with pgAudit as a server writes them, for tests."""

from __future__ import annotations

import csv
from pathlib import Path

COLUMNS = 26


def line(
    klass: str,
    command: str,
    statement: str,
    *,
    user: str = "bob",
    session: str = "s1",
    sequence: int = 1,
    at: str = "2026-11-03 10:00:00.000 CET",
    rest: str = ",<none>",
    message: str | None = None,
    **columns: str,
) -> list[str]:
    """A line of a csvlog as the server writes it."""
    row = [""] * COLUMNS
    quoted = '"' + statement.replace('"', '""') + '"'
    row[0], row[1], row[5], row[6] = at, user, session, str(sequence)
    row[13] = f"AUDIT: SESSION,{sequence},1,{klass},{command},,,{quoted}{rest}" if message is None else message
    for number, value in columns.items():
        row[int(number.removeprefix("c"))] = value
    return row


def lines(folder: Path, *rows: list[str]) -> Path:
    path = folder / "made.csv"
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def beats(*minutes: int, session: str = "cron", start: int = 1) -> list[list[str]]:
    return [
        line("READ", "SELECT", "SELECT 'daylight heartbeat'", session=session, sequence=number, at=clock(minute))
        for number, minute in enumerate(minutes, start)
    ]


def clock(minute: int) -> str:
    return f"2026-11-03 {10 + minute // 60}:{minute % 60:02}:00.000 CET"
