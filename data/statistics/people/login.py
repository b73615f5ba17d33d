"""A login of PostgreSQL, for an organizer's own tools, that reads published releases and nothing else."""

from __future__ import annotations

import re
import secrets
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from data.database import Database, is_sqlite, lock
from data.errors import BadInput, Conflict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer

SCHEMA = "daylight_releases"
VIEW = f"{SCHEMA}.releases"
_MADE = "Reads the releases of Daylight and nothing else"
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# Those that the pages show: published with a signed head of the log. As the view's owner, not as whoever asks.
_VIEW = f"""
CREATE OR REPLACE VIEW {VIEW} WITH (security_barrier) AS
SELECT year || '-Q' || quarter AS quarter, document, digest AS sha256, position AS log_entry
FROM figure_releases WHERE position < (SELECT coalesce(max(size), 0) FROM access_checkpoints)
"""
# Relations of people, in any column and any way, that somebody could touch beside the view.
_TOUCHES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
AND n.nspname || '.' || c.relname <> :view
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
# Every login may hold locks that the app waits for, and store objects, until a superuser takes that from PUBLIC: in
# this database alone, and whoever owns the tables keeps it.
_HOLDS = """
DO $$ DECLARE one regprocedure; kept text; BEGIN
SELECT quote_ident(tableowner) INTO kept FROM pg_tables WHERE tablename = 'figure_releases' AND schemaname = 'public';
FOR one IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
    AND proname ~ '^(pg_(try_)?advisory_(xact_)?(un)?lock|lo_|lowrite|loread)' LOOP
    EXECUTE 'REVOKE EXECUTE ON FUNCTION ' || one || ' FROM PUBLIC';
    EXECUTE 'GRANT EXECUTE ON FUNCTION ' || one || ' TO ' || kept;
END LOOP; END $$
"""


def grant(database: Database, viewer: Viewer, name: str) -> str:
    """Make the login `name`, or give one that this made a new password and its limits again; the password, which is
    kept nowhere. Permission GIVE_LOGINS.

    Raises BadInput for a name that is none, Conflict on SQLite, for a login that was not made here, and where it could
    reach anything else; then nothing was changed.
    """
    require(viewer, Permission.GIVE_LOGINS)
    if _NAME.fullmatch(name) is None:
        raise BadInput(f"{name[:70]!r} is no name for a login; use up to 63 small letters, digits and _.")
    with database.writing() as session:
        if is_sqlite(session):
            raise Conflict(
                "The embedded database has no logins: whoever reads its file reads all of it; give releases to"
                " organizers with `statistics save`, or keep the store in PostgreSQL."
            )
        lock(session, "logins for releases")
        password = secrets.token_urlsafe(24)
        _make(session, name, password)
        if reached := session.scalars(text(_TOUCHES), {"name": name, "view": VIEW}).all():
            more = f" and {len(reached) - 3} more" if len(reached) > 3 else ""
            raise Conflict(
                f"{name} could still reach {', '.join(reached[:3])}{more}, by what PUBLIC was granted there; take that"
                " away first. Nothing was changed."
            )
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
    owner = session.scalar(text("SELECT quote_ident(current_database())"))
    limits = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 4"
    for statement in (
        f"{'CREATE' if known is None else 'ALTER'} ROLE {name} LOGIN {limits} PASSWORD '{verifier}'",
        f"COMMENT ON ROLE {name} IS '{_MADE}'",
        f"ALTER ROLE {name} SET default_transaction_read_only = on",
        f"ALTER ROLE {name} SET statement_timeout = '30s'",
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC",
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM PUBLIC",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        f"REVOKE TEMPORARY ON DATABASE {owner} FROM PUBLIC",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}",
        f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}",
        _VIEW,
        f"GRANT USAGE ON SCHEMA {SCHEMA} TO {name}",
        f"GRANT SELECT ON {VIEW} TO {name}",
    ):
        session.connection().exec_driver_sql(statement)  # a verifier has marks that would be taken for parameters
    if session.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        session.connection().exec_driver_sql(_HOLDS)
    for group in session.scalars(text(_GROUPS), {"name": name}).all():
        session.execute(text(f"REVOKE {group} FROM {name}"))
