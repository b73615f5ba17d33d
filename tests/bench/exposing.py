"""Exposures at 70,000 people: who could read 200 tables, and one person's card."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from time import perf_counter

from data.controls.postgres import audience
from data.controls.postgres.model import PUBLIC, Catalog, Grant, Membership, Role, Schema, SchemaGrant, Table

PEOPLE, TABLES, GROUPS = 70_000, 200, 500


def run(report: Callable[[str], None], people: int = PEOPLE) -> None:
    """Resolve, and count who could read each table."""
    report(f"exposures, {people:,} people, {TABLES} tables; load of the machine {os.getloadavg()[0]:.1f}")
    found = catalog(people)
    start = perf_counter()
    reached = audience.resolve(found)
    report(f"  who could read each table      {perf_counter() - start:8.2f} s  {int(reached.could.sum()):,} pairs")


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
