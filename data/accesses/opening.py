"""Opening what an entry committed to without stopping at one that was tampered with: it is shown as what it is."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from data.accesses import keys
from data.accesses.details import Details
from data.accesses.keys import LogKeys
from data.errors import Unreadable
from data.sealing.vault import Vault

# SQLite keeps a text also where bytes belong.
_WRONG = (Unreadable, TypeError, ValueError)


class Lost(StrEnum):
    """Why the details of an entry cannot be shown. The log proves that the entry was there all the same."""

    ALTERED = "altered: what was written here no longer opens"
    MISSING = "missing: what was written here was taken away"


def log_keys(session: Session, vault: Vault) -> LogKeys | None:
    """The log's keys; None when they are gone or altered, so that nothing opens."""
    try:
        return keys.find(session, vault)
    except _WRONG:
        return None


def details(keys_: LogKeys | None, row: Any, sealed: bytes | None) -> Details | Lost:
    """The details of an entry (`position`, `commitment`) from their sealed form, or why there are none."""
    return at(keys_, row.position, row.commitment, sealed)


def at(keys_: LogKeys | None, position: int, commitment: str, sealed: bytes | None) -> Details | Lost:
    """As `details`, of the entry with this position and commitment."""
    if keys_ is None:
        return Lost.MISSING if sealed is None else Lost.ALTERED
    return _opened(keys_.read, position, commitment, sealed)


def once(keys_: LogKeys, position: int, commitment: str, sealed: bytes | None) -> Details | Lost:
    """As `at`, without remembering it: whoever goes through the whole log comes to each entry once."""
    return _opened(keys_.read_once, position, commitment, sealed)


def _opened(
    read: Callable[[int, str, bytes], Details], position: int, commitment: str, sealed: bytes | None
) -> Details | Lost:
    if sealed is None:
        return Lost.MISSING
    try:
        return read(position, commitment, sealed)
    except _WRONG:
        return Lost.ALTERED
