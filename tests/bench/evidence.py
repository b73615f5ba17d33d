"""Evidence from outside: lines of a pgAudit log that are parsed a second, with a few shapes of statements that come
again and again about different people, and the whole import of such a log."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from data.connectors import evidence, pgaudit
from data.connectors.holdings import Holding, Holdings, Lookup, TableName
from data.connectors.observation import Tally
from data.connectors.watching import Watch
from data.database import Database
from data.migrations import schema
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from tests.data.captures.people import hire

LINES = 100_000
PEOPLE = 200
_SHAPES = (
    "SELECT * FROM captures WHERE email = '{}' AND at > {}",
    "SELECT c.at, c.content FROM public.captures c JOIN devices d ON d.id = c.device WHERE c.email IN ('{}') LIMIT {}",
    "WITH mine AS (SELECT * FROM captures WHERE email = '{}') SELECT count(*) FROM mine WHERE at > {}",
    "COPY (SELECT * FROM captures WHERE email = '{}' ORDER BY at LIMIT {}) TO STDOUT",
    "SELECT name FROM lunch WHERE who = '{}' AND day = {}",
)
_HOLDINGS = """[source]
name = "audit"
heartbeat_minutes = 15
[[holding]]
name = "captures"
tables = ["public.captures"]
column = "email"
lookup = "email"
"""


def run(report: Callable[[str], None]) -> None:
    """Parse alone, then import."""
    report(f"evidence, a pgAudit log of {LINES:,} lines (csvlog) in {len(_SHAPES)} shapes about {PEOPLE} people")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path, file = folder / "audit.csv", folder / "holdings.toml"
        _write(path)
        file.write_text(_HOLDINGS)
        emails = {_email(number): number for number in range(PEOPLE)}
        captures = Holding(
            "captures", (TableName("captures", "public"),), column="email", lookup=Lookup("email", emails)
        )
        holdings = Holdings("audit", (captures,))
        start = perf_counter()
        found = sum(1 for _ in pgaudit.read(path, holdings, Tally(Watch(900_000_000))))
        seconds = perf_counter() - start
        report(f"  parsed                {LINES / seconds:12,.0f} lines/s  {found:,} reads of captures")
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        schema.create(database)
        with database.writing() as session:
            for number in range(PEOPLE):
                hire(session, f"person{number}")
        vault = Vault.create(folder / "keyring", str(folder / "segments"))
        start = perf_counter()
        with database.writing() as session:
            imported = evidence.load(session, OPERATOR, vault, pgaudit.read, path, file)
        seconds = perf_counter() - start
        database.close()
        report(f"  whole import          {LINES / seconds:12,.0f} lines/s  {imported.added:,} entries added to the log")


def _email(number: int) -> str:
    return f"person{number}@example.org"


def _write(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for number in range(LINES):
            statement = _SHAPES[number % len(_SHAPES)].format(_email(number * 7 % PEOPLE), number)
            second = number // 20
            row = [""] * 26
            row[0] = (
                f"2026-11-03 {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}.{number % 1000:03} UTC"
            )
            row[1], row[2], row[3], row[5], row[6] = (
                "engineer",
                "lake",
                "77",
                f"6b04c073.{number % 50:x}",
                str(1 + number // 50),
            )
            row[11], row[12] = "LOG", "00000"
            row[13] = f'AUDIT: SESSION,{1 + number // 50},1,READ,SELECT,,,"{statement}",<none>'
            row[22], row[23] = "psql", "client backend"
            writer.writerow(row)
