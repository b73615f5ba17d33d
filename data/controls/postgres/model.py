"""What one look at a PostgreSQL catalog found: roles, memberships, grants, tables. Pure and frozen.

Names are the server's own, unquoted and in the case the catalog holds them. Sources: PostgreSQL documentation, chapters
"Privileges" (5.8), "Row Security Policies" (5.9), "Role Membership" (22.3) and "Predefined Roles" (22.5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

PUBLIC = "PUBLIC"  # everybody who can connect, as GRANT writes it; no role can have this name (it is reserved)


class ObjectKind(StrEnum):
    """What default privileges and the kinds of relation are about, in the catalog's letters."""

    TABLE = "r"
    PARTITIONED = "p"
    VIEW = "v"
    MATERIALIZED = "m"
    FOREIGN = "f"


class Role(NamedTuple):  # of these and of memberships there are hundreds of thousands
    """A row of pg_roles."""

    name: str
    superuser: bool = False
    login: bool = False
    inherit: bool = True
    bypassrls: bool = False
    createrole: bool = False
    replication: bool = False


class Membership(NamedTuple):
    """`member` was granted `role`. `inherit`: has its privileges without more ado; `set`: may SET ROLE to it;
    `admin`: may grant it on, to itself too. Before PostgreSQL 16 `inherit` is the member's own attribute and `set`
    always true. That the owner of the database is in pg_database_owner stands here too."""

    role: str
    member: str
    inherit: bool = True
    set: bool = True
    admin: bool = False


@dataclass(frozen=True)
class Grant:
    """One privilege (SELECT, INSERT ...) on a table, to a role or PUBLIC. `columns` empty: on the whole table."""

    table: str  # schema.name
    grantee: str
    privilege: str
    columns: frozenset[str] = frozenset()
    grantor: str = ""


@dataclass(frozen=True)
class Table:
    """A relation that can hold rows or give them out. `rls`: row-level security is enabled, `forced`: for its owner
    too. `reads`: the tables that a view is defined over, read with the rights of the view's owner unless `invoker`; the
    partitions (or children) of a table, read with the rights to it."""

    schema: str
    name: str
    owner: str
    rls: bool = False
    forced: bool = False
    kind: ObjectKind = ObjectKind.TABLE
    reads: frozenset[str] = frozenset()
    invoker: bool = False

    @property
    def full(self) -> str:
        """schema.name, as Grant.table has it."""
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True)
class DefaultGrant:
    """What a table that `owner` makes from now on gives to `grantee` by itself (pg_default_acl). `schema` empty: in
    every schema."""

    owner: str
    schema: str
    grantee: str
    privilege: str


@dataclass(frozen=True)
class SchemaGrant:
    """USAGE or CREATE on a schema, to a role or PUBLIC."""

    schema: str
    grantee: str
    privilege: str


@dataclass(frozen=True)
class Schema:
    """A schema and who owns it."""

    name: str
    owner: str


@dataclass(frozen=True)
class Policy:
    """A row-level security policy: for whom, and for which command (r, a, w, d or *). `always`: it lets every row
    through (USING (true))."""

    table: str
    name: str
    roles: frozenset[str]
    command: str = "*"
    always: bool = False


@dataclass(frozen=True)
class Catalog:
    """Everything that decides who could read a table of one database, at one moment (`at`, microseconds UTC).

    `login` is the role that looked. `connect` holds roles (or PUBLIC) that may connect to the database. `role_settings`
    are what ALTER ROLE and ALTER DATABASE ... SET: role ("" for all), whether in this database only, `name=value`.
    `settings` are those that the login may see, as they are for it: `own_settings` of them were set for it alone.
    `unseen` is what could not be looked at, in words.
    """

    database: str
    login: str
    at: int
    version: int  # server_version_num, e.g. 150004
    roles: tuple[Role, ...] = ()
    memberships: tuple[Membership, ...] = ()
    tables: tuple[Table, ...] = ()
    grants: tuple[Grant, ...] = ()
    schemas: tuple[Schema, ...] = ()
    schema_grants: tuple[SchemaGrant, ...] = ()
    defaults: tuple[DefaultGrant, ...] = ()
    policies: tuple[Policy, ...] = ()
    connect: frozenset[str] = frozenset({PUBLIC})
    role_settings: tuple[tuple[str, bool, str], ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict[str, str])
    own_settings: frozenset[str] = frozenset()
    unseen: tuple[str, ...] = ()
