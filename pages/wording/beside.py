"""What a look that opened no captures looked at instead. Pure."""

from __future__ import annotations

from data.accesses.entry import AFFECTED, DAYLIGHT, DEVICES, HISTORY
from data.looks.look import Look
from data.rights import reviewing


def looked(look: Look) -> str:
    """'read who opened your data'; empty for a look at captures. Plain text."""
    if look.scope.get("view") == AFFECTED:
        return "took a list of everybody whom an exposure concerns; you are on it"
    if look.source == DAYLIGHT and not look.count and look.scope.get("view") == reviewing.VIEW:
        return "read how many of your captures were refused because of a pause, and opened none"
    if look.scope.get("what") == HISTORY:
        return "read one look in your access history" if "access" in look.scope else "read who opened your data"
    return "read what your devices report of themselves" if look.scope.get("what") == DEVICES else ""
