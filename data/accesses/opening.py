"""Opening what an entry committed to without stopping at one that was tampered with: it is shown as what it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses import keys
from data.accesses.destroyed import MARK, Destroyed
from data.accesses.details import Details, Gist
from data.accesses.keys import LogKeys
from data.accesses.tables import DetailsRow
from data.errors import Unreadable
from data.sealing.vault import Vault

_Part = TypeVar("_Part")  # of what an entry committed to

_CHUNK = 500
# SQLite keeps a text also where bytes belong.
_WRONG = (Unreadable, TypeError, ValueError)


@dataclass(frozen=True)
class Lost:
    """Why the details of an entry cannot be shown. The log proves that the entry was there all the same. `destroyed`:
    they were destroyed as promised, and this is what stays of them."""

    value: str
    destroyed: Destroyed | None = None

    ALTERED: ClassVar[Lost]
    MISSING: ClassVar[Lost]


Lost.ALTERED = Lost("altered: what was written here no longer opens")
Lost.MISSING = Lost("missing: what was written here was taken away")
DESTROYED = "destroyed as promised: who it was and what they opened"


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
        return _keyless(sealed)
    return _opened(keys_, keys_.read, position, commitment, sealed)


def gist(keys_: LogKeys | None, position: int, commitment: str, sealed: bytes | None) -> Gist | Lost:
    """As `at`, no more than figures need."""
    if keys_ is None:
        return _keyless(sealed)
    return _opened(keys_, keys_.gist, position, commitment, sealed)


def once(keys_: LogKeys, position: int, commitment: str, sealed: bytes | None) -> Details | Lost:
    """As `at`, without remembering it: whoever goes through the whole log comes to each entry once."""
    return _opened(keys_, keys_.read_once, position, commitment, sealed)


def _keyless(sealed: bytes | None) -> Lost:
    return Lost.MISSING if sealed is None else Lost.ALTERED


def _opened(
    keys_: LogKeys,
    read: Callable[[int, str, bytes], _Part],
    position: int,
    commitment: str,
    sealed: bytes | None,
) -> _Part | Lost:
    if sealed is None:
        return Lost.MISSING
    try:
        if sealed[: len(MARK)] == MARK:
            return Lost(DESTROYED, keys_.open_destroyed(position, sealed))
        return read(position, commitment, sealed)
    except _WRONG:
        return Lost.ALTERED


def destroyed(session: Session, keys_: LogKeys | None, positions: Iterable[int]) -> frozenset[int]:
    """Of which of these entries the details were destroyed as promised."""
    found, wanted = set[int](), sorted(positions)
    for first in range(0, len(wanted), _CHUNK):
        rows = select(DetailsRow.position, DetailsRow.details).where(
            DetailsRow.position.in_(wanted[first : first + _CHUNK]),
            func.substr(DetailsRow.details, 1, len(MARK)) == MARK,
        )
        for position, sealed in session.execute(rows):
            lost = at(keys_, position, "", sealed)
            if isinstance(lost, Lost) and lost.destroyed is not None:
                found.add(position)
    return frozenset(found)
