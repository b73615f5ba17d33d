"""Charts and pages beside the same questions asked of rows in SQLite, clustered by person and time."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from data.captures import browse, timeline
from data.captures.scope import Filter
from data.captures.summary import summary
from data.database import Database
from data.migrations import schema
from data.sealing.vault import Vault
from tests.bench.reading import ZONE, hire_with, month
from tests.bench.sealing import sqlite_rows

RUNS = 7
_WEEK = "SELECT strftime('%w', at / 1000000, 'unixepoch') d, strftime('%H', at / 1000000, 'unixepoch') h, count(*)"
ROWS = {
    "overview": "SELECT kind, count(*), min(at), max(at), sum(down) FROM rows WHERE person = 1 GROUP BY kind",
    "heat map": f"{_WEEK} FROM rows WHERE person = 1 GROUP BY d, h",
    "by app": "SELECT app, count(*) FROM rows WHERE person = 1 GROUP BY app",
    "page, newest": "SELECT * FROM rows WHERE person = 1 ORDER BY at DESC LIMIT 100",
    "page, text that is nowhere": (
        "SELECT * FROM rows WHERE person = 1 AND (title LIKE '%no such%' OR text LIKE '%no such%')"
        " ORDER BY at DESC LIMIT 100"
    ),
}


def run(report: Callable[[str], None]) -> None:
    """One person's million captures, each question in turn of Daylight and of the rows."""
    table = month()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        schema.create(database)
        vault = Vault.create(folder / "keyring", str(folder / "segments"))
        me = hire_with(database, vault, "small", 1, table)
        person = me.person_id or 0
        asked: dict[str, Callable[[Any], Any]] = {
            "overview": lambda session: summary(session, me, vault, person),
            "heat map": lambda session: timeline.week(session, me, vault, person, Filter(), ZONE),
            "by app": lambda session: timeline.apps(session, me, vault, person, Filter()),
            "page, newest": lambda session: browse.page(session, me, vault, person, Filter()),
            "page, text that is nowhere": lambda session: browse.page(
                session, me, vault, person, Filter(text="no such")
            ),
        }
        sqlite_rows(folder, table)
        rows = sqlite3.connect(folder / "rows.db")
        report("charts and pages of one person's million, beside SQL over the same rows in SQLite")
        for question, ask in asked.items():
            ours, theirs = _pairs(database, ask, rows, ROWS[question])
            report(
                f"  {question:28} {ours * 1000:8.1f} ms, rows {theirs * 1000:8.1f} ms:"
                f" {theirs / ours:7.2f} times as fast"
            )
        rows.close()
        database.close()


def _pairs(database: Database, ask: Callable[[Any], Any], rows: sqlite3.Connection, sql: str) -> tuple[float, float]:
    """Medians in seconds of both, asked in turns."""
    ours, theirs = list[float](), list[float]()
    for _ in range(RUNS):
        begun = perf_counter()
        with database.reading() as session:
            ask(session)
        middle = perf_counter()
        rows.execute(sql).fetchall()
        ours.append(middle - begun)
        theirs.append(perf_counter() - middle)
    return sorted(ours)[RUNS // 2], sorted(theirs)[RUNS // 2]
