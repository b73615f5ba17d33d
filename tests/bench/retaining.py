"""Retention: how long a run takes for each person of whom something is overdue, and when nothing is."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time

from sqlalchemy import insert

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose
from data.accesses.log import Entry
from data.captures.ingest import ingest
from data.database import Database
from data.migrations import schema
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Role, Viewer
from data.programme import versions
from data.programme.privacy_notice import PrivacyNotice, Promise
from data.rights.retention import running
from data.sealing.vault import Vault
from data.settings import Settings
from tests.data.captures.events import presses
from tests.data.captures.taking import recording

SIZES = (100, 400)  # people, to see whether the time of each grows with them
COMPANY = 70_000
CAPTURES = 200  # of a person that are overdue, and as many that are not
NOTICE = PrivacyNotice(
    "t", "t", "l", (Purpose.TRAINING,), None, (Promise("key", frozenset({"text", "app", "press"}), 30),)
)


def run(report: Callable[[str], None]) -> None:
    """A first run, of which all is overdue, and one after it, of which nothing is."""
    report(f"retention, {CAPTURES} captures overdue of each (SQLite, load {os.getloadavg()[0]:.1f})")
    for people in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            _measure(report, Path(folder), people)


def _measure(report: Callable[[str], None], root: Path, people: int) -> None:
    database = Database(f"sqlite:///{root / 'bench.db'}")
    schema.create(database)
    vault = Vault.create(root / "keyring", str(root / "segments"))
    settings = Settings(root, "", "", root / "keyring", erasure_seconds=0)
    _fill(database, vault, people)
    for name in ("all overdue", "nothing overdue"):
        start, worked = perf_counter(), process_time()
        found = running.run(database, vault, settings, OPERATOR)
        took, own = perf_counter() - start, process_time() - worked
        assert found is not None
        each = took / people
        report(
            f"  {people:4} people, {name:15} {took:7.2f} s ({own:.2f} of its own time), {each * 1000:6.2f} ms each, so"
            f" {COMPANY:,} in {each * COMPANY / 60:6.1f} min"
        )
    database.close()


def _fill(database: Database, vault: Vault, people: int) -> None:
    now = instants.now()
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="Sales"))
        session.flush()
        rows = [
            {"id": one, "email": f"{one}@x", "name": str(one), "department_id": 1, "jurisdiction": "gdpr"}
            for one in range(1, people + 1)
        ]
        session.execute(insert(PersonRow), [row | {"joined_at": 0} for row in rows])
        log.extend(session, vault, [Entry(Action.STORE_MADE, [], OPERATOR, None, {}, 0)])
        officer = Viewer(1, frozenset({Role.EMPLOYEE, Role.OFFICER}), "bench")
        versions.publish(session, officer, vault, NOTICE)
    for person in range(1, people + 1):
        for days in (40, 1):
            found = recording(presses(CAPTURES, now - days * instants.DAY), source=f"of {person}, {days} days ago")
            ingest(database, vault, OPERATOR, person, found)
