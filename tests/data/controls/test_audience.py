"""Who could read which table: the fast answer against the plainest one, and against PostgreSQL's own."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import make_url

from data.controls.postgres import audience
from data.controls.postgres.audience import READS_ALL
from data.controls.postgres.model import (
    PUBLIC,
    Catalog,
    Grant,
    Membership,
    ObjectKind,
    Policy,
    Role,
    Schema,
    SchemaGrant,
    Table,
)
from tests.data.controls.naive import Naive

SPECIAL = ("pg_read_all_data", "pg_read_server_files")
FULL = tuple(f"s{number % 2}.t{number}" for number in range(5))


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    """Small catalogs with everything in them that decides."""
    count = draw(st.integers(1, 6))
    flag = st.booleans()
    rare = st.integers(0, 9).map(lambda one: one == 0)
    roles = tuple(
        Role(f"r{n}", superuser=draw(rare), login=draw(flag), bypassrls=draw(rare), createrole=draw(rare))
        for n in range(count)
    )
    names = [one.name for one in roles]
    anybody = st.sampled_from([*names, PUBLIC])
    members = tuple(
        # Downwards only, as PostgreSQL refuses circles.
        Membership(role, names[high], draw(flag), draw(flag), draw(rare))
        for high in range(count)
        for role in draw(st.sets(st.sampled_from([*names[:high], *SPECIAL]), max_size=3))
    )
    tables = list[Table]()
    for number, full in enumerate(FULL):
        kind = draw(st.sampled_from([ObjectKind.TABLE, ObjectKind.TABLE, ObjectKind.VIEW, ObjectKind.MATERIALIZED]))
        reads = draw(st.frozensets(st.sampled_from(FULL[:number]), max_size=2)) if number else frozenset[str]()
        schema, name = full.split(".")
        owner, rls = draw(st.sampled_from(names)), draw(flag)
        tables.append(Table(schema, name, owner, rls, draw(flag), kind, reads, draw(flag)))
    grant = st.builds(
        Grant, st.sampled_from(FULL), anybody, st.sampled_from(["SELECT", "SELECT", "INSERT"]),
        st.sampled_from([frozenset[str](), frozenset({"a"})]),
    )  # fmt: skip
    policy = st.builds(
        Policy, st.sampled_from(FULL), st.just("p"), st.frozensets(anybody, min_size=1, max_size=2),
        st.sampled_from(["r", "*", "w"]),
    )  # fmt: skip
    usage = st.builds(SchemaGrant, st.sampled_from(["s0", "s1"]), anybody, st.just("USAGE"))
    return Catalog(
        database="db",
        login="daylight",
        at=0,
        version=draw(st.sampled_from([150000, 160000])),
        roles=roles,
        memberships=members,
        tables=tuple(tables),
        grants=tuple(draw(st.lists(grant, min_size=draw(st.integers(0, 8)), max_size=9))),
        schemas=(Schema("s0", names[0]), Schema("s1", names[-1])),
        schema_grants=tuple(draw(st.lists(usage, min_size=draw(st.integers(0, 3)), max_size=4))),
        policies=tuple(draw(st.lists(policy, min_size=draw(st.integers(0, 4)), max_size=5))),
        connect=draw(st.sampled_from([frozenset({PUBLIC}), frozenset({PUBLIC}), frozenset({names[0]})])),
    )


@given(catalogs())
@settings(max_examples=400)
def test_everybody_at_once_is_what_each_login_and_table_are_by_themselves(catalog: Catalog) -> None:
    """Nobody is left out of an audience, and nobody put into one, because the resolver is quick."""
    found = audience.resolve(catalog)
    for bits, naive in ((found.could, Naive(catalog)), (found.shown, Naive(catalog, shown=True))):
        for row, table in enumerate(found.tables):
            expected = {login for login in found.logins if naive.could(login, table)}
            assert {login for column, login in enumerate(found.logins) if bits[row, column]} == expected, table
    assert not (found.shown & ~found.could).any()
    assert not (found.could & ~found.narrowed & ~found.shown).any()


def plain(*grants: Grant, rls: bool = False, **options: Any) -> Catalog:
    """One table, an owner, somebody else, and an administrator past row-level security."""
    return Catalog(
        "db", "daylight", 0, 160000,
        roles=(Role("own", login=True), Role("ana", login=True), Role("root", login=True, bypassrls=True)),
        tables=(Table("s", "t", "own", rls=rls, **options),),
        grants=grants,
        schema_grants=(SchemaGrant("s", PUBLIC, "USAGE"),),
    )  # fmt: skip


def test_rows_that_row_level_security_may_hide_are_told_apart_and_not_called_safe() -> None:
    """A policy is not worked out: whoever it narrows still counts as somebody who could read."""
    found = audience.resolve(plain(Grant("s.t", PUBLIC, "SELECT"), rls=True))
    assert found.of(["s.t"]) == {"own", "ana", "root"}
    assert found.free(["s.t"]) == {"own", "root"}
    forced = audience.resolve(plain(Grant("s.t", PUBLIC, "SELECT"), rls=True, forced=True))
    assert forced.free(["s.t"]) == {"root"}


def test_a_column_is_enough_to_have_been_able_to_read() -> None:
    """Whoever could read one column could read, and it is told that it was no more."""
    found = audience.resolve(plain(Grant("s.t", "ana", "SELECT", frozenset({"typed"}))))
    assert found.of(["s.t"]) == {"own", "ana"}
    assert [login for column, login in enumerate(found.logins) if found.partly[0, column]] == ["ana"]


@pytest.fixture
def server(postgres_url: str) -> Generator[psycopg.Connection[Any]]:
    """A superuser's connection to a real PostgreSQL; what was made there is gone afterwards."""
    url = make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as connection:
        yield connection
        connection.rollback()


_ORACLE = """
SELECT l.rolname FROM pg_roles l WHERE l.rolcanlogin AND l.rolname LIKE 'au_%%' AND EXISTS (
  SELECT FROM pg_roles r WHERE pg_has_role(l.oid, r.oid, 'SET')
  AND has_schema_privilege(r.oid, %(schema)s, 'USAGE')
  AND (has_any_column_privilege(r.oid, %(table)s, 'SELECT') OR pg_has_role(r.oid, %(owner)s, 'USAGE')))"""


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(6))
def test_postgresql_itself_says_the_same_of_random_grants(server: psycopg.Connection[Any], seed: int) -> None:
    """PostgreSQL decides who may read; an answer of our own that differs from it is wrong."""
    chosen = random.Random(seed)
    roles = [f"au_{number}" for number in range(14)]
    catalog = made(server, chosen, roles)
    found = audience.resolve(catalog)
    for table in catalog.tables:
        asked = {"schema": table.schema, "table": table.full, "owner": table.owner}
        expected = {row[0] for row in server.execute(_ORACLE, asked)}
        assert {one for one in found.of([table.full]) if one.startswith("au_")} == expected, (seed, table.full)


def made(server: psycopg.Connection[Any], chosen: random.Random, roles: list[str]) -> Catalog:
    """Random roles, schemas, tables and grants, made in the server and written down as a catalog."""
    run = server.execute
    held, members = list[Role](), list[Membership]()
    for number, name in enumerate(roles):
        one = Role(name, superuser=chosen.random() < 0.05, login=chosen.random() < 0.7)
        held.append(one)
        run(f"CREATE ROLE {name} {'SUPERUSER' * one.superuser} {'LOGIN' * one.login}".encode())
        for above in chosen.sample(roles[:number] + [READS_ALL] * (number == 9), min(number, 2)):
            inherit, sets = chosen.random() < 0.6, chosen.random() < 0.5
            run(f"GRANT {above} TO {name} WITH INHERIT {inherit}, SET {sets}".encode())
            members.append(Membership(above, name, inherit, sets))
    tables, grants, schemas, usage = list[Table](), list[Grant](), list[Schema](), list[SchemaGrant]()
    for number in range(3):
        owner = chosen.choice(roles)
        run(f"CREATE SCHEMA au{number} AUTHORIZATION {owner}".encode())
        schemas.append(Schema(f"au{number}", owner))
        for grantee in chosen.sample([*roles, PUBLIC], 3):
            run(f"GRANT USAGE ON SCHEMA au{number} TO {grantee}".encode())
            usage.append(SchemaGrant(f"au{number}", grantee, "USAGE"))
    for number in range(8):
        schema, owner = f"au{number % 3}", chosen.choice(roles)
        run(f"CREATE TABLE {schema}.t{number} (a text, b text)".encode())
        run(f"ALTER TABLE {schema}.t{number} OWNER TO {owner}".encode())
        tables.append(Table(schema, f"t{number}", owner))
        for grantee in chosen.sample([*roles, PUBLIC], chosen.randint(0, 4)):
            columns = frozenset({"b"}) if chosen.random() < 0.3 else frozenset[str]()
            named = "(b)" if columns else ""
            run(f"GRANT SELECT {named} ON {schema}.t{number} TO {grantee}".encode())
            grants.append(Grant(f"{schema}.t{number}", grantee, "SELECT", columns))
    return Catalog(
        "db", "daylight", 0, 180000, tuple(held), tuple(members), tuple(tables), tuple(grants), tuple(schemas),
        tuple(usage),
    )  # fmt: skip
