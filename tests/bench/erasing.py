"""Erasing: how long until a person's ten million captures are unreadable and gone, beside deleting rows from SQLite."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from data.captures import segments
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.database import Database
from data.errors import Unreadable
from data.migrations import schema
from data.people.viewer import Role, Viewer
from data.rights import request, steps, work
from data.rights.states import RequestKind
from data.rights.work import Work
from data.sealing.vault import Vault
from data.settings import Settings
from tests.bench.reading import hire_with, month
from tests.bench.sealing import sqlite_rows

MONTHS = 10


def run(report: Callable[[str], None]) -> None:
    """Erase everything of one person, a kind of another, and as many rows as one of them has from SQLite."""
    template = month()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        database = Database(f"sqlite:///{root / 'bench.db'}")
        schema.create(database)
        vault = Vault.create(root / "keyring", str(root / "segments"))
        settings = Settings(root, "", "", root / "keyring", erasure_seconds=0)
        for name, scope in (("everything", Scope()), ("keystrokes", Scope(kinds=frozenset({Kind.KEY})))):
            person = hire_with(database, vault, name, MONTHS, template)
            _erase(report, _claimed(database, vault, settings, person, scope), name)
        database.close()
        sqlite_rows(root, template)
        seconds = _deleted(root / "rows.db")
        report(f"  1 million rows deleted from SQLite {seconds:6.2f} s, so 10 million {seconds * MONTHS:6.1f} s")


def _claimed(
    database: Database, vault: Vault, settings: Settings, person: Viewer, scope: Scope
) -> tuple[Work, str | None]:
    assert person.person_id is not None
    officer = Viewer(person_id=None, roles=frozenset({Role.OFFICER}), name="bench")
    with database.writing() as session:
        asked = request.open_request(session, person, vault, person.person_id, RequestKind.ERASURE, scope)
        request.decide(session, officer, vault, asked.id, True)
    return work.take(database, vault, settings, asked.id)


def _erase(report: Callable[[str], None], claimed: tuple[Work, str | None], name: str) -> None:
    job, step = claimed
    began, worked, took = perf_counter(), process_time(), dict[str, float]()
    while step is not None:
        start, at = perf_counter(), step
        step = steps.STEPS[RequestKind.ERASURE][step](job)
        took[at] = perf_counter() - start
        if at == "keys" and job.scope.everything:
            report(
                f"erasing {MONTHS} million captures, {name}: unreadable {_unreadable(job, start):.2f} s after the key"
                " step began (aim 1)"
            )
    total, own = perf_counter() - began, process_time() - worked
    parts = ", ".join(f"{one} {seconds:.2f}" for one, seconds in took.items())
    report(f"  {name}: done in {total:.2f} s (aim 10), {own:.2f} s of its own time: {parts}")


def _unreadable(job: Work, start: float) -> float:
    """Seconds from `start` until nothing of the person opens."""
    with job.database.reading() as session:
        try:
            next(iter(segments.read(session, job.vault, job.person_id)))
        except Unreadable:
            return perf_counter() - start
    raise AssertionError("it still opens")


def _deleted(path: Path) -> float:
    connection = sqlite3.connect(path)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    start = perf_counter()
    with connection:
        connection.execute("DELETE FROM rows WHERE person = 1")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    seconds = perf_counter() - start
    connection.close()
    return seconds
