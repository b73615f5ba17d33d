"""Tombstones: which erasures were carried out, kept beside the keyring and apart from every backup of the database.

One line each, with its place in the access log: a database whose log does not hold that entry is from before the
erasure. Whose data it was and which part stands in the line sealed under the log's key, which never changes.
"""

from __future__ import annotations

import fcntl
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import keys
from data.accesses.keys import LogKeys
from data.accesses.tables import EntryRow
from data.database import Database
from data.errors import Unreadable, Unwritable
from data.sealing import durable, envelope
from data.sealing.vault import Vault

_CHUNK = 500


@dataclass(frozen=True)
class Tombstone:
    """One place in the log where an erasure stands. `erasure` names the erasure: carried out once more, it has a line
    more under the same name. `commitment` (hex) is that of the entry at `position`; `sealed` opens to an Erased."""

    erasure: str
    position: int
    commitment: str
    sealed: str


@dataclass(frozen=True)
class Erased:
    """Whose captures were erased: all in `scope` (its JSON) from before `at` (microseconds UTC) or stored by then, for
    which request."""

    person_id: int
    request_id: int
    at: int
    scope: dict[str, Any]


def make(session: Session, vault: Vault, name: str, position: int, erased: Erased) -> Tombstone:
    """The tombstone of what the entry at `position` is about."""
    row = session.get_one(EntryRow, position)
    log_keys = keys.make(session, vault)
    plain = {"person": erased.person_id, "request": erased.request_id, "at": erased.at}
    text = json.dumps(plain | {"scope": erased.scope}).encode()
    sealed = envelope.seal(log_keys.details, text, _binding(vault, name))
    return Tombstone(name, position, row.commitment, b64encode(sealed).decode())


def opened(session: Session, vault: Vault, stone: Tombstone) -> Erased:
    """What a tombstone is about. Raises Unreadable when it is not this store's, or was altered."""
    log_keys: LogKeys | None = keys.find(session, vault)
    if log_keys is None:
        raise Unreadable("There is a tombstone of an erasure and no access log; put back the database as a whole.")
    sealed = b64decode(stone.sealed)
    found: dict[str, Any] = json.loads(envelope.unseal(log_keys.details, sealed, _binding(vault, stone.erasure)))
    return Erased(found["person"], found["request"], found["at"], found["scope"])


def missing(database: Database, path: Path) -> tuple[Tombstone, ...]:
    """One tombstone of each erasure of which this database's log holds no entry, in the order of the list at `path`.

    Raises Unreadable as `read` does.
    """
    stones = read(path)
    if not stones:
        return ()
    held = set[tuple[int, str]]()
    positions = sorted({stone.position for stone in stones})
    with database.reading() as session:
        for first in range(0, len(positions), _CHUNK):
            chosen = EntryRow.position.in_(positions[first : first + _CHUNK])
            rows = session.execute(select(EntryRow.position, EntryRow.commitment).where(chosen))
            held |= {(row[0], row[1]) for row in rows}
    done = {stone.erasure for stone in stones if (stone.position, stone.commitment) in held}
    return tuple({stone.erasure: stone for stone in stones if stone.erasure not in done}.values())


def read(path: Path) -> tuple[Tombstone, ...]:
    """All of the list, oldest first; none where there is no list. Raises Unreadable when a line is none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(Tombstone(**json.loads(line)) for line in lines)
    except FileNotFoundError:
        return ()
    except (ValueError, TypeError):
        raise Unreadable(
            f"{path} does not hold the list of erasures as it was written; put a copy of it back."
        ) from None


def add(path: Path, stones: Sequence[Tombstone]) -> None:
    """Add what the list does not hold yet, durably, or leave it as it was. Hold `alone`. Raises Unwritable."""
    kept = read(path)
    new = [stone for stone in stones if stone not in kept]
    if not new:
        return
    text = "".join(json.dumps(vars(stone)) + "\n" for stone in (*kept, *new))
    try:
        durable.write(path, text.encode())
    except OSError as error:
        raise Unwritable(
            f"{path}, the list of erasures, cannot be written: {error.strerror}; make room there."
        ) from error


@contextmanager
def alone(path: Path) -> Generator[None]:
    """Only one process of this machine changes the list, or follows it, at a time."""
    guard = os.open(path.with_name(f"{path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield
    finally:
        os.close(guard)


def _binding(vault: Vault, name: str) -> bytes:
    return vault.binding("tombstone", erasure=name)
