"""The access log at a million entries: writing, publishing, proving, reading one person's, checking all of it."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from data.accesses import log, tree
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.database import Database
from data.looks import history
from data.migrations import schema
from data.proofs import backing, check, publishing, receipt, scan, sight, verify
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.tlog import merkle
from tests.bench.reading import MILLION
from tests.data.accesses.logging import AT, JOB, OFFICER, own

Report = Callable[[str], None]
BATCH = 1000
SINGLE = 2000
THREADS = 8
TIMES = 15  # of which the one in the middle counts
PEOPLE = 500  # each of whom 2,000 of the million entries are about
_DAY = 86_400_000_000  # microseconds
_APART = 365 * _DAY // MILLION  # so that the million is a year's


def run(report: Report, total: int = MILLION) -> None:
    """Fill a log in SQLite, then ask of it what people, witnesses and auditors ask."""
    report(f"access log, {total:,} entries in SQLite; load of the machine {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        schema.create(database)
        vault = Vault.create(folder / "keyring", str(folder / "segments"))
        anchor = Anchor(folder / "checkpoint")
        _write(report, database, vault, folder, total)
        seconds, _ = _timed(lambda: publishing.run(database, vault, anchor))
        report(f"  publishing               {total / seconds:12,.0f} entries/s")
        _prove(report, database, vault, anchor, total)
        _read(report, database, vault)
        _check(report, database, vault, anchor, total)
        report(f"  load of the machine at the end {os.getloadavg()[0]:.1f}")
        database.close()


def looks(first: int, count: int) -> list[Entry]:
    """Looks at one person after the other, by a person or a job."""
    return [
        Entry(
            Action.READ,
            (1 + number % PEOPLE,),
            OFFICER if number % 3 else JOB,
            Reason(Purpose.SUPPORT, f"T-{number}"),
            {"kinds": ["key"]},
            number,
            AT + number * _APART,
        )
        for number in range(first, first + count)
    ]


def _write(report: Report, database: Database, vault: Vault, folder: Path, total: int) -> None:
    plain = sqlite3.connect(folder / "plain.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON"):
        plain.execute(f"PRAGMA {pragma}")
    plain.execute("CREATE TABLE looks (position INTEGER PRIMARY KEY, person, at, action, who, purpose, scope, count)")
    plain.execute("CREATE INDEX one ON looks (person, at)")
    ours = theirs = 0.0
    until = total - 2 * SINGLE
    for first in range(0, until, BATCH):
        batch = looks(first, min(BATCH, until - first))
        ours += _timed(lambda batch=batch: _extend(database, vault, batch))[0]
        theirs += _timed(lambda batch=batch: _insert(plain, batch))[0]
    _pair(report, f"batches of {BATCH:,}", until, ours, theirs, "aim 50,000")
    single = looks(until, SINGLE)  # with the log as large as it gets
    ours, _ = _timed(lambda: [_extend(database, vault, [one]) for one in single])
    theirs, _ = _timed(lambda: [_insert(plain, [one]) for one in single])
    _pair(report, "single appends", SINGLE, ours, theirs, "aim 3,000")
    plain.close()
    _write_at_once(report, database, vault, looks(total - SINGLE, SINGLE))


def _write_at_once(report: Report, database: Database, vault: Vault, single: list[Entry]) -> None:
    """Single appends by several threads, each of which waits for the disk; and what one takes of the process's time."""
    begun = process_time()
    with ThreadPoolExecutor(THREADS) as pool:
        seconds, _ = _timed(lambda: list(pool.map(lambda one: _extend(database, vault, [one]), single)))
    spent = (process_time() - begun) / len(single) * 1e6
    report(
        f"  by {THREADS} threads at once     {len(single) / seconds:12,.0f} entries/s  (aim 3,000); {spent:.0f} us each"
    )


def _extend(database: Database, vault: Vault, entries: list[Entry]) -> None:
    with database.writing() as session:
        log.extend(session, vault, entries)


def _insert(plain: sqlite3.Connection, entries: list[Entry]) -> None:
    """The same looks as rows that nothing proves: one table, no hash, no seal."""
    plain.execute("BEGIN IMMEDIATE")
    plain.executemany(
        "INSERT INTO looks (person, at, action, who, purpose, scope, count) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(one.people[0], one.at, one.action.value, "Olga", "support", str(one.scope), one.count) for one in entries],
    )
    plain.execute("COMMIT")


def _prove(report: Report, database: Database, vault: Vault, anchor: Anchor, total: int) -> None:
    positions = [number * 7919 % total for number in range(1000)]
    with database.reading() as session:
        root, leaf = tree.root(session, total), log.leaf(session, positions[-1]) or b""
        taken = sorted(_timed(lambda at=at: tree.inclusion(session, at, total))[0] for at in positions)
        proof = tree.inclusion(session, positions[-1], total)
    report(f"  inclusion proof          p50 {taken[500] * 1e3:.2f} ms, p99 {taken[990] * 1e3:.2f} ms  (aim 1)")
    hashed = merkle.leaf_hash(leaf)
    climb = _median(lambda: merkle.root_from_inclusion(hashed, positions[-1], total, list(proof)))
    assert merkle.root_from_inclusion(hashed, positions[-1], total, list(proof)) == root
    person = 1 + positions[-1] % PEOPLE
    with database.writing() as session:
        made = receipt.receipt(session, own(person), vault, anchor, person, positions[-1]).as_json().decode()
    whole = _median(lambda: verify.verify(made))
    report(f"  verifying a proof        {climb * 1e3:.3f} ms (aim 0.05); a whole receipt {whole * 1e3:.2f} ms")


def _read(report: Report, database: Database, vault: Vault) -> None:
    """What their page reads (pages/employee/accesses.py), of people whose details nobody opened before in this process,
    and of one again."""

    def page(person: int, days: int) -> None:
        until = AT + MILLION * _APART
        with database.reading() as session:
            backing.of(session, vault, ())
            start = until - days * _DAY
            history.figures(session, own(person), vault, person, start)
            assert len(history.about(session, own(person), vault, person, start=start, limit=100)) == 100
            sight.of(session, vault, start, until)

    people = iter(range(11, 100))
    page(10, 365)  # statements are compiled, and the details of this person remembered
    for which, call in (
        ("as it opens: 30 days", lambda: page(next(people), 30)),
        ("a year of theirs", lambda: page(next(people), 365)),
        ("that year again", lambda: page(10, 365)),
    ):
        begun = process_time()
        taken = _median(call) * 1e3
        spent = (process_time() - begun) / TIMES * 1e3
        report(f"  accesses, {which:22} {taken:.1f} ms, {spent:.1f} of its own time  (aim 20)")


def _check(report: Report, database: Database, vault: Vault, anchor: Anchor, total: int) -> None:
    for with_details, aim in ((False, "  (aim 5)"), (True, "")):
        with database.reading() as session:
            seconds, found = _timed(lambda: check.check(session, vault, anchor, with_details=with_details))  # noqa: B023
        assert found.holds
        report(f"  check, {'details too' if with_details else 'entries, tiles'}    {seconds:8.1f} s{aim}")
    with database.reading() as session:
        seconds, found = _timed(lambda: scan.scan(session, own(1), vault, anchor, 1))
    assert (found.mine, found.entries) == (total // PEOPLE, total)
    report(f"  a person's own scan      {seconds:8.1f} s")


def _pair(report: Report, what: str, count: int, ours: float, theirs: float, aim: str) -> None:
    report(
        f"  {what:24} {count / ours:12,.0f} entries/s  ({aim}), plain rows {count / theirs:10,.0f}:"
        f" {theirs / ours:.2f} times as fast"
    )


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begun = perf_counter()
    found = call()
    return perf_counter() - begun, found


def _median(call: Callable[[], Any], times: int = TIMES) -> float:
    return sorted(_timed(call)[0] for _ in range(times))[times // 2]
