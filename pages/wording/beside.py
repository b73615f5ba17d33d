"""What a look that opened no captures looked at instead. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.accesses.entry import DEVICES, HISTORY


def looked(scope: Mapping[str, Any]) -> str:
    """'read who opened your data'; empty for a look at captures. Plain text."""
    if scope.get("what") == HISTORY:
        return "read one look in your access history" if "access" in scope else "read who opened your data"
    return "read what your devices report of themselves" if scope.get("what") == DEVICES else ""
