"""Reconciling: as many reads that an audit saw as were declared, held against each other, and what pages ask of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from data import instants
from data.accesses import log
from data.accesses.accessors import Outside
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.database import Database
from data.looks import history, unexplained
from data.looks.reconciliation import Reconciler
from data.migrations import schema
from data.sealing.vault import Vault
from tests.data.accesses.logging import AT, OFFICER, own

EACH = 50_000
BATCH = 1_000
PEOPLE = 500
LOGINS = tuple(Outside(f"engineer-{number}", "engineer", "Data platform") for number in range(20))


def run(report: Callable[[str], None], each: int = EACH) -> None:
    """Declared and observed over 90 days; then all of them in one crowded hour of one login."""
    report(f"reconciling, {each:,} observed beside {each:,} declared; load of the machine {os.getloadavg()[0]:.1f}")
    for title, step, logins in (("over 90 days", 90 * instants.DAY, LOGINS), ("in an hour", instants.HOUR, LOGINS[:1])):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            database = Database(f"sqlite:///{folder / 'bench.db'}")
            schema.create(database)
            vault = Vault.create(folder / "keyring", str(folder / "segments"))
            start = perf_counter()
            for observed in (False, True):
                _fill(database, vault, each, step // each, logins, observed=observed)
            report(f"  {title}: logging       {2 * each / (perf_counter() - start):12,.0f} entries/s")
            start = perf_counter()
            found = Reconciler().run(database, vault)
            seconds = perf_counter() - start
            report(
                f"  {title}: reconciling   {2 * each / seconds:12,.0f} accesses/s  {found:,} explained, {seconds:.1f} s"
            )
            start = perf_counter()
            Reconciler().run(database, vault)
            report(f"  {title}: once more     {(perf_counter() - start) * 1e3:12.1f} ms")
            for what, ask in (("the officer's queue", _queue), ("a person's page", _page)):
                first, again = (_milliseconds(partial(ask, database, vault)) for _ in range(2))
                report(f"  {title}: {what:20} {first:8.1f} ms, again {again:.1f} ms")
            database.close()


def _fill(
    database: Database, vault: Vault, each: int, step: int, logins: tuple[Outside, ...], *, observed: bool
) -> None:
    for first in range(0, each, BATCH):
        with database.writing() as session:
            log.extend(session, vault, [_entry(one, step, logins, observed) for one in range(first, first + BATCH)])


def _entry(number: int, step: int, logins: tuple[Outside, ...], observed: bool) -> Entry:
    """Every tenth read is of more than was declared."""
    return Entry(
        Action.QUERY,
        (1 + number % PEOPLE,),
        logins[number % len(logins)],
        None if observed else Reason(Purpose.SUPPORT, f"T-{number}"),
        {"kinds": ["key"]},
        5 if observed and number % 10 == 0 else 3,
        AT + number * step,
        "audit" if observed else "ticket system",
        observed,
    )


def _queue(database: Database, vault: Vault) -> None:
    with database.reading() as session:
        unexplained.groups(session, OFFICER, vault)
        unexplained.waiting(session, vault)


def _page(database: Database, vault: Vault) -> None:
    with database.reading() as session:
        history.figures(session, own(1), vault, 1, 0)
        history.about(session, own(1), vault, 1)


def _milliseconds(ask: Callable[[], None]) -> float:
    start = perf_counter()
    ask()
    return (perf_counter() - start) * 1e3
