"""Who could read each table, for everybody and every table at once: 70,000 logins and 200 tables in a second. Pure.

What a role gives is a whole number with a bit a table, which travels along the memberships; no pair of a login and a
table is asked about by itself. Could: by the login's own rights, those it inherits, those of a role that it can SET
ROLE to or could grant itself (ADMIN; CREATEROLE before PostgreSQL 16), as owner, superuser or in pg_read_all_data, by a
column, or through a view, a partition or the server's files. Not: by a function that runs with its owner's rights. Rows
that row-level security may hide are told apart, not worked out; only that it shows somebody none, as no policy is for
them, is.
Sources: PostgreSQL documentation, "Privileges", "Role Membership", "Predefined Roles", "Rules and Privileges".
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from data.controls.postgres.model import PUBLIC, Catalog, ObjectKind, Role, Table

READS_ALL = "pg_read_all_data"
SEES_ALL = frozenset({READS_ALL, "pg_write_all_data"})  # both have USAGE on every schema
READS_FILES = frozenset({"pg_read_server_files", "pg_execute_server_program"})
_SEPARATE_OPTIONS = 160000
# What a role gives, a bit a table each: to read it as a whole, or some column; to use its schema; to own it; to be let
# through by a policy. Above these what it gives beside tables.
_WHOLE, _SOME, _USE, _OWN, _LET, _BESIDE = range(6)
_ALL, _SEES, _CONNECT, _FILES = 1, 2, 4, 8

Bits = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Audience:
    """Who could read what. `logins` are the accounts that may sign in to the server; each of the arrays has a row a
    table of `tables` (schema.name) and a column a login. `could`: some of its rows; `shown`: not where row-level
    security has no policy for them, which shows no row; `narrowed`: only those rows that it lets through, which is not
    worked out; `partly`: only some columns."""

    logins: tuple[str, ...]
    tables: tuple[str, ...]
    could: Bits
    shown: Bits
    narrowed: Bits
    partly: Bits

    def of(self, tables: Iterable[str]) -> frozenset[str]:
        """The logins that could read any of these tables. KeyError for a table that the catalog does not hold."""
        return self._logins(self.could, tables)

    def free(self, tables: Iterable[str]) -> frozenset[str]:
        """Those of them that row-level security does not narrow in every one of the tables."""
        return self._logins(self.could & ~self.narrowed, tables)

    def _logins(self, bits: Bits, tables: Iterable[str]) -> frozenset[str]:
        chosen = bits[self.rows(tables)].any(axis=0)
        return frozenset(self.logins[column] for column in np.flatnonzero(chosen))

    def rows(self, tables: Iterable[str]) -> list[int]:
        """Where these tables stand in the arrays. KeyError for one that the catalog does not hold."""
        places = {name: row for row, name in enumerate(self.tables)}
        return [places[one] for one in tables]


class _Can(NamedTuple):
    """Tables, a bit each: read at all, as a whole, without row-level security, and with rows that it may show."""

    some: int = 0
    whole: int = 0
    free: int = 0
    shown: int = 0

    def with_(self, other: _Can) -> _Can:
        return _Can(*(one | more for one, more in zip(self, other, strict=True)))

    def given(self, bit: int, given: _Can) -> _Can:
        """What a table or view with this bit gives out of `given` to whoever sees so much of it."""
        return given._replace(free=given.free if self.free & bit else 0, shown=given.shown if self.shown & bit else 0)


def resolve(catalog: Catalog) -> Audience:
    """Who could read each table of the catalog."""
    resolving = _Resolving(catalog)
    logins = [one for one in catalog.roles if one.login]
    can = resolving.acting()
    reached = [can[one.name] if resolving.connects(one) else _Can() for one in logins]
    some, whole, free, shown = (
        (_unpacked(masks, len(catalog.tables)) for masks in zip(*reached, strict=True))
        if reached
        else ([np.zeros((len(catalog.tables), 0), np.bool_)] * 4)
    )
    tables = tuple(one.full for one in catalog.tables)
    return Audience(tuple(one.name for one in logins), tables, some, shown, some & ~free, some & ~whole)


def _unpacked(masks: Sequence[int], tables: int) -> Bits:
    width = -(-tables // 8)
    packed = np.frombuffer(b"".join(one.to_bytes(width, "little") for one in masks), np.uint8).reshape(-1, width)
    return np.unpackbits(packed, axis=1, bitorder="little", count=tables).T.view(np.bool_)


def spread(values: dict[str, int], edges: Iterable[tuple[str, str]]) -> dict[str, int]:
    """`values` (sets of bits) with what travels along the edges (giver, taker), until nothing changes."""
    takers: dict[str, list[str]] = {}
    for giver, taker in edges:
        takers.setdefault(giver, []).append(taker)
    found = dict(values)
    waiting = deque(one for one in takers if found.get(one))
    while waiting:
        giver = waiting.popleft()
        value = found[giver]
        for taker in takers[giver]:
            before = found.get(taker, 0)
            if before | value != before:
                found[taker] = before | value
                if taker in takers:
                    waiting.append(taker)
    return found


class _Resolving:
    """One catalog on its way to an Audience."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.size = len(catalog.tables)
        self.every = (1 << self.size) - 1
        self.bit = {one.full: 1 << place for place, one in enumerate(catalog.tables)}
        self.guarded = self._mask(lambda one: one.rls)
        self.forced = self._mask(lambda one: one.rls and one.forced)
        own = self._own()
        self.public = own.pop(PUBLIC, 0)
        inherits = ((one.role, one.member) for one in catalog.memberships if one.inherit)
        self.held = spread(own, inherits)
        self.roles = {one.name: one for one in catalog.roles}
        self._given: dict[int, _Can] = {}
        self._known: dict[tuple[int, bool], _Can] = {}
        # What gives the rows of others out: views, and tables that have parts.
        self.givers = [(1 << place, one) for place, one in enumerate(catalog.tables) if self._reads(one)]

    def connects(self, login: Role) -> bool:
        """Whether a login may connect to the database, or needs not."""
        flags = (self.held.get(login.name, 0) | self.public) >> _BESIDE * self.size
        return login.superuser or login.replication or bool(flags & _CONNECT) or self._reads_files(login.name)

    def acting(self) -> dict[str, _Can]:
        """What each role could read as whatever it could be."""
        size, start = self.size, dict[str, int]()
        for name, role in self.roles.items():
            can = self._everything() if self._is_above(role) else self._as(name, role.bypassrls)
            start[name] = sum(one << part * size for part, one in enumerate(can))
        edges = [(one.role, one.member) for one in self.catalog.memberships if one.set]
        # Who inherits from a role has its ADMIN OPTION too: what such a role could grant itself is kept beside it.
        beside = "\0".__add__  # no role's name holds this mark
        admins = [(one.role, beside(one.member)) for one in self.catalog.memberships if one.admin]
        if admins:
            edges += admins
            edges += [(beside(one.role), beside(one.member)) for one in self.catalog.memberships if one.inherit]
            edges += [(beside(name), name) for name in self.roles]
        if self.catalog.version < _SEPARATE_OPTIONS:
            anybody = beside(PUBLIC)
            makers = [one.name for one in self.catalog.roles if one.createrole]
            if makers:
                edges += [(name, anybody) for name, role in self.roles.items() if not role.superuser]
                edges += [(anybody, name) for name in makers]
        found = spread(start, edges)
        last = self.every
        return {name: _Can(*(found[name] >> part * size & last for part in range(4))) for name in self.roles}

    def _everything(self) -> _Can:
        return _Can(self.every, self.every, self.every, self.every)

    def _is_above(self, role: Role) -> bool:
        return role.superuser or (role.login and role.replication) or self._reads_files(role.name)

    def _reads_files(self, name: str) -> bool:
        return bool(self.held.get(name, 0) >> _BESIDE * self.size & _FILES)

    def _as(self, name: str, bypass: bool) -> _Can:
        """What somebody who is `name` could read: many have the same rights, which are worked out once."""
        key = self.held.get(name, 0) | self.public, bypass
        found = self._known.get(key)
        if found is None:
            direct, usable = self._rights(*key), self._usable(key[0])
            seen = _Can(*(one & usable for one in direct))
            found = self._known[key] = self._through(seen, direct)
        return found

    def _rights(self, held: int, bypass: bool) -> _Can:
        """Tables that these rights read, wherever the schema may be used or not."""
        whole, some, _, own, let = (held >> part * self.size & self.every for part in range(_BESIDE))
        if held >> _BESIDE * self.size & _ALL:
            whole = some = self.every
        whole |= own
        some |= whole
        hidden = 0 if bypass else self.guarded & ~(own & ~self.forced)
        # Whoever owns it can take row-level security off, forced or not.
        return _Can(some, whole, some & ~hidden, some & ~(hidden & ~own & ~let))

    def _usable(self, held: int) -> int:
        everywhere = held >> _BESIDE * self.size & (_SEES | _ALL)
        return self.every if everywhere else held >> _USE * self.size & self.every

    def _through(self, seen: _Can, direct: _Can) -> _Can:
        """What is seen, and what is seen through it: by a view with its owner's rights or one's own, by a table in its
        parts. In the end, a part tells of the rows of the table that it belongs to."""
        before = None
        while seen != before:
            before = seen
            for bit, table in self.givers:
                if seen.some & bit:
                    seen = seen.with_(seen.given(bit, self._gives(bit, table, direct)))
        before = None
        while seen != before:
            before = seen
            for bit, table in self.givers:
                if self._is_table(table):
                    parts = self._reads(table)
                    seen = seen.with_(_Can(*(bit if parts & one else 0 for one in seen)))
        return seen

    def _gives(self, bit: int, table: Table, direct: _Can) -> _Can:
        reads = self._reads(table)
        if self._is_table(table) or table.kind is ObjectKind.MATERIALIZED:
            return _Can(reads, reads, reads, reads)
        if table.invoker:
            return _Can(*(one & reads for one in direct))
        found = self._given.get(bit)
        if found is None:
            self._given[bit] = _Can()  # of a view in a circle, nothing more comes by going round again
            owner = self.roles.get(table.owner, Role(table.owner))
            rights = (
                self._everything()
                if owner.superuser
                else self._rights(self.held.get(owner.name, 0) | self.public, owner.bypassrls)
            )
            found = self._given[bit] = self._through(_Can(*(one & reads for one in rights)), rights)
        return found

    def _own(self) -> dict[str, int]:
        """What each role and PUBLIC was given itself: five bits a table and the rest above them."""
        found: dict[str, int] = {}
        size = self.size

        def give(name: str, bits: int, part: int) -> None:
            found[name] = found.get(name, 0) | bits << part * size

        schemas: dict[str, int] = {}
        for table in self.catalog.tables:
            schemas[table.schema] = schemas.get(table.schema, 0) | self.bit[table.full]
            give(table.owner, self.bit[table.full], _OWN)
        for grant in self.catalog.grants:
            if grant.privilege == "SELECT" and grant.table in self.bit:
                give(grant.grantee, self.bit[grant.table], _SOME if grant.columns else _WHOLE)
        for one in self.catalog.schema_grants:
            if one.privilege == "USAGE":
                give(one.grantee, schemas.get(one.schema, 0), _USE)
        for policy in self.catalog.policies:
            if policy.command in ("r", "*") and policy.table in self.bit:
                for name in policy.roles:
                    give(name, self.bit[policy.table], _LET)
        for schema in self.catalog.schemas:
            give(schema.owner, schemas.get(schema.name, 0), _USE)
        give(READS_ALL, _ALL, _BESIDE)
        for name in SEES_ALL:
            give(name, _SEES, _BESIDE)
        for name in READS_FILES:
            give(name, _FILES, _BESIDE)
        for name in self.catalog.connect:
            give(name, _CONNECT, _BESIDE)
        return found

    def _mask(self, chosen: Callable[[Table], bool]) -> int:
        return sum(self.bit[one.full] for one in self.catalog.tables if chosen(one))

    def _reads(self, table: Table) -> int:
        return sum(self.bit[one] for one in table.reads if one in self.bit)

    @staticmethod
    def _is_table(table: Table) -> bool:
        return table.kind in (ObjectKind.TABLE, ObjectKind.PARTITIONED)
