"""What probes say of one snapshot of a catalog: who could read which tables, how, and who can be which role. Pure.

Who could is worked out for everybody at once (audience.py); here stands how, for the few that are told by name.

A login could read what it may read itself, what it inherits, what it can SET ROLE to, and what it could grant itself
(ADMIN OPTION; CREATEROLE before PostgreSQL 16, which reached every role but superusers). Row-level security without a
policy for somebody shows them no rows. Source: PostgreSQL documentation, "Privileges", "Role Membership".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np

from data.controls.postgres import audience
from data.controls.postgres.audience import READS_ALL, READS_FILES, Audience
from data.controls.postgres.catalog import SEPARATE_OPTIONS
from data.controls.postgres.model import PUBLIC, Catalog, Membership, ObjectKind, Role, Table


class Readers(NamedTuple):
    """Who could read (logins, and PUBLIC) and which tables; of how many of those logins row-level security may hide
    some rows, which is not worked out."""

    who: frozenset[str]
    tables: frozenset[str]
    narrowed: int


@dataclass(frozen=True)
class Reach:
    """A catalog with its memberships sorted for following them."""

    catalog: Catalog
    _acting: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]], compare=False, repr=False)

    def readers(self, names: Iterable[str], but: frozenset[str] = frozenset()) -> Readers:
        """Who could read any of the tables `names` (schema.name) beside the logins `but`, and which of them. Through
        views and partitions too; not who is shown no row, as no policy of row-level security is for them."""
        wanted = [name for name in names if name in self._tables]
        found = self._audience
        rows, columns = found.rows(wanted), [n for n, login in enumerate(found.logins) if login not in but]
        shown, narrowed = (bits[rows][:, columns] for bits in (found.shown, found.narrowed))
        public = {name for name in wanted if any(self._is_public(self._tables[one]) for one in self.surfaces([name]))}
        logins = [columns[n] for n in np.flatnonzero(shown.any(axis=0))]
        return Readers(
            frozenset(found.logins[n] for n in logins) | ({PUBLIC} if public else set()),
            frozenset(wanted[n] for n in np.flatnonzero(shown.any(axis=1))) | public,
            int((shown & narrowed).any(axis=0).sum()),
        )

    def ways(self, login: str, names: Iterable[str]) -> tuple[str, ...]:
        """How a login could read the tables `names`, in words; of PUBLIC too."""
        if login == PUBLIC:
            return ("granted to everybody who can connect",)
        role, tables = self._roles[login], [self._tables[name] for name in self.surfaces(names)]
        return tuple(sorted({way for table in tables if (way := self._way(role, table))}))

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
        found = self._acting.get(name)
        if found is None:
            found = self._acting[name] = self._followed(name)
        return found

    def _followed(self, name: str) -> frozenset[str]:
        can = {name}
        while True:
            held = {one for each in can for one in self.inherited(each)}
            more = {one.role for each in can for one in self._granted[each] if one.set}
            more |= {one.role for each in held for one in self._granted[each] if one.admin}
            if self.catalog.version < SEPARATE_OPTIONS and any(self._roles[one].createrole for one in can):
                more |= {role.name for role in self.catalog.roles if not role.superuser}
            if more <= can:
                return frozenset(can)
            can |= more

    def inherited(self, name: str) -> frozenset[str]:
        """The roles whose privileges a role has without more ado, itself among them."""
        found, left = {name}, [name]
        while left:
            fresh = {one.role for one in self._granted[left.pop()] if one.inherit} - found
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
    def _audience(self) -> Audience:
        return audience.resolve(self.catalog)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.full: table for table in self.catalog.tables}

    @cached_property
    def _roles(self) -> dict[str, Role]:
        return {role.name: role for role in self.catalog.roles}

    @cached_property
    def _granted(self) -> defaultdict[str, list[Membership]]:
        found: defaultdict[str, list[Membership]] = defaultdict(list)
        for one in self.catalog.memberships:
            found[one.member].append(one)
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
