"""The file that `programme notice publish` takes: a privacy notice of the programme, in TOML.

    title = "What the monitoring programme captures"
    effective = 2027-01-01T00:00:00Z    # from when it is in force; a date is its midnight UTC; left out: from now on
    legal_basis = "GDPR Article 6(1)(f): our interest in models that work as people do"
    purposes = ["training", "quality"]  # as in `purposes list`
    apps = ["Code", "Firefox"]          # the only ones in which anything is captured, or "any"
    text = \"\"\"What people read, in as many paragraphs as it takes.\"\"\"

    [kinds.key]                         # each kind that is captured, and no other
    fields = ["app", "text"]            # what a capture of it holds beside its time
    days = 30                           # how long it is kept

What is left out is promised not to be captured. Every mistake is refused with one sentence.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, cast

from data import instants, toml_fields
from data.accesses.entry import GIVEN, Purpose
from data.captures.kinds import Kind
from data.connectors import files
from data.errors import BadInput
from data.programme.privacy_notice import FIELDS, PrivacyNotice, Promise
from data.toml_fields import Fields, Wrong

WANTED = "a privacy notice, in TOML (data/connectors/notice_file.py describes it)"
_LARGEST = 1 << 20  # bytes
_LONGEST, _MOST_DAYS, _MOST_APPS = 20_000, 3_660, 500
_TOP = frozenset({"title", "effective", "legal_basis", "purposes", "apps", "text", "kinds"})


def read(path: Path) -> tuple[PrivacyNotice, int | None]:
    """The notice, and from when it is to be in force (microseconds UTC; None: from now on). Raises BadInput."""
    files.require_text(path, WANTED)
    if path.stat().st_size > _LARGEST:
        raise BadInput(f"{path} is larger than {_LARGEST >> 20} MB; name {WANTED}.")
    return parse(path.read_bytes(), str(path))


def parse(content: bytes, name: str) -> tuple[PrivacyNotice, int | None]:
    """The same of a file's bytes, called `name` where something is wrong with it."""
    found = toml_fields.parsed(content, name)
    place = "the file"
    try:
        toml_fields.known(found, _TOP)
        promises: list[Promise] = []
        for kind, fields in toml_fields.one(found, "kinds").items():
            place = f"[kinds.{kind[:40]}]"
            promises.append(_promise(kind, fields))
        place = "the file"
        if not promises:
            raise Wrong("[kinds] is empty; a notice that promises nothing needs no file")
        notice = PrivacyNotice(
            toml_fields.text(found, "title", needed=True),
            _paragraphs(found),
            toml_fields.text(found, "legal_basis", needed=True),
            _purposes(found),
            _apps(found),
            tuple(sorted(promises, key=lambda one: list(Kind).index(Kind(one.kind)))),
        )
        return notice, _effective(found)
    except Wrong as wrong:
        raise BadInput(f"{name}, {place}: {wrong}.") from None


def _promise(kind: str, fields: Any) -> Promise:
    if kind not in list(Kind):
        raise Wrong(f"there is no kind {kind[:40]!r}; there are {', '.join(Kind)}")
    if not isinstance(fields, dict):
        raise Wrong("it is no section")
    section = cast("Fields", fields)
    toml_fields.known(section, frozenset({"fields", "days"}))
    named = toml_fields.texts(section, "fields")
    unknown = [one for one in named if one not in FIELDS]
    if unknown:
        raise Wrong(f"there is no field {unknown[0][:40]!r}; there are {', '.join(FIELDS)}")
    if len(set(named)) < len(named):
        raise Wrong("a field is named twice")
    days = section.get("days")
    if type(days) is not int or not 1 <= days <= _MOST_DAYS:
        raise Wrong(f"days, how long it is kept, is no whole number from 1 to {_MOST_DAYS}")
    return Promise(kind, frozenset(named), days)


def _paragraphs(found: Fields) -> str:
    text = found.get("text")
    if not isinstance(text, str) or not text.strip():
        raise Wrong("text, what people read, is missing or empty")
    if len(text) > _LONGEST:
        raise Wrong(f"text has {len(text):,} characters; {_LONGEST:,} are the most that can be kept")
    if any(not one.isprintable() and one not in "\r\n\t" for one in text):
        raise Wrong("text holds an invisible character")
    return text.strip()


def _purposes(found: Fields) -> tuple[Purpose, ...]:
    named = toml_fields.texts(found, "purposes")
    if not named:
        raise Wrong("purposes is missing")
    unknown = [one for one in named if one not in GIVEN]
    if unknown:
        raise Wrong(f"there is no purpose {unknown[0][:40]!r}; there are {', '.join(GIVEN)}")
    return tuple(one for one in GIVEN if one in named)


def _apps(found: Fields) -> frozenset[str] | None:
    if "apps" not in found:
        raise Wrong('apps is missing; name the only ones, or write "any"')
    if isinstance(found["apps"], str):
        if found["apps"] != "any":
            raise Wrong('apps is neither "any" nor a list of names')
        return None
    named = toml_fields.texts(found, "apps")
    if len(named) > _MOST_APPS or any(len(one) > 200 or not one.isprintable() or not one.strip() for one in named):
        raise Wrong(f"apps names more than {_MOST_APPS}, or one in more than 200 plain characters")
    return frozenset(named)


def _effective(found: Fields) -> int | None:
    value: Any = found.get("effective")
    if value is None:
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise Wrong("effective names no zone; end it with Z, or +01:00")
        return instants.of(value)
    if isinstance(value, date):
        return instants.of(datetime.combine(value, time(), UTC))
    raise Wrong("effective is no date or time of TOML, such as 2027-01-01 without quotes")
