"""What a look that opened no captures looked at instead. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.accesses.entry import AFFECTED, COUNTED, DAYLIGHT, DEVICES, HISTORY
from data.looks.look import Look
from data.rights import reviewing
from data.statistics.people.figure import Figure
from pages.shell import words


def looked(look: Look) -> str:
    """'read who opened your data'; empty for a look at captures. Plain text."""
    if look.source == DAYLIGHT and look.scope.get("view") == COUNTED:
        return (
            f"counted you among at least 100 people for the figures of {look.scope.get('quarter')}, and opened nothing"
        )
    if look.scope.get("view") == AFFECTED:
        return "took a list of everybody whom an exposure concerns; you are on it"
    if look.source == DAYLIGHT and not look.count and look.scope.get("view") == reviewing.VIEW:
        return "read how many of your captures were refused because of a pause, and opened none"
    if look.scope.get("what") == HISTORY:
        return "read one look in your access history" if "access" in look.scope else "read who opened your data"
    return "read what your devices report of themselves" if look.scope.get("what") == DEVICES else ""


def counted(scope: Mapping[str, Any]) -> list[str]:
    """What a count of people asked of each, part by part. Plain text."""
    asked = [f"whether you {Figure(one).plain}" for one in scope["figures"]]
    return [f"a yes or no about you, which noise hides: {words.listed(asked)}"]
