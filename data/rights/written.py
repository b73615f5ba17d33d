"""A text that somebody writes about a request or a hold: what they ask, answer, or give as their reason. Pure."""

from __future__ import annotations

from data.errors import BadInput

LONGEST = 4_000  # characters


def words(text: str, wanted: str) -> str:
    """The text without the space around it. Raises BadInput with `wanted` when there is none, and for a longer one than
    is kept."""
    said = text.strip()
    if not said:
        raise BadInput(wanted)
    if len(said) > LONGEST:
        raise BadInput(f"The text has {len(said):,} characters; {LONGEST:,} are the most that can be kept.")
    return said
