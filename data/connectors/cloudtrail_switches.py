"""What a trail of AWS CloudTrail records of objects and tables, from the selectors that it was given. Pure.

Fields: CloudTrail API reference, "PutEventSelectors". A selector that is not understood records nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from data.connectors.json_events import Event, part, parts, text
from data.connectors.s3_names import address

OBJECTS = "AWS::S3::Object"


def records(parameters: Event, wanted: Iterable[str]) -> bool:
    """Whether the selectors record reads of everything wanted: folders as s3://bucket/path, and ARNs with their `*`.
    False when nothing is wanted."""
    basic = parts(parameters, "eventSelectors")
    advanced = parts(parameters, "advancedEventSelectors")
    asked = list(wanted)
    return bool(asked) and all(
        any(_basic(one, each) for one in basic) or any(_advanced(one, each) for one in advanced) for each in asked
    )


def _basic(selector: Any, wanted: str) -> bool:
    if part(selector, "readWriteType") not in (None, "All", "ReadOnly"):
        return False
    return any(
        _is_type(text(one, "type"), wanted) and any(_covers(value, wanted) for value in parts(one, "values"))
        for one in parts(selector, "dataResources")
    )


def _advanced(selector: Any, wanted: str) -> bool:
    """All of its fields have to let reads of it pass, and to be data."""
    fields = parts(selector, "fieldSelectors")
    named = {text(one, "field") for one in fields}
    return {"eventCategory", "resources.type"} <= named and all(_passes(one, wanted) for one in fields)


def _passes(field: Any, wanted: str) -> bool:
    if not isinstance(field, dict):
        return False
    tests = {key: parts(field, key) for key in field if parts(field, key)}
    match text(field, "field"):
        case "eventCategory":
            return tests == {"equals": ["Data"]}
        case "readOnly":
            return tests == {"equals": ["true"]}
        case "resources.type":
            return set(tests) == {"equals"} and any(_is_type(one, wanted) for one in tests["equals"])
        case "resources.ARN" if set(tests) == {"startsWith"}:
            return any(_covers(one, wanted) for one in tests["startsWith"])
        case "resources.ARN" if tests and set(tests) <= {"notStartsWith", "notEquals"}:
            return not any(_meets(one, wanted) for values in tests.values() for one in values)
        case _:
            return False


def _is_type(kind: Any, wanted: str) -> bool:
    if wanted.startswith("s3://"):
        return kind == OBJECTS
    service = wanted.split(":")[2] if wanted.count(":") > 1 else ""
    return isinstance(kind, str) and kind.casefold().split("::")[1:2] == [service]


def _covers(value: Any, wanted: str) -> bool:
    """Whether an ARN that selects what begins with it has all that is wanted."""
    plain = _plain(value)
    if plain is None:
        return False
    if wanted.startswith("s3://") and plain.removeprefix("s3://") and "/" not in plain.removeprefix("s3://"):
        return False  # a bucket without the slash after it is none
    return wanted.startswith(plain)


def _meets(value: Any, wanted: str) -> bool:
    """Whether what begins with an ARN may be some of what is wanted."""
    plain = _plain(value)
    fixed = wanted.partition("*")[0]
    return plain is None or plain.startswith(fixed) or fixed.startswith(plain)


def _plain(value: Any) -> str | None:
    """An ARN of S3 as s3://bucket/path; another one as it is; None when it is none."""
    if not isinstance(value, str) or not value.startswith("arn:"):
        return None
    return address(value)
