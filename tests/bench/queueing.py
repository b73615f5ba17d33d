"""The officers' queue with a thousand open requests: its domain calls, and a whole rerun of its page.

The store is the demo's first dozen people with few captures: what is listed does not depend on those. The requests are
opened as people open them, one at a time.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from data import instants
from data.captures.scope import Scope
from data.people import person
from data.people.viewer import Role, Viewer
from data.rights import queue, record
from data.rights import request as requests
from data.rights.queue import Due, Filter, Whose
from data.rights.states import RequestKind
from data.rights.tables import RequestRow
from data.settings import Settings
from data.store import Store, open_store
from tests.bench import rerun
from tests.demo import company, loading, processes
from tests.demo.site import open_site

OPEN = 1_000
TIMES = 40
MOST = 50  # milliseconds
OFFICER = "Ingrid Solheim"
PEOPLE = 12


def run(report: Callable[[str], None]) -> None:
    """Measure, with the load of the machine beside it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        people = [one for one in company.people() if one.name == OFFICER or one.roles == ()][: PEOPLE + 1]
        people = people if any(one.name == OFFICER for one in people) else [company.named(OFFICER), *people]
        loading.load(store, people, until=instants.now(), density=0.02)
        opened = open_store(Settings.from_environment({}, store=str(store)))
        _fill(opened, [one.email for one in people if one.name != OFFICER])
        report(f"{OPEN:,} open requests, a page of 25 (load {os.getloadavg()[0]:.1f}; at most {MOST} ms)")
        _domain(report, opened)
        with open_site(store, Path(folder), processes.free_port(), processes.free_port()) as site:
            report("  a whole rerun of the page, over the app's own socket")
            rerun.measure(report, site, OFFICER, "queue", MOST)
            report("  beside it, the same officer's overview")
            rerun.measure(report, site, OFFICER)
        report(f"  (load {os.getloadavg()[0]:.1f} at the end)")


def _fill(opened: Store, emails: list[str]) -> None:
    """Each person asks for the deletion of one day after another, until there are enough."""
    with opened.database.reading() as session:
        found = [person.by_email(session, email) for email in emails]
    for number in range(OPEN):
        who = found[number % len(found)]
        viewer = Viewer(who.id, frozenset({Role.EMPLOYEE}), who.name, who.email)
        day = number // len(found) * instants.DAY
        with opened.database.writing() as session:
            scope = Scope(start=instants.parse("2020-01-01") + day, end=instants.parse("2020-01-02") + day)
            requests.open_request(session, viewer, opened.vault, who.id, RequestKind.ERASURE, scope)


def _domain(report: Callable[[str], None], opened: Store) -> None:
    with opened.database.reading() as session:
        officer = person.viewer(session, person.by_email(session, company.named(OFFICER).email))
    narrow = Filter(due=frozenset({Due.LATER}), whose=frozenset({Whose.NOBODYS}), text="a")
    for name, wanted in (("everything", queue.WAITS), ("narrowed by day, officer and name", narrow)):
        taken: list[float] = []
        for _ in range(TIMES):
            begun = perf_counter()
            with opened.database.reading() as session:
                queue.figures(session, officer)
                found = queue.page(session, officer, wanted)
            taken.append((perf_counter() - begun) * 1000)
            assert found.matching >= OPEN
        report(f"  figures and a page, {name}  {statistics.median(taken):8.1f} ms ({min(taken):.1f} at best)")
    begun = perf_counter()
    with opened.database.reading() as session:
        for row in session.query(RequestRow):
            record.of(session, opened.vault, row)
    report(f"  all of them unsealed, as before  {(perf_counter() - begun) * 1000:8.1f} ms, once")
