"""Who could read which tables, from one snapshot of a catalog: memberships followed all the way. Pure.

A login could read what it may read itself, what it inherits, what it can SET ROLE to, and what it could grant itself
(ADMIN OPTION; CREATEROLE before PostgreSQL 16, which reached every role but superusers). Row-level security without a
policy for somebody shows them no rows. Source: PostgreSQL documentation, "Privileges", "Role Membership".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from data.controls.postgres.catalog import SEPARATE_OPTIONS
from data.controls.postgres.model import PUBLIC, Catalog, ObjectKind, Role, Table

READS_ALL = "pg_read_all_data"
# Who is in one of these reads the files of the server itself, those of every table too.
READS_FILES = frozenset({"pg_read_server_files", "pg_execute_server_program"})


@dataclass(frozen=True)
class Audience:
    """Logins (and PUBLIC, for everybody who can connect) that could read at least one of `tables`, each with the ways
    in which they could, and the tables that they could read."""

    ways: dict[str, tuple[str, ...]]
    tables: dict[str, frozenset[str]]

    @property
    def principals(self) -> frozenset[str]:
        """Who could."""
        return frozenset(self.ways)


@dataclass(frozen=True)
class Reach:
    """A catalog with its memberships sorted for following them."""

    catalog: Catalog

    def audience(self, names: Iterable[str]) -> Audience:
        """Who could read any of the tables `names` (schema.name), also through a view or a partition."""
        surfaces = [self._tables[name] for name in sorted(self.surfaces(names))]
        ways: dict[str, tuple[str, ...]] = {}
        tables: dict[str, frozenset[str]] = {}
        for role in self.catalog.roles:
            if not role.login:
                continue
            found = {surface.full: way for surface in surfaces if (way := self._way(role, surface))}
            if found:
                ways[role.name] = tuple(sorted(set(found.values())))
                tables[role.name] = frozenset(found)
        public = {surface.full for surface in surfaces if self._is_public(surface)}
        if public:
            ways[PUBLIC], tables[PUBLIC] = ("granted to everybody who can connect",), frozenset(public)
        return Audience(ways, tables)

    def surfaces(self, names: Iterable[str]) -> frozenset[str]:
        """The tables `names` that are there, with what gives their rows out (views, tables they are a part of) and
        what holds them (partitions)."""
        found = {name for name in names if name in self._tables}
        while True:
            parts = {part for name in found for part in self._tables[name].reads if self._is_table(name)}
            givers = {table.full for table in self.catalog.tables if table.reads & found and not table.invoker}
            if parts | givers <= found:
                return frozenset(found)
            found |= parts | givers

    def acting(self, name: str) -> frozenset[str]:
        """The roles that a role can be: itself, what it may SET ROLE to, what it could grant itself."""
        can = {name}
        while True:
            held = {one for each in can for one in self.inherited(each)}
            more = {role for each in can for role, sets, _ in self._granted[each] if sets}
            more |= {role for each in held for role, _, admin in self._granted[each] if admin}
            if self.catalog.version < SEPARATE_OPTIONS and any(self._roles[one].createrole for one in can):
                more |= {role.name for role in self.catalog.roles if not role.superuser}
            if more <= can:
                return frozenset(can)
            can |= more

    def inherited(self, name: str) -> frozenset[str]:
        """The roles whose privileges a role has without more ado, itself among them."""
        found, left = {name}, [name]
        while left:
            fresh = self._inherits[left.pop()] - found
            found |= fresh
            left += fresh
        return frozenset(found)

    def _way(self, login: Role, table: Table) -> str | None:
        """How a login could read a table; None when it could not."""
        can = self.acting(login.name)
        if any(self._roles[one].superuser for one in can):
            return "superuser"
        if login.replication:
            return "may copy the whole server (REPLICATION)"
        held = {one for each in can for one in self.inherited(each)}
        if files := held & READS_FILES:
            return f"reads the server's files ({min(files)})"
        if not (held | {PUBLIC}) & self.catalog.connect:
            return None
        # The login's own rights first, as that is the plainest thing to say.
        for one in sorted(can, key=lambda one: (one != login.name, one)):
            if way := self._as(one, table):
                return way if one == login.name else f"as {one}: {way}"
        return None

    def _as(self, name: str, table: Table) -> str | None:
        """How somebody who is `name` could read a table."""
        role = self._roles[name]
        if role.superuser:
            return "superuser"
        held = self.inherited(name)
        everywhere = READS_ALL in held
        if not everywhere and not (held | {PUBLIC}) & self._usage[table.schema]:
            return None
        if table.owner in held:
            return "owner" if table.owner == name else f"member of the owner {table.owner}"
        granted = (held | {PUBLIC}) & self._select[table.full]
        if not everywhere and not granted:
            return None
        if table.rls and not role.bypassrls and not (held | {PUBLIC}) & self._let[table.full]:
            return None
        if table.kind is ObjectKind.VIEW and not self._gives(table):
            return None
        if everywhere:
            return f"member of {READS_ALL}"
        if name in granted:
            return "granted"
        return "granted to everybody who can connect" if PUBLIC in granted else f"member of {min(granted - {PUBLIC})}"

    def _gives(self, view: Table) -> bool:
        """Whether a view's owner could read what it is defined over."""
        under = [self._tables[name] for name in view.reads if name in self._tables]
        return view.owner not in self._roles or any(self._as(view.owner, table) for table in under)

    def _is_public(self, table: Table) -> bool:
        is_open = PUBLIC in self._select[table.full] and PUBLIC in self._usage[table.schema]
        is_shown = not table.rls or PUBLIC in self._let[table.full]
        return is_open and is_shown and PUBLIC in self.catalog.connect

    def _is_table(self, name: str) -> bool:
        return self._tables[name].kind in (ObjectKind.TABLE, ObjectKind.PARTITIONED)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.full: table for table in self.catalog.tables}

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {role.name: role for role in self.catalog.roles}

    @cached_property
    def _granted(self) -> defaultdict[str, list[tuple[str, bool, bool]]]:
        found: defaultdict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
        for one in self.catalog.memberships:
            found[one.member].append((one.role, one.set, one.admin))
        return found

    @cached_property
    def _inherits(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for one in self.catalog.memberships:
            if one.inherit:
                found[one.member].add(one.role)
        return found

    @cached_property
    def _select(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for grant in self.catalog.grants:
            if grant.privilege == "SELECT":
                found[grant.table].add(grant.grantee)
        return found

    @cached_property
    def _usage(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for grant in self.catalog.schema_grants:
            if grant.privilege == "USAGE":
                found[grant.schema].add(grant.grantee)
        return found

    @cached_property
    def _let(self) -> defaultdict[str, set[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for policy in self.catalog.policies:
            if policy.command in ("r", "*"):
                found[policy.table] |= policy.roles
        return found
