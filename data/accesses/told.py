"""What an entry keeps of the outside record that it was made of. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

RECORD = "record"  # in the scope of an entry: the digests of the record's id and of its content


def record_of(scope: Mapping[str, Any]) -> str:
    """The digest of the id of the record that an entry was made of, from its scope; empty where there was none."""
    told = scope.get(RECORD)
    return str(told.get("id", "")) if isinstance(told, dict) else ""


def digest(source: str, id: str) -> str:
    """The digest of a record's id in its source, hex."""
    return hashlib.sha256(f"{source}\0{id}".encode("utf-8", "backslashreplace")).hexdigest()
