"""What an entry keeps of the outside record that it was made of. Pure."""

from __future__ import annotations

import hashlib

RECORD = "record"  # in the scope of an entry: the digests of the record's id and of its content


def digest(source: str, id: str) -> str:
    """The digest of a record's id in its source, hex."""
    return hashlib.sha256(f"{source}\0{id}".encode("utf-8", "backslashreplace")).hexdigest()
