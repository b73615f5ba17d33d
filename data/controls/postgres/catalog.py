"""Reading a PostgreSQL catalog into one frozen snapshot, in a transaction that changes nothing.

Any login may read these parts of the catalog, so a probe needs no right to any capture. What it may not see (settings
that only superusers and pg_read_all_settings see, pg_hba.conf, what a function does) stands in `unseen`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import psycopg

from data import instants, pgaudit_settings
from data.controls.postgres.model import (
    PUBLIC,
    Catalog,
    DefaultGrant,
    Grant,
    Membership,
    ObjectKind,
    Policy,
    Role,
    Schema,
    SchemaGrant,
    Table,
)

CONNECT_SECONDS, STATEMENT_SECONDS = 5, 10
SEPARATE_OPTIONS = 160000  # since this version a membership has INHERIT and SET options of its own
SETTINGS = (
    "shared_preload_libraries", *pgaudit_settings.DEFAULTS, "pgaudit.log_rows", "pgaudit.log_relation",
    "logging_collector",
)  # fmt: skip

_OWN = ("user", "database user", "client", "session")  # pg_settings.source of what is no other login's

_ROLES = """
SELECT rolname, rolsuper, rolcanlogin, rolinherit, rolbypassrls, rolcreaterole, rolreplication FROM pg_roles"""
_MEMBERS = """
SELECT r.rolname, m.rolname, {inherit}, {set}, a.admin_option
FROM pg_auth_members a JOIN pg_roles r ON r.oid = a.roleid JOIN pg_roles m ON m.oid = a.member"""
# Whoever owns the database is in this role without a row that says so; public is its schema since PostgreSQL 15.
_OWNERS = """
SELECT o.rolname, r.rolname, {inherit}, true, false FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba, pg_roles o
WHERE d.datname = current_database() AND o.rolname = 'pg_database_owner'"""
_OURS = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
_TABLES = f"""
SELECT c.oid, n.nspname, c.relname, pg_get_userbyid(c.relowner), c.relrowsecurity, c.relforcerowsecurity, c.relkind,
    coalesce(c.reloptions::text[] && ARRAY['security_invoker=true', 'security_invoker=on', 'security_invoker=1'], false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND {_OURS}"""
_READS = """
SELECT r.ev_class, d.refobjid FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass
    AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass AND d.refobjid <> r.ev_class
UNION SELECT inhparent, inhrelid FROM pg_inherits"""
_GRANTS = """
SELECT c.oid, x.grantee, x.privilege_type, x.grantor, NULL FROM pg_class c,
    LATERAL aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) x WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')
UNION ALL SELECT a.attrelid, x.grantee, x.privilege_type, x.grantor, a.attname FROM pg_attribute a,
    LATERAL aclexplode(a.attacl) x WHERE a.attacl IS NOT NULL AND NOT a.attisdropped"""
_SCHEMAS = f"SELECT n.nspname, pg_get_userbyid(n.nspowner) FROM pg_namespace n WHERE {_OURS}"
_SCHEMA_GRANTS = f"""
SELECT n.nspname, x.grantee, x.privilege_type FROM pg_namespace n,
    LATERAL aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) x WHERE {_OURS}"""
_DEFAULTS = """
SELECT pg_get_userbyid(d.defaclrole), coalesce(n.nspname, ''), x.grantee, x.privilege_type
FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace, LATERAL aclexplode(d.defaclacl) x
WHERE d.defaclobjtype = 'r'"""
_POLICIES = """
SELECT p.polrelid, p.polname, p.polroles, p.polcmd::text, pg_get_expr(p.polqual, p.polrelid) = 'true' FROM pg_policy p
WHERE p.polpermissive"""
_CONNECT = """
SELECT x.grantee FROM pg_database d, LATERAL aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) x
WHERE d.datname = current_database() AND x.privilege_type = 'CONNECT'"""
_SWITCHES = """
SELECT setdatabase = 0, coalesce(r.rolname, ''), unnest(setconfig) FROM pg_db_role_setting s
LEFT JOIN pg_roles r ON r.oid = s.setrole
WHERE setdatabase = 0 OR setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_DEFINERS = f"""
SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.prosecdef AND {_OURS} AND EXISTS (
    SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) x WHERE x.grantee <> p.proowner)"""


def read(url: str, *, connect_seconds: int = CONNECT_SECONDS, statement_seconds: int = STATEMENT_SECONDS) -> Catalog:
    """The catalog of the database at `url` (as libpq takes it) as it is now. Raises psycopg.Error."""
    options = f"-c statement_timeout={statement_seconds * 1000} -c lock_timeout={statement_seconds * 1000}"
    # A database without an encoding of its own (SQL_ASCII) would answer in bytes.
    more: dict[str, Any] = {"application_name": "daylight controls", "client_encoding": "utf8"}
    with psycopg.connect(url, connect_timeout=connect_seconds, options=options, **more) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        return _read(connection)


def _read(connection: psycopg.Connection[Any]) -> Catalog:
    def rows(statement: str) -> list[tuple[Any, ...]]:
        return connection.execute(statement.encode()).fetchall()

    ((database, login, version),) = rows(
        "SELECT current_database(), current_user, current_setting('server_version_num')::int"
    )
    # Oid 0 is PUBLIC wherever the catalog names a grantee.
    names: dict[int, str] = {0: PUBLIC, **dict(rows("SELECT oid, rolname FROM pg_roles"))}
    if version >= SEPARATE_OPTIONS:
        members = rows(_MEMBERS.format(inherit="a.inherit_option", set="a.set_option"))
        members += rows(_OWNERS.format(inherit="true"))
    else:
        members = rows(_MEMBERS.format(inherit="m.rolinherit", set="true"))
        members += rows(_OWNERS.format(inherit="r.rolinherit"))
    tables = _tables(rows)
    switches = rows(_SWITCHES)
    values = rows(f"SELECT name, setting, source FROM pg_settings WHERE name IN {SETTINGS!r}")
    settings = {name: value for name, value, _ in values}
    return Catalog(
        database=database,
        login=login,
        at=instants.now(),
        version=version,
        roles=tuple(map(Role._make, rows(_ROLES))),
        memberships=tuple(map(Membership._make, members)),
        tables=tuple(tables.values()),
        grants=_grants(rows(_GRANTS), tables, names),
        schemas=tuple(Schema(*row) for row in rows(_SCHEMAS)),
        schema_grants=tuple(SchemaGrant(schema, _who(names, who), what) for schema, who, what in rows(_SCHEMA_GRANTS)),
        defaults=tuple(
            DefaultGrant(owner, schema, _who(names, who), what) for owner, schema, who, what in rows(_DEFAULTS)
        ),
        policies=tuple(
            Policy(tables[table].full, name, frozenset(_who(names, one) for one in who), command, bool(always))
            for table, name, who, command, always in rows(_POLICIES)
            if table in tables
        ),
        connect=frozenset(_who(names, who) for (who,) in rows(_CONNECT)),
        role_settings=tuple((role, not everywhere, setting) for everywhere, role, setting in switches),
        settings=settings,
        own_settings=frozenset(name for name, _, source in values if source in _OWN),
        unseen=_unseen(settings, rows(_DEFINERS)[0][0]),
    )


def _tables(rows: Any) -> dict[int, Table]:
    listed = rows(_TABLES)
    full = {oid: f"{schema}.{name}" for oid, schema, name, *_ in listed}
    reads: defaultdict[int, set[str]] = defaultdict(set)
    for view, table in rows(_READS):
        if table in full:
            reads[view].add(full[table])
    return {
        oid: Table(schema, name, owner, rls, forced, ObjectKind(kind), frozenset(reads[oid]), bool(invoker))
        for oid, schema, name, owner, rls, forced, kind, invoker in listed
    }


def _grants(listed: list[tuple[Any, ...]], tables: dict[int, Table], names: dict[int, str]) -> tuple[Grant, ...]:
    found: list[Grant] = []
    columns: defaultdict[tuple[int, int, str, int], set[str]] = defaultdict(set)
    for table, who, what, grantor, column in listed:
        if table not in tables:
            continue
        if column is None:
            found.append(Grant(tables[table].full, _who(names, who), what, grantor=_who(names, grantor)))
        else:
            columns[table, who, what, grantor].add(column)
    for (table, who, what, grantor), named in columns.items():
        found.append(Grant(tables[table].full, _who(names, who), what, frozenset(named), _who(names, grantor)))
    return tuple(found)


def _who(names: dict[int, str], oid: int) -> str:
    # A grantee that was dropped meanwhile keeps its number, and nobody can be it.
    return names.get(oid, f"(role {oid}, which is gone)")


def _unseen(settings: dict[str, str], definers: int) -> tuple[str, ...]:
    found = ["from which machines somebody can connect (pg_hba.conf)"]
    if "shared_preload_libraries" not in settings:
        found.append("which libraries the server loads, for which this login needs pg_read_all_settings")
    if definers:
        found.append(
            f"what {definers:,} functions give out that others may call and that run with their owner's rights "
            "(SECURITY DEFINER)"
        )
    return tuple(found)
