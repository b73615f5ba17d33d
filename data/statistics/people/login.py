"""A login of PostgreSQL, for an organizer's own tools, that reads published releases and nothing else: it connects to
the database beside the store's (beside.py), and to the store's own not at all."""

from __future__ import annotations

import re
import secrets
from contextlib import closing
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.database import Database, lock
from data.errors import BadInput, Conflict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from data.statistics.people import beside

_MADE = "Reads the releases of Daylight and nothing else"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Relations of people, in any column and any way, that somebody could touch beside the releases.
_TOUCHES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
AND n.nspname || '.' || c.relname <> :table
AND (has_table_privilege(:name, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
     OR has_any_column_privilege(:name, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES'))
UNION ALL
SELECT n.nspname || '.' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
AND has_schema_privilege(:name, n.oid, 'USAGE') AND has_function_privilege(:name, p.oid, 'EXECUTE')
ORDER BY 1
"""
# What a login is a member of, and so may become.
_GROUPS = """
SELECT quote_ident(r.rolname) FROM pg_auth_members m
JOIN pg_roles r ON r.oid = m.roleid JOIN pg_roles u ON u.oid = m.member WHERE u.rolname = :name
"""


def grant(database: Database, viewer: Viewer, vault: Vault, name: str) -> str:
    """Make the login `name`, or give one that this made a new password and its limits again; the password, which is
    kept nowhere. From then on whoever is to connect to the store's own database needs that right by name: PUBLIC has it
    no longer. Permission GIVE_LOGINS.

    Raises BadInput for a name that is none, Conflict on SQLite, for a login that was not made here, where Daylight's
    own may not do this, and where it could reach anything else; then there is no new login, and no old one has more
    than before.
    """
    require(viewer, Permission.GIVE_LOGINS)
    if _NAME.fullmatch(name) is None:
        raise BadInput(f"{name[:70]!r} is no name for a login; use up to 63 small letters, digits and _.")
    if database.is_sqlite:
        raise Conflict(
            "The embedded database has no logins: whoever reads its file reads all of it; give releases to"
            " organizers with `statistics save`, or keep the store in PostgreSQL."
        )
    beside.make(database, vault)
    # The roles of a server are of all its databases: in one transaction with what the login may read.
    with closing(beside.opened(database)) as other, other.writing() as session:
        lock(session, "logins for releases")
        password = secrets.token_urlsafe(24)
        _make(session, name, password)
        _let_in(session, other, name)
        if reached := session.scalars(text(_TOUCHES), {"name": name, "table": f"public.{beside.TABLE}"}).all():
            more = f" and {len(reached) - 3} more" if len(reached) > 3 else ""
            raise Conflict(
                f"{name} could still reach {', '.join(reached[:3])}{more}, by what PUBLIC was granted there; take that"
                " away first. Nothing was changed."
            )
        _keep_out(session, database, name)
    return password


def _make(session: Session, name: str, password: str) -> None:
    known = session.execute(
        text("SELECT oid, shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = :name"), {"name": name}
    ).one_or_none()
    if known is not None and known[1] != _MADE:
        raise Conflict(f"There is a login {name!r} that was not made for releases; choose another name.")
    # As a verifier, so that no log of statements holds the password.
    raw: Any = session.connection().connection.dbapi_connection
    verifier = raw.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    limits = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 4"
    for statement in (
        f"{'CREATE' if known is None else 'ALTER'} ROLE {name} LOGIN {limits} PASSWORD '{verifier}'",
        f"COMMENT ON ROLE {name} IS '{_MADE}'",
        f"ALTER ROLE {name} SET default_transaction_read_only = on",
        f"ALTER ROLE {name} SET statement_timeout = '30s'",
    ):
        session.connection().exec_driver_sql(statement)  # a verifier has marks that would be taken for parameters
    for group in session.scalars(text(_GROUPS), {"name": name}).all():
        session.execute(text(f"REVOKE {group} FROM {name}"))


def _let_in(session: Session, other: Database, name: str) -> None:
    """Into the database with the releases, to read these."""
    for statement in (
        f'REVOKE ALL ON DATABASE "{other.url.database}" FROM {name}',
        f'GRANT CONNECT ON DATABASE "{other.url.database}" TO {name}',
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"GRANT USAGE ON SCHEMA public TO {name}",
        f"GRANT SELECT ON public.{beside.TABLE} TO {name}",
    ):
        session.execute(text(statement))


def _keep_out(session: Session, database: Database, name: str) -> None:
    """Of the store's own database. Raises Conflict where Daylight's own login may not do that."""
    store = database.url.database
    session.execute(text(f'GRANT CONNECT, TEMPORARY ON DATABASE "{store}" TO CURRENT_USER'))
    session.execute(text(f'REVOKE CONNECT, TEMPORARY ON DATABASE "{store}" FROM PUBLIC, {name}'))
    if session.scalar(text("SELECT has_database_privilege(:name, :store, 'CONNECT')"), {"name": name, "store": store}):
        raise Conflict(
            f"{name} could still connect to the store's own database, which Daylight's login does not own; have an"
            f' administrator of the server run REVOKE CONNECT ON DATABASE "{store}" FROM PUBLIC, and try again.'
        )
