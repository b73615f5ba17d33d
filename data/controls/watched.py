"""The file that DAYLIGHT_CONTROLS names: which databases outside hold captures, and who may read them, in TOML.

    [[database]]
    name = "capture warehouse"                              # as people read it, the same as [source] of the holdings
                                                            # file of its audit has; never given to another
    url = "postgresql://daylight_probe@db.example/captures" # a login that needs no right to any capture
    tables = ["public.captures", "reporting.captures_*"]    # schema.table, as in a holdings file
    kinds = ["key", "window"]                               # which kinds of captures, all when left out
    people = ["ana@example.org"]                            # or department = "Sales"; without both: everybody
    allowed = ["capture_app"]                               # the logins that may read them, administrators too
    owners = {ana_db = "ana@example.org"}                   # whose a login is, so that an audience is told as people
    row_security = true                                     # promised: rows are shown by policy, to the owner too
    audit = true                                            # promised: pgAudit records every read
    apart = [["capture_app", "capture_audit"]]              # promised: no login can be both

    [store]                                                 # the same of Daylight's own database, on PostgreSQL;
    allowed = ["daylight"]                                  # without it only the login that Daylight uses

    [bucket]                                                # the object store that the sealed captures lie in (s3://)
    allowed = ["arn:aws:iam::123456789012:role/daylight"]   # whom its policy and access list may let in

A password does not belong into this file: use a password file (PGPASSFILE) or a client certificate.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, cast

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from data import toml_fields
from data.captures.kinds import Kind
from data.errors import BadInput
from data.toml_fields import Fields, Wrong

STORE = "Daylight's own database"
_LARGEST = 1 << 20
_PROMISED = frozenset({"allowed", "row_security", "audit", "apart"})
_DATABASE = frozenset({"name", "url", "tables", "kinds", "people", "department", "owners"}) | _PROMISED


@dataclass(frozen=True)
class Watched:
    """A database with captures, and what is promised of it. `tables` are patterns of schema.table; `kinds`, `people`
    (e-mails) and `department` say whose and which captures, all where they are empty. `owners` are e-mails by login.
    `allowed` is empty for the store where nothing is said: then it is the login that Daylight itself uses."""

    name: str
    url: str = field(repr=False)
    tables: tuple[str, ...]
    allowed: frozenset[str]
    row_security: bool = False
    audit: bool = False
    apart: tuple[frozenset[str], ...] = ()
    kinds: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    department: str = ""
    owners: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    def matching(self, names: frozenset[str]) -> frozenset[str]:
        """Those of `names` (schema.table) that are among `tables`."""
        return frozenset(name for name in names if any(fnmatchcase(name, one) for one in self.tables))

    def absent(self, names: frozenset[str]) -> tuple[str, ...]:
        """Those of `tables` that none of `names` is."""
        return tuple(one for one in self.tables if not any(fnmatchcase(name, one) for name in names))


@dataclass(frozen=True)
class WatchList:
    """What a file names: the databases, what is promised of the store's own (by field; empty: nothing said), and the
    principals that the bucket may let in, as its policy and access list write them."""

    databases: tuple[Watched, ...] = ()
    store: Watched | None = None
    bucket: frozenset[str] = frozenset()


def read(path: Path) -> WatchList:
    """The file. Raises BadInput naming file, place and reason, and never with an address: it may hold a password."""
    try:
        if path.stat().st_size > _LARGEST:
            raise BadInput(f"{path} is larger than {_LARGEST >> 20} MB; name a file as data/controls/watched.py says.")
        found: Fields = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{path}, which DAYLIGHT_CONTROLS names, cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError):
        raise BadInput(f"{path} is no TOML; write it as data/controls/watched.py says.") from None
    place = "the file"
    try:
        toml_fields.known(found, frozenset({"database", "store", "bucket"}))
        databases: list[Watched] = []
        for number, fields in enumerate(toml_fields.many(found, "database"), 1):
            place = f"[[database]] number {number}"
            toml_fields.known(fields, _DATABASE)
            databases.append(_database(fields, toml_fields.text(fields, "name", needed=True)))
            if databases[-1].name in {one.name for one in databases[:-1]} | {STORE}:
                raise Wrong(f"the name {databases[-1].name!r} is another's already")
        place = "[store]"
        store = toml_fields.one(found, "store", needed=False)
        toml_fields.known(store, _PROMISED)
        promised = _promised(STORE, "", (), store) if store else None
        place = "[bucket]"
        bucket = toml_fields.one(found, "bucket", needed=False)
        toml_fields.known(bucket, frozenset({"allowed"}))
        return WatchList(tuple(databases), promised, frozenset(toml_fields.texts(bucket, "allowed")))
    except Wrong as wrong:
        raise BadInput(f"{path}, {place}: {wrong}.") from None


def _database(fields: Fields, name: str) -> Watched:
    url, tables = toml_fields.text(fields, "url", needed=True), toml_fields.texts(fields, "tables")
    try:
        is_postgres = make_url(url).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        is_postgres = False
    if not is_postgres:
        raise Wrong("url is no address of a PostgreSQL database; write postgresql://LOGIN@HOST/NAME")
    if not tables:
        raise Wrong("tables is missing: which of its tables hold captures")
    if wrong := next((one for one in tables if one.count(".") != 1 or "*" in one.partition(".")[0]), None):
        raise Wrong(f"{wrong!r} is no table; write schema.table without quotes, with a * in the table's name only")
    kinds, people = toml_fields.texts(fields, "kinds"), toml_fields.texts(fields, "people")
    if unknown := sorted(set(kinds) - set(Kind)):
        raise Wrong(f"{unknown[0]!r} is no kind of capture; there are {', '.join(Kind)}")
    department = toml_fields.text(fields, "department")
    if people and department:
        raise Wrong("give it people or a department, not both")
    if "allowed" not in fields:
        raise Wrong("allowed is missing: the logins that may read these tables")
    owners = toml_fields.one(fields, "owners", needed=False)
    if not all(isinstance(email, str) for email in owners.values()):
        raise Wrong("owners is no list of login = e-mail")
    whose = {"kinds": kinds, "people": people, "department": department, "owners": owners}
    return _promised(name, url, tables, fields, **whose)


def _promised(name: str, url: str, tables: tuple[str, ...], fields: Fields, **whose: Any) -> Watched:
    apart: Any = fields.get("apart", [])
    listed = cast("list[Any]", apart) if isinstance(apart, list) else [None]
    groups = [cast("list[Any]", one) if isinstance(one, list) else [] for one in listed]
    for roles in groups:
        if len(set(map(str, roles))) < 2 or not all(isinstance(role, str) and role for role in roles):
            raise Wrong('apart is no list of lists of two roles or more, as in [["reader", "auditor"]]')
    return Watched(
        name=name,
        url=url,
        tables=tables,
        allowed=frozenset(toml_fields.texts(fields, "allowed")),
        row_security=toml_fields.flag(fields, "row_security"),
        audit=toml_fields.flag(fields, "audit"),
        apart=tuple(frozenset(roles) for roles in groups),
        **whose,
    )
