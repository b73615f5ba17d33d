"""Daylight's own form, field by field: what each column may hold in JSON Lines and in CSV.

Every check takes what the file holds and returns what the capture schema holds. ValueError gives the reason without
repeating the content, which may be a keystroke.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from data.captures.schema import COLUMNS, Kind
from data.connectors import moments
from data.connectors.fields import number
from data.connectors.rows import Row, canonical, is_unicode

Check = Callable[[object], object]

KINDS = frozenset(kind.value for kind in Kind)
DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST = (1 << 63) - 1
_WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_TEXTS = ("device", "app", "title", "button", "text")
_NUMBERS = ("x", "y", "dx", "dy")
# As in protobuf's JSON mapping: JSON has no such numbers, and a source may have written them.
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _no_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_no_constant)
_PLACES = {name: place for place, name in enumerate(COLUMNS)}


def json_checks(zone: ZoneInfo | None) -> dict[str, Check]:
    """The check of each column for values as JSON has them."""
    return {
        **dict.fromkeys(_TEXTS, _text),
        **dict.fromkeys(_NUMBERS, _coordinate),
        "at": lambda found: _instant(found, zone),
        "kind": _kind,
        "duration": _duration,
        "down": _truth,
        "value": _value,
        "screen": _screen,
    }


def csv_checks(zone: ZoneInfo | None) -> dict[str, Check]:
    """The check of each column for values as CSV has them: text, never empty."""
    checks = json_checks(zone)
    return checks | {
        "at": lambda found: _instant(int(str(found)) if _WHOLE.fullmatch(str(found)) else found, zone),
        "duration": lambda found: _duration(_number_of(_WHOLE, found, int)),
        "down": lambda found: _truth({"true": True, "false": False}.get(str(found).lower(), found)),
        "value": _json_text,
        **dict.fromkeys(_NUMBERS, lambda found: _coordinate(_number_of(_NUMBER, found, float))),
    }


def row(record: Mapping[str, object], checks: Mapping[str, Check]) -> Row:
    """One record of the file as a row. A column that is missing or null is null; ValueError names the column."""
    found: list[Any] = [None] * len(COLUMNS)
    for name, content in record.items():
        check = checks.get(name)
        if check is None:
            raise ValueError(unknown(name))
        if content is None:
            continue
        try:
            found[_PLACES[name]] = check(content)
        except ValueError as error:
            raise ValueError(f"'{name}' {error}") from None
    for name in ("at", "kind"):
        if found[_PLACES[name]] is None:
            raise ValueError(f"'{name}' is missing")
    return Row._make(found)


def unknown(name: str) -> str:
    """The sentence about a column the form does not have."""
    return (
        f"'{name[:40]}' is not a column of the form; what no column holds belongs into 'value' ({', '.join(COLUMNS)})"
    )


def require_json(text: str) -> str:
    """The text itself, when it is JSON."""
    try:
        _JSON.decode(text)
    except (ValueError, RecursionError):
        raise ValueError("is not JSON") from None
    return text


def _instant(found: object, zone: ZoneInfo | None) -> int:
    if isinstance(found, int) and not isinstance(found, bool):
        return moments.within(found)
    if isinstance(found, str):
        return moments.of_text(found, zone)
    raise ValueError("is neither an ISO 8601 text nor whole microseconds since 1970")


def _kind(found: object) -> str:
    if isinstance(found, str) and found in KINDS:
        return found
    raise ValueError(f"is none of {', '.join(sorted(KINDS))}")


def _duration(found: object) -> int:
    """A negative one is kept: collectors write it where the clock was set back."""
    if isinstance(found, int) and not isinstance(found, bool) and -LARGEST <= found <= LARGEST:
        return found
    raise ValueError("is not whole microseconds")


def _truth(found: object) -> bool:
    if isinstance(found, bool):
        return found
    raise ValueError("is neither true nor false")


def _text(found: object) -> str:
    if not isinstance(found, str):
        raise ValueError("is not text")
    if not is_unicode(found):
        raise ValueError("holds half of a surrogate pair, which is not Unicode text")
    return found


def _coordinate(found: object) -> float:
    return _NOT_FINITE[found] if isinstance(found, str) and found in _NOT_FINITE else number(found)


def _number_of(form: re.Pattern[str], found: object, convert: Callable[[str], float]) -> object:
    return convert(str(found)) if form.fullmatch(str(found)) else found


def _value(found: object) -> str:
    return _json_text(found) if isinstance(found, str) else canonical(found)


def _json_text(found: object) -> str:
    return require_json(_text(found))


def _screen(found: object) -> str:
    if isinstance(found, str) and DIGEST.fullmatch(found):
        return found
    raise ValueError("is not a SHA-256 in 64 lower-case hex digits")
