"""Exposures at 70,000 people: who could read 200 tables, and one person's card."""

from __future__ import annotations

import os
import random
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
from data.controls.postgres import audience
from data.controls.postgres.model import PUBLIC, Catalog, Grant, Membership, Role, Schema, SchemaGrant, Table
from data.database import Database
from data.exposures import card, record
from data.exposures.exposure import Open
from data.migrations import schema
from data.people.tables import DepartmentRow, PersonRow
from data.people.viewer import OPERATOR, Viewer
from data.sealing.vault import Vault

PEOPLE, TABLES, GROUPS = 70_000, 200, 500
AT = 1_793_000_000_000_000


def run(report: Callable[[str], None], people: int = PEOPLE) -> None:
    """Resolve who could read each table, open an exposure of the whole company to itself, and read a card of it."""
    report(f"exposures, {people:,} people, {TABLES} tables; load of the machine {os.getloadavg()[0]:.1f}")
    found = catalog(people)
    start, own = perf_counter(), process_time()
    reached = audience.resolve(found)
    took = f"{perf_counter() - start:8.2f} s, {process_time() - own:.2f} s of its own time"
    report(f"  who could read each table      {took}; {int(reached.could.sum()):,} pairs")
    audience_of = {name: 1 + number for number, name in enumerate(sorted(reached.of(["s0.t0"])))}
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


def catalog(people: int) -> Catalog:
    """Everybody has a login in three of 500 groups, which are in one another; each table is given to several groups,
    one of them to everybody."""
    chosen = random.Random(7)
    groups, logins = [f"g{n}" for n in range(GROUPS)], [f"login{n}" for n in range(people)]
    members = [Membership(groups[n - n % 5], groups[n], inherit=n % 2 > 0) for n in range(GROUPS) if n % 5]
    members += [
        Membership(chosen.choice(groups), login, inherit=n % 3 > 0, set=n % 3 < 2)
        for n, login in enumerate(logins)
        for _ in range(3)
    ]
    tables = tuple(Table(f"s{n % 10}", f"t{n}", "owner") for n in range(TABLES))
    grants = [Grant(one.full, chosen.choice(groups), "SELECT") for one in tables for _ in range(5)]
    grants.append(Grant(tables[0].full, PUBLIC, "SELECT"))
    return Catalog(
        "captures",
        "daylight",
        0,
        160000,
        roles=(Role("owner"), *(Role(one) for one in groups), *(Role(one, login=True) for one in logins)),
        memberships=tuple(members),
        tables=tables,
        grants=tuple(grants),
        schemas=tuple(Schema(f"s{n}", "owner") for n in range(10)),
        schema_grants=tuple(SchemaGrant(f"s{n}", PUBLIC, "USAGE") for n in range(10)),
    )
