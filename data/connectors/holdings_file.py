"""The file that `import pgaudit|cloudtrail|... --holdings FILE` needs: where captures lie outside Daylight, in TOML.

    [source]
    name = "capture database audit"     # as people read it; one name for each audited system, always the same
    heartbeat_minutes = 15              # the longest time without a recorded read that is no gap (see below);
                                        # without it no time is claimed as covered
    zone = "Europe/Berlin"              # pgaudit: the server's log_timezone, when it is not UTC
    latency_minutes = 180               # snowflake-access-history: how late rows may appear (180 when left out)

    [[holding]]                         # one place with captures; at least one
    name = "captures table"             # as people read it
    tables = ["public.captures", "reporting.captures_*"]    # [database.]schema.table; views too
    functions = ["public.export_captures"]                  # that give captures out
    kinds = ["key", "window"]           # which kinds of captures, all when left out
    column = "email"                    # the column that names the person, in every one of the tables, and ...
    lookup = "email"                    # ... how: "email", "id" (Daylight's number) or a list of [lookups]

    [[holding]]
    name = "screens bucket"
    prefixes = ["s3://acme-captures/screens/{email}/", "gs://acme/{id}/"]   # a lookup in braces names the person

    [[holding]]
    name = "trial in Sales"
    resources = ["projects/acme/datasets/trial/tables/*", "arn:aws:dynamodb:*:*:table/trial"]   # an API's names
    people = ["ana@example.org"]        # or department = "Sales"; without both: everybody on the roster

    [[account]]                         # whose an account is; the first that fits counts; * stands for anything
    names = ["ana_db", "arn:aws:iam::123456789012:user/ana"]
    person = "ana@example.org"
    [[account]]
    names = ["svc-trainer"]
    role = "service account"
    team = "Machine Learning"
    automated = true                    # assumed for the roles service, service account and job
    shared = false                      # true: several people use it, so nobody can say who it was
    action = "train"                    # what its reads are: read, copy, query or train
    [[account]]
    names = ["daylight"]
    daylight = true                     # this app's own account

    [lookups.personnel]                 # a list of your own: value = e-mail
    "10023" = "ana@example.org"

A table, object or resource that is named nowhere here holds no captures, and reading it is no access. Every mistake is
refused with one sentence, so that a spelling cannot turn captures into other data.

Only a read that the source recorded shows that it records reads, so a heartbeat is a read, by a job that runs every
few minutes. pgaudit: SELECT 'daylight heartbeat', by a login like any other. cloudtrail, gcp-audit and ocsf: of an
object below each of the prefixes (s3://acme-captures/screens/heartbeat), of each of the resources (in Google Cloud
also of one beside it, in the same dataset), and of any table; a read that was refused, or found nothing, will do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

from data import toml_fields
from data.accesses import entry
from data.accesses.accessors import Outside
from data.accesses.entry import SEEN_OUTSIDE, Action
from data.captures.kinds import Kind
from data.connectors import files
from data.connectors.holdings import Account, Holding, Holdings, Lookup, Prefix, Roster, TableName
from data.errors import BadInput
from data.toml_fields import Fields, Wrong

WANTED = "the holdings file, in TOML (data/connectors/holdings_file.py describes it)"
_LARGEST = 8 << 20
_TOP = frozenset({"source", "holding", "account", "lookups"})
_SOURCE = frozenset({"name", "heartbeat_minutes", "zone", "latency_minutes"})
_HOLDING = frozenset(
    {"name", "tables", "functions", "prefixes", "resources", "kinds", "column", "lookup", "people", "department"}
)
_ACCOUNT = frozenset({"names", "person", "role", "team", "automated", "shared", "action", "daylight"})
_AUTOMATED = frozenset({"service", "service account", "job"})
_TABLE = re.compile(r"[^\s.*\"'][^.*\"']*|[^.\"']*\*[^.\"']*")
_PREFIX = re.compile(r"(?:s3|gs)://[^/{}]+/(?:[^{}]*(?:\{(\w+)\}[^{}]*)?)?")


def read(path: Path, roster: Roster) -> Holdings:
    """The file, checked against the roster. Raises BadInput naming file, place and reason."""
    files.require_text(path, WANTED)
    if path.stat().st_size > _LARGEST:
        raise BadInput(f"{path} is larger than {_LARGEST >> 20} MB; name {WANTED}.")
    found = toml_fields.parsed(path.read_bytes(), str(path))
    place = "the file"
    try:
        toml_fields.known(found, _TOP)
        place = "[source]"
        source = toml_fields.one(found, "source")
        toml_fields.known(source, _SOURCE)
        lookups = {name: Lookup(name, people) for name, people in _roster_lookups(roster).items()}
        for name, listed in toml_fields.one(found, "lookups", needed=False).items():
            place = f"[lookups.{name}]"
            if name in lookups:
                raise Wrong(f"the lookup {name!r} is Daylight's own; choose another name")
            lookups[name] = _lookup(name, listed, roster)
        place = "the file"
        holdings: list[Holding] = []
        missing = "without one nothing would be an access"
        for number, fields in enumerate(toml_fields.many(found, "holding", missing=missing), 1):
            place = f"[[holding]] number {number}"
            holdings.append(_holding(fields, lookups, roster))
        accounts: list[Account] = []
        for number, fields in enumerate(toml_fields.many(found, "account"), 1):
            place = f"[[account]] number {number}"
            accounts.append(_account(fields, roster))
        place = "[source]"
        return _source(source, tuple(holdings), tuple(accounts))
    except Wrong as wrong:
        raise BadInput(f"{path}, {place}: {wrong}.") from None


def _source(fields: Fields, holdings: tuple[Holding, ...], accounts: tuple[Account, ...]) -> Holdings:
    name = toml_fields.text(fields, "name", needed=True)
    if name.casefold() == entry.DAYLIGHT:
        raise Wrong(f"the name {name!r} is Daylight itself, which no log from outside can speak for")
    zone = toml_fields.text(fields, "zone")
    try:
        place = ZoneInfo(zone) if zone else None
    except (ValueError, OSError, KeyError):
        raise Wrong(f"{zone!r} is no time zone, e.g. Europe/Berlin") from None
    return Holdings(
        source=name,
        holdings=holdings,
        accounts=accounts,
        heartbeat=toml_fields.minutes(fields, "heartbeat_minutes"),
        latency=toml_fields.minutes(fields, "latency_minutes"),
        zone=place,
    )


def _holding(fields: Fields, lookups: Mapping[str, Lookup], roster: Roster) -> Holding:
    toml_fields.known(fields, _HOLDING)
    column, lookup = toml_fields.text(fields, "column"), toml_fields.text(fields, "lookup")
    if bool(column) != bool(lookup):
        raise Wrong("column and lookup are only good together: a column, and how it names a person")
    if lookup and lookup not in lookups:
        raise Wrong(f"the lookup {lookup!r} is none of {', '.join(sorted(lookups))}")
    kinds = toml_fields.texts(fields, "kinds")
    unknown = sorted(set(kinds) - set(Kind))
    if unknown:
        raise Wrong(f"{unknown[0]!r} is no kind of capture; there are {', '.join(Kind)}")
    found = Holding(
        name=toml_fields.text(fields, "name", needed=True),
        tables=tuple(_table(one) for one in toml_fields.texts(fields, "tables")),
        functions=tuple(_table(one) for one in toml_fields.texts(fields, "functions")),
        prefixes=tuple(_prefix(one, lookups) for one in toml_fields.texts(fields, "prefixes")),
        resources=toml_fields.texts(fields, "resources"),
        kinds=kinds,
        everybody=_everybody(fields, roster),
        column=column,
        lookup=lookups[lookup] if lookup else None,
    )
    if not (found.tables or found.functions or found.prefixes or found.resources):
        raise Wrong("it names no place; give it tables, functions, prefixes or resources")
    if column and not found.tables:
        raise Wrong("a column needs tables that have it")
    return found


def _everybody(fields: Fields, roster: Roster) -> frozenset[int] | None:
    people, department = toml_fields.texts(fields, "people"), toml_fields.text(fields, "department")
    if people and department:
        raise Wrong("give it people or a department, not both")
    if department:
        if department not in roster.departments:
            raise Wrong(f"the roster has no department {department!r}")
        return roster.departments[department]
    return frozenset(_person(one, roster) for one in people) if "people" in fields else None


def _account(fields: Fields, roster: Roster) -> Account:
    toml_fields.known(fields, _ACCOUNT)
    names = toml_fields.texts(fields, "names")
    if not names:
        raise Wrong("names is missing: the account as the source writes it")
    person, role, team = (
        toml_fields.text(fields, "person"),
        toml_fields.text(fields, "role"),
        toml_fields.text(fields, "team"),
    )
    daylight, shared = toml_fields.flag(fields, "daylight"), toml_fields.flag(fields, "shared")
    if sum((bool(person), bool(role or team), daylight)) != 1:
        raise Wrong("say whose it is: a person, or a role and team, or daylight = true")
    if person and shared:
        raise Wrong("an account that is one person's is not shared; give it a role and team instead")
    action = toml_fields.text(fields, "action")
    if action and action not in SEEN_OUTSIDE:
        raise Wrong(f"the action {action!r} is none of {', '.join(sorted(SEEN_OUTSIDE))}")
    automated = daylight or toml_fields.flag(fields, "automated", role.casefold() in _AUTOMATED)
    person_id = _person(person, roster) if person else None
    if person_id is not None:
        role, team = "employee", roster.teams.get(person_id, "")
    accessor = Outside(names[0], "this app" if daylight else role, team, automated, person_id=person_id, shared=shared)
    return Account(names, accessor, Action(action) if action else None, daylight)


def _roster_lookups(roster: Roster) -> dict[str, dict[str, int]]:
    return {
        "email": {Lookup.normal(email): person for email, person in roster.emails.items()},
        "id": {str(person): person for person in roster.emails.values()},
    }


def _lookup(name: str, listed: Any, roster: Roster) -> Lookup:
    if not isinstance(listed, dict) or not listed:
        raise Wrong("it is no list of value = e-mail")
    found: dict[str, int] = {}
    for value, email in cast("dict[str, Any]", listed).items():
        if not isinstance(email, str):
            raise Wrong(f"{value!r} is no e-mail in quotes")
        key, person = Lookup.normal(value), _person(email, roster)
        if found.setdefault(key, person) != person:
            raise Wrong(f"{value!r} names two people, as a database may hold it equal to another value here")
    return Lookup(name, found)


def _table(text: str) -> TableName:
    parts = text.split(".")
    if not 1 <= len(parts) <= 3 or not all(_TABLE.fullmatch(part) for part in parts):
        raise Wrong(f"{text!r} is no table; write [database.]schema.table without quotes")
    if any("*" in part for part in parts[:-1]):
        raise Wrong(f"{text!r} has its * before the last name, where it is not understood")
    return TableName(*reversed(parts))


def _prefix(text: str, lookups: Mapping[str, Lookup]) -> Prefix:
    matched = _PREFIX.fullmatch(text)
    if matched is None:
        raise Wrong(f"{text!r} is no prefix; write s3://bucket/path/ or gs://bucket/path/, with at most one {{email}}")
    name = matched[1]
    if name is None:
        return Prefix(text)
    if name not in lookups:
        raise Wrong(f"{{{name}}} in {text!r} is none of the lookups {', '.join(sorted(lookups))}")
    if text.endswith("}"):
        raise Wrong(f"{text!r} ends with the person's name; end it with what follows there, usually /")
    return Prefix(text, lookups[name])


def _person(email: str, roster: Roster) -> int:
    found = roster.emails.get(email.strip().casefold())
    if found is None:
        raise Wrong(f"nobody on the roster has the e-mail {email[:80]!r}")
    return found
