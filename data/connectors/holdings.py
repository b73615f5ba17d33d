"""What outside stores hold captures of whom, and whose the accounts there are. Pure; holdings_file.py reads the file.

A table, object or resource that no holding names holds no captures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import cached_property
from zoneinfo import ZoneInfo

from data.accesses.accessors import Outside
from data.accesses.entry import Action

UNLISTED = "unlisted account"
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


@dataclass(frozen=True)
class Roster:
    """Who there is: ids by e-mail in lower case, and by department."""

    emails: Mapping[str, int]
    departments: Mapping[str, frozenset[int]]
    teams: Mapping[int, str]


@dataclass(frozen=True)
class Lookup:
    """How a value in a column or a path names a person: the roster's e-mail, Daylight's own number, or a list."""

    name: str
    people: Mapping[str, int] = field(hash=False)

    def person(self, value: str) -> int | None:
        """The person whom `value` names, or None."""
        return self.people.get(self.normal(value))

    @staticmethod
    def normal(value: str) -> str:
        """Values that a database may hold equal are one: e-mails in any case, padded texts, 007 and 7.0 and 7."""
        text = value.strip().casefold()
        if text[:1].isdecimal() or text[:1] in "+-.":
            try:
                number = Decimal(text)
                if number.is_finite() and number == number.to_integral_value() and abs(number.adjusted()) < 30:
                    return str(int(number))
            except InvalidOperation:
                pass
        return text


@dataclass(frozen=True)
class TableName:
    """A table or function: [database.][schema.]name, compared without case; `*` stands for anything in the name."""

    name: str
    schema: str = ""
    database: str = ""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(".*".join(re.escape(part) for part in self.name.casefold().split("*")), re.DOTALL)

    def matches(self, name: str, schema: str = "", database: str = "") -> bool:
        """Whether a name in a statement may mean this one. What the statement leaves out may be anything, because the
        search path is not known."""
        if self._pattern.fullmatch(name.casefold()) is None:
            return False
        if schema and self.schema and schema.casefold() != self.schema.casefold():
            return False
        return not (database and self.database) or database.casefold() == self.database.casefold()


@dataclass(frozen=True)
class Prefix:
    """Where objects lie: s3://bucket/path or gs://bucket/path, in which one {email} or other lookup may stand."""

    text: str
    lookup: Lookup | None = None

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the address of an object below; group 1 names the person."""
        before, mark, after = self.text.partition("{")
        if not mark:
            return re.compile(re.escape(before), re.DOTALL)
        return re.compile(re.escape(before) + "([^/]+)" + re.escape(after.partition("}")[2]), re.DOTALL)


@dataclass(frozen=True)
class Holding:
    """One place where captures lie. `everybody` are the ids of all whom it may hold, None the whole roster."""

    name: str
    tables: tuple[TableName, ...] = ()
    functions: tuple[TableName, ...] = ()
    prefixes: tuple[Prefix, ...] = ()
    resources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    everybody: frozenset[int] | None = None
    column: str = ""
    lookup: Lookup | None = None

    @cached_property
    def _resources(self) -> re.Pattern[str]:
        parts = (".*".join(re.escape(part) for part in one.split("*")) for one in self.resources)
        return re.compile("|".join(parts) or r"(?!)", re.DOTALL)

    def has_table(self, name: str, schema: str = "", database: str = "") -> bool:
        """Whether a table in a statement may be one of these."""
        return any(one.matches(name, schema, database) for one in self.tables)

    def has_function(self, name: str, schema: str = "") -> bool:
        """Whether a function in a statement may be one of these."""
        return any(one.matches(name, schema) for one in self.functions)

    def has_resource(self, name: str) -> bool:
        """Whether an API's name of a resource is one of these."""
        return self._resources.fullmatch(name) is not None


@dataclass(frozen=True)
class Account:
    """Whose an account is. `names` as the source writes them, `*` stands for anything."""

    names: tuple[str, ...]
    accessor: Outside
    action: Action | None = None
    daylight: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Matches the account's names."""
        return re.compile("|".join(".*".join(map(re.escape, one.split("*"))) for one in self.names), re.DOTALL)


@dataclass(frozen=True)
class Holdings:
    """The whole file. `heartbeat` and `latency` in microseconds; None where the source declares none."""

    source: str
    holdings: tuple[Holding, ...]
    accounts: tuple[Account, ...] = ()
    heartbeat: int | None = None
    latency: int | None = None
    zone: ZoneInfo | None = None

    def account(self, name: str) -> Account:
        """The first account that `name` is one of; one that nobody listed is kept by its name."""
        for one in self.accounts:
            if one.pattern.fullmatch(name):
                return one
        return Account((name,), Outside(name, role=UNLISTED))

    def owners(self, names: Iterable[str]) -> dict[str, int | None]:
        """With whose account each of many names is: a person's id; None for one that is nobody's, several people's, or
        not in the file. A name that is written out is looked up; only the others are held against patterns."""
        exact: dict[str, tuple[int, Account]] = {}
        patterns = [(place, one) for place, one in enumerate(self.accounts) if any("*" in name for name in one.names)]
        for place, one in enumerate(self.accounts):
            for name in one.names:
                exact.setdefault(name, (place, one))
        found: dict[str, int | None] = {}
        for name in names:
            known = exact.get(name)
            for place, one in patterns:
                if known is not None and known[0] <= place:
                    break
                if one.pattern.fullmatch(name):
                    known = place, one
                    break
            found[name] = None if known is None or known[1].accessor.shared else known[1].accessor.person_id
        return found

    def listed(self, names: Sequence[str]) -> str:
        """The one of several names of an account by which the file lists it; the first where it does not."""
        known = (name for name in names if any(one.pattern.fullmatch(name) for one in self.accounts))
        return next(known, names[0] if names else "")

    def tables(self, name: str, schema: str = "", database: str = "") -> tuple[Holding, ...]:
        """The holdings that a table may belong to."""
        return tuple(one for one in self.holdings if one.has_table(name, schema, database))

    def functions(self, name: str, schema: str = "") -> tuple[Holding, ...]:
        """The holdings that a function gives out."""
        return tuple(one for one in self.holdings if one.has_function(name, schema))

    def resources(self, name: str) -> tuple[Holding, ...]:
        """The holdings that an API's resource belongs to."""
        return tuple(one for one in self.holdings if one.has_resource(name))

    def objects(self, address: str) -> list[tuple[Holding, Prefix, frozenset[int] | None]]:
        """Where one object lies, and of whom it is: the person in its path, or everybody whom the holding holds.

        A path that names nobody on the roster is everybody's: what lies there is not known.
        """
        found: list[tuple[Holding, Prefix, frozenset[int] | None]] = []
        for one in self.holdings:
            for prefix in one.prefixes:
                matched = prefix.pattern.match(address)
                if matched is None:
                    continue
                person = prefix.lookup.person(matched[1]) if prefix.lookup else None
                found.append((one, prefix, one.everybody if person is None else frozenset({person})))
                break
        return found

    def below(self, address: str) -> list[tuple[Holding, Prefix, frozenset[int] | None]]:
        """What a listing of everything that begins with `address` may show: of whom, as far as its own path says."""
        found = self.objects(address)
        held = {id(one) for one, _, _ in found}
        for one in self.holdings:
            for prefix in one.prefixes:
                fixed = prefix.text.partition("{")[0]
                if id(one) not in held and (fixed.startswith(address) or address.startswith(fixed)):
                    held.add(id(one))
                    found.append((one, prefix, one.everybody))
        return found


def union(parts: list[frozenset[int] | None]) -> frozenset[int] | None:
    """Everybody in any of the parts; None, the whole roster, wins."""
    found = frozenset[int]()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found
