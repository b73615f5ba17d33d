"""Copying: how long a copy of ten million captures takes, and how much memory."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pyarrow.parquet

from data.captures import counts, rollups, segments
from data.captures.schema import SCHEMA
from data.captures.scope import Scope
from data.database import Database
from data.migrations import schema
from data.people.viewer import Role, Viewer
from data.rights.export import cells, lines, pieces, tables, texts
from data.rights.export.archive import write_export
from data.rights.export.pieces import Progress, Source
from data.rights.export.zipped import Zip
from data.sealing.vault import Vault
from tests.bench.reading import MILLION, MONTH, month
from tests.data.captures.people import hire

pq: Any = pyarrow.parquet

MONTHS = 10


def run(report: Callable[[str], None]) -> None:
    """Fill a store with one person's ten million captures, then copy one million and all of them, each in a process of
    its own: memory that does not grow with the person peaks alike."""
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder))
        for name, rate in forms(Path(folder)):
            report(f"a million as {name}: {rate:10,.0f} captures/s of one core's own time")
        for name, rate in duckdb(Path(folder)):
            report(f"a million by DuckDB's COPY, unsealed, as {name}: {rate:10,.0f} rows/s of one core's own time")
        for months in (1, MONTHS):
            command = [sys.executable, "-c", f"from tests.bench import copying; copying.copy({folder!r}, {months})"]
            done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
            seconds, size, peak = done.stdout.split()
            report(
                f"copy of {months} million as JSON Lines, CSV and Parquet:"
                f" {months * MILLION / float(seconds):10,.0f} captures/s, "
                f"{int(size) / months / MILLION:.1f} bytes each, at most {peak} MB of memory (aim 500)"
            )


def forms(root: Path) -> Iterator[tuple[str, float]]:
    """Each form by itself, in captures a second of this process's own time, so that a busy machine counts for less.
    The Parquet files are put into the archive as they are; of the texts it is the writing, and then both packed."""
    database = Database(f"sqlite:///{root / 'bench.db'}")
    vault = Vault.open(root / "keyring", str(root / "segments"))
    with database.reading() as session:
        frozen = tuple(one.id for one in segments.listed(session, 1))
        held = list(segments.read(session, vault, 1))
    source, progress = Source(database, vault, 1, Scope()), Progress(frozen, (0, 0))

    def rate(act: Callable[[], Iterable[object]]) -> float:
        start = process_time()
        deque(act(), maxlen=0)
        return MILLION / (process_time() - start)

    yield "Parquet, into the archive", rate(lambda: tables.tables(source, progress))
    yield "JSON Lines", rate(lambda: (piece for table in held for piece in lines.render(table)))
    yield "CSV", rate(lambda: (piece for table in held for piece in cells.render(table)))
    yield "JSON Lines alone, read, packed and into the archive (aim 1,000,000)", rate(lambda: _alone(source, progress))
    yield "both texts, read, packed and into the archive", rate(lambda: texts.captures(source, progress, {}))
    database.close()


def duckdb(root: Path) -> Iterator[tuple[str, float]]:
    """The same million rows, unsealed, by DuckDB's COPY on one thread; nothing where DuckDB is not installed, which
    the project does not need."""
    if find_spec("duckdb") is None:
        return
    connection: Any = import_module("duckdb").connect()
    pq.write_table(month(), root / "rows.parquet")
    connection.execute("SET threads = 1")
    connection.execute(f"CREATE TABLE rows AS SELECT * FROM '{root / 'rows.parquet'}'")
    for name, options in (
        ("JSON", "FORMAT json"),
        ("JSON, packed", "FORMAT json, COMPRESSION gzip"),
        ("CSV", "FORMAT csv"),
        ("Parquet", "FORMAT parquet, COMPRESSION zstd"),
    ):
        start = process_time()
        connection.execute(f"COPY rows TO '{root / 'rows.out'}' ({options})")
        yield name, MILLION / (process_time() - start)
    connection.close()


def _alone(source: Source, progress: Progress) -> Iterator[object]:
    """What `pieces.captures` does for one of its two texts."""
    with source.database.reading() as session:
        writer, digest = Zip((0, 0)), hashlib.sha256()
        writer.begin("captures.jsonl")
        for table in pieces.rows(session, source, progress):
            for text in lines.render(table):
                digest.update(text)
                yield writer.write(text)
            yield writer.flush()
        yield writer.end()


def copy(folder: str, months: int) -> None:
    """Write the export of the person who has `months` million captures; print seconds, bytes and peak MB."""
    root = Path(folder)
    database = Database(f"sqlite:///{root / 'bench.db'}")
    vault = Vault.open(root / "keyring", str(root / "segments"))
    person = {1: 1, MONTHS: 2}[months]
    viewer = Viewer(person_id=person, roles=frozenset({Role.EMPLOYEE}), name="bench")
    out = root / f"copy-{months}.zip"
    start = perf_counter()
    write_export(database, vault, viewer, person, out)
    seconds = perf_counter() - start
    # Not ru_maxrss: a child begins with the peak of the process that started it.
    peak = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    print(f"{seconds:.2f} {out.stat().st_size} {peak}")


def _fill(root: Path) -> None:
    database = Database(f"sqlite:///{root / 'bench.db'}")
    schema.create(database)
    vault = Vault.create(root / "keyring", str(root / "segments"))
    template = month()
    for name, months in (("small", 1), ("large", MONTHS)):
        with database.writing() as session:
            person = hire(session, name)
        for number in range(months):
            at = template["at"].to_numpy() + (730 + number) * MONTH
            table = template.set_column(0, SCHEMA.field(0), [at])
            with database.writing() as session:
                segments.write(session, vault, person, 1, table)
                counts.add(session, vault, person, rollups.count(table))
    database.close()
