"""Exposures at 70,000 people: who could read 200 tables, and one person's card."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from data import instants
from data.accesses import coverage, log
from data.accesses.accessors import Outside
from data.accesses.coverage import Span
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.database import Database
from data.exposures import card, record
from data.exposures.exposure import Open
from data.migrations import schema
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Viewer
from data.sealing.vault import Vault
from tests.bench import looking

PEOPLE = 70_000
AT = 1_793_000_000_000_000


def run(report: Callable[[str], None], people: int = PEOPLE) -> None:
    """Look at who could read each table, open an exposure of the whole company to itself, and read a card of it."""
    report(f"exposures, {people:,} people, {looking.TABLES} tables; load of the machine {os.getloadavg()[0]:.1f}")
    looking.run(report, people)
    audience_of = {f"login{number}": 1 + number for number in range(people)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        schema.create(database)
        _card(report, database, Vault.create(folder / "keyring", str(folder / "segments")), audience_of, people)
        database.close()


def _card(
    report: Callable[[str], None], database: Database, vault: Vault, audience_of: dict[str, int], people: int
) -> None:
    """Five exposures of everybody to everybody, and a person with 500 looks in them."""
    with database.writing() as session:
        session.add(DepartmentRow(id=1, name="All"))
        session.flush()
        fields = {"department_id": 1, "jurisdiction": "gdpr", "joined_at": 0}
        session.add_all(PersonRow(id=1 + n, email=f"{n}@x.org", name=f"P {n}", **fields) for n in range(people))
    for number in range(5):
        at = AT + number * instants.DAY
        for found, then in (
            ((Open("captures", ("s0.t0",), audience_of, kinds=("key",)),), at),
            ((), at + instants.HOUR),
        ):
            start = perf_counter()
            with database.writing() as session:
                record.observe(session, vault, "warehouse", found, last_good=at - instants.HOUR, now=then)
            if not number:
                report(
                    f"  {'opening' if found else 'closing'} an exposure of all to all {perf_counter() - start:8.2f} s"
                )
    with database.writing() as session:
        coverage.record(session, vault, OPERATOR, [Span("warehouse", AT, None, "")])
        engineers = [Outside(f"login{n}", "engineer", "Data") for n in range(20)]
        log.extend(session, vault, [_look(n, engineers[n % 20]) for n in range(500)])
    viewer = Viewer(1, frozenset(), "P 0")
    times: list[tuple[float, float]] = []
    counted = 0
    for _ in range(21):
        with database.reading() as session:
            start, own = perf_counter(), process_time()
            counted = sum(each.did.looks for each in card.card(session, viewer, vault).mine)
            times.append((1e3 * (perf_counter() - start), 1e3 * (process_time() - own)))
    wall, own = (median(one) for one in zip(*times[1:], strict=True))
    first = f"first {times[0][0]:.1f} ms; {counted} looks in 5 exposures"
    report(f"  a person's card                {wall:8.1f} ms, {own:.1f} ms of its own time; {first}")


def _look(number: int, who: Outside) -> Entry:
    at = AT + number % 5 * instants.DAY + number * instants.SECOND
    scope = {"what": "captures", "kinds": ["key"]}
    return Entry(Action.QUERY, (1,), who, None, scope, 3, at, "warehouse", True)
