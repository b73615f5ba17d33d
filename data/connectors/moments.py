"""When a source says something happened, as whole microseconds UTC and never through a float where text is exact."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from data import instants

_TEXT = re.compile(
    r"\d{4}-\d\d-\d\d(?:[Tt ]\d\d:\d\d(?::\d\d(?:[.,](\d+))?)?)?\s?(?:[Zz]|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?", re.ASCII
)


def of_text(text: str, zone: ZoneInfo | None) -> int:
    """An ISO 8601 date-time as microseconds UTC; digits beyond the sixth are rounded.

    One that names no zone is read in `zone` (the first of two where clocks were set back). ValueError with the
    reason otherwise.
    """
    matched = _TEXT.fullmatch(text)
    if matched is None:
        raise ValueError("is not an ISO 8601 date and time")
    carry = 0
    if matched.group(1) and len(matched.group(1)) > 6:
        fraction = matched.group(1)
        carry = round(Decimal(f"{fraction[:6]}.{fraction[6:]}")) - int(fraction[:6])
        text = text[: matched.start(1)] + fraction[:6] + text[matched.end(1) :]
    try:
        found = datetime.fromisoformat(text.upper())  # RFC 3339 (5.6) writes t and z in either case
        if found.tzinfo is None:
            if zone is None:
                raise ValueError(
                    "names no zone; say where it was recorded with --zone, for example --zone Europe/London"
                )
            found = found.replace(tzinfo=zone)
        return within(instants.of(found) + carry)
    except OverflowError:
        raise ValueError("lies outside the years 1 to 9999") from None


def of_seconds(seconds: Decimal | float) -> int:
    """Seconds (since 1970, or of a duration) as whole microseconds, rounded to the nearest.

    A float is read as the shortest decimal that names it, which is the text it was written as. ValueError when it is
    not finite.
    """
    try:
        exact = seconds if isinstance(seconds, Decimal) else Decimal(repr(seconds))
        return round(exact * 1_000_000)
    except (InvalidOperation, OverflowError, ValueError):
        raise ValueError("is not a number of seconds") from None


def within(at: int) -> int:
    """The instant itself; ValueError when no calendar date can show it."""
    if not instants.EARLIEST <= at <= instants.LATEST:
        raise ValueError("lies outside the years 1 to 9999")
    return at
