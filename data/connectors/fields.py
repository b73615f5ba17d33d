"""What several sources have in their fields, checked. ValueError gives the reason and never repeats the content."""

from __future__ import annotations

import math

from data.connectors.rows import is_unicode


def number(found: object) -> float:
    """A finite number as a float: a coordinate, seconds, a distance scrolled."""
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise ValueError("is not a number")
    try:
        if math.isfinite(exact := float(found)):
            return exact
    except OverflowError:
        pass
    raise ValueError("is not a finite number")


def storable(text: str) -> str:
    """The text with halves of surrogate pairs, which UTF-8 has no bytes for, replaced by question marks; whoever
    calls this keeps the text as it was in `value`, where they stay escaped."""
    return text if is_unicode(text) else text.encode("utf-8", "replace").decode()
