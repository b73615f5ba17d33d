"""Evidence of accesses outside Daylight (a database's audit, a cloud's, a training job's own record) as JSON Lines.

One line is one access:

    {"at": "2026-11-03T14:05:09Z", "source": "warehouse audit", "action": "read", "who": "svc-trainer",
     "role": "service", "team": "Machine Learning", "purpose": "training", "ticket": "RUN-7",
     "people": ["ana@x.org"], "count": 1200, "scope": {"kinds": ["key"]}, "automated": true, "id": "audit-0001"}

`action` is read, copy, query or train. `people` are e-mails on the roster, or "all". `purpose` is one of the log's
(left out or "none": no reason given). `observed` true: an audit saw it, and whoever looked did not declare it; then
another line that came into the log before, or this app's own record, may explain it (the same `who`, people, kinds and
time, and no more than was declared), and what nothing explains a privacy officer must. How much was declared or seen is
`count` (rows, or captures; 0: not told) and an `amount` in the scope, `{"bytes": 4200, "objects": 1, "statements": 3}`.
A declaration of one moment explains one read of which the audit does not tell how much; `until` in the scope (an
instant, at most seven days on) makes it a span, and `statements` a number of reads.
`automated` is assumed for the roles service, service account and job. `id` is the source's own number; without it two
lines are the same access when they are equal, and n equal lines in one file are n accesses. `at`, `source`, `action`,
`who` and `people` must be there. Or a span in which a source was recording:

    {"coverage": "warehouse audit", "start": "2026-09-01T00:00Z", "end": null, "why": ""}

`end` null: it still is; `why` says why it stopped. Across time whose record was lost
(`python -m data log accept`) a span claims nothing, unless it begins in that time: then it is about it. All lines are
kept or none, and a file read again adds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import rfc8785

from data import instants
from data.accesses import entry
from data.accesses.accessors import Outside
from data.accesses.entry import GIVEN, SEEN_OUTSIDE, Action, Purpose, Reason
from data.looks.matching import AMOUNT, Unit

_LONGEST_TEXT = 300
_LONGEST_SCOPE = 4096
_AUTOMATED = frozenset({"service", "service account", "job"})
_ACCESS = frozenset("at source action who role team purpose ticket people count scope automated observed id".split())  # noqa: SIM905
_COVERAGE = frozenset({"coverage", "start", "end", "why"})


@dataclass(frozen=True)
class Access:
    """One access; `people` are ids, `key` the source's own id or empty."""

    key: str
    at: int
    source: str
    action: Action
    accessor: Outside
    reason: Reason
    people: tuple[int, ...]
    count: int
    scope: Mapping[str, Any]
    observed: bool


@dataclass(frozen=True)
class Span:
    """A span in which a source was recording, microseconds UTC."""

    source: str
    start: int
    end: int | None
    why: str


class Wrong(Exception):
    """What is wrong with a line, in a few words."""


def parse(text: str, emails: Mapping[str, int]) -> Access | Span:
    """One line. `emails` are the roster's, with the person's id. Raises Wrong with a few words."""
    try:
        value: Any = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Wrong("it is not JSON") from error
    if not isinstance(value, dict):
        raise Wrong("it is not a JSON object")
    fields: dict[str, Any] = value
    allowed = _COVERAGE if "coverage" in fields else _ACCESS
    unknown = sorted(set(fields) - allowed)
    if unknown:
        raise Wrong(f"there is no field {unknown[0][:40]!a}")
    return _span(fields) if "coverage" in fields else _access(fields, emails)


def _access(fields: Mapping[str, Any], emails: Mapping[str, int]) -> Access:
    source, role = _source(fields, "source"), _text(fields, "role")
    automated = _flag(fields, "automated", role.casefold() in _AUTOMATED)
    observed = _flag(fields, "observed", False)
    count = fields.get("count", 0)
    if type(count) is not int or not 0 <= count < 2**53:
        raise Wrong("count is no whole number of 0 or more")
    action = _text(fields, "action", needed=True)
    if action not in SEEN_OUTSIDE:
        raise Wrong(f"the action {action!r} is none of {', '.join(sorted(SEEN_OUTSIDE))}")
    purpose = _text(fields, "purpose") or Purpose.NONE.value
    if purpose not in (Purpose.NONE, *GIVEN):
        raise Wrong(f"the purpose {purpose!r} is none of {', '.join((Purpose.NONE, *GIVEN))}")
    if observed and purpose != Purpose.NONE:
        raise Wrong("an audit that observed an access cannot know its purpose; leave the purpose out, or observed")
    return Access(
        key=_text(fields, "id") or "",
        at=_instant(fields, "at"),
        source=source,
        action=Action(action),
        accessor=Outside(_text(fields, "who", needed=True), role, _text(fields, "team"), automated),
        reason=Reason(Purpose(purpose), _text(fields, "ticket")),
        people=_people(fields, emails),
        count=count,
        scope=_scope(fields),
        observed=observed,
    )


def _span(fields: Mapping[str, Any]) -> Span:
    start = _instant(fields, "start")
    end = None if fields.get("end") is None else _instant(fields, "end")
    if end is not None and end <= start:
        raise Wrong("the span ends before it starts")
    return Span(_source(fields, "coverage"), start, end, _text(fields, "why"))


def _source(fields: Mapping[str, Any], name: str) -> str:
    source = _text(fields, name, needed=True)
    if source.casefold() == entry.DAYLIGHT:
        raise Wrong(f"the source {source!r} is Daylight itself, which no file can speak for")
    return source


def _people(fields: Mapping[str, Any], emails: Mapping[str, int]) -> tuple[int, ...]:
    people = fields.get("people")
    if people == "all":
        return tuple(emails.values())
    if not isinstance(people, list) or not people or not all(isinstance(one, str) for one in people):
        raise Wrong('people is neither "all" nor a list of e-mails')
    listed = [str(one).strip().casefold() for one in people]
    unknown = [one for one in listed if one not in emails]
    if unknown:
        raise Wrong(f"nobody on the roster has the e-mail {unknown[0][:80]!a}")
    return tuple(sorted({emails[one] for one in listed}))


def _scope(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    scope = fields.get("scope", {})
    if not isinstance(scope, dict):
        raise Wrong("scope is no JSON object")
    try:
        size = len(rfc8785.dumps(scope))
    except (rfc8785.CanonicalizationError, RecursionError, ValueError) as error:
        raise Wrong("scope holds a number or text that JSON cannot keep exactly") from error
    if size > _LONGEST_SCOPE:
        raise Wrong(f"scope is longer than {_LONGEST_SCOPE} bytes")
    _require_amount(scope.get(AMOUNT, {}))
    return scope


def _require_amount(told: Any) -> None:
    units = ", ".join(Unit)
    if not isinstance(told, dict) or not set(told) <= set(Unit):
        raise Wrong(f"the amount in its scope is no object of {units}")
    if not all(type(one) is int and one >= 0 for one in told.values()):
        raise Wrong("the amount in its scope holds what is no whole number of 0 or more")


def _flag(fields: Mapping[str, Any], name: str, default: bool) -> bool:
    value = fields.get(name, default)
    if not isinstance(value, bool):
        raise Wrong(f"{name} is neither true nor false")
    return value


def _text(fields: Mapping[str, Any], name: str, *, needed: bool = False) -> str:
    text = fields.get(name, "")
    if not isinstance(text, str):
        raise Wrong(f"{name} is no text")
    if len(text) > _LONGEST_TEXT:
        raise Wrong(f"{name} has {len(text)} characters, more than {_LONGEST_TEXT}")
    if not text.isprintable():
        raise Wrong(f"{name} holds an invisible character")
    if needed and not text.strip():
        raise Wrong(f"{name} is missing")
    return text.strip()


def _instant(fields: Mapping[str, Any], name: str) -> int:
    text = _text(fields, name, needed=True)
    try:
        at = instants.parse(text)
    except (ValueError, OverflowError):
        raise Wrong(f"{name} is no ISO 8601 instant") from None
    if not 0 <= at <= instants.now() + instants.DAY:
        raise Wrong(f"{name} is before 1970 or in the future")
    return at


def _no_number(name: str) -> NoReturn:
    raise ValueError(name)
