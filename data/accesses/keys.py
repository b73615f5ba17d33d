"""The log's keys: keyring -> log key -> each person's tag key. One wrap and unwrap however many people there are."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.accesses.details import Details
from data.accesses.tables import EntryRow, LogKeyRow, TagKeyRow
from data.database import insert
from data.errors import Unreadable
from data.sealing import envelope
from data.sealing.vault import Vault

_ID = 1
_CHUNK = 500


@dataclass(frozen=True)
class LogKeys:
    """Keys derived from the log's one: for details, for telling accessors apart, for tag keys, for its signature."""

    vault: Vault
    details: bytes = field(repr=False)
    who: bytes = field(repr=False)
    tags: bytes = field(repr=False)
    signing: bytes = field(repr=False)

    def seal_details(self, position: int, details: bytes) -> bytes:
        """Details as they are stored; bound to their position."""
        return envelope.seal(self.details, details, self.vault.binding("access details", position=position))

    def open_details(self, position: int, sealed: bytes) -> bytes:
        """The details of `position`. Raises Unreadable when they were altered or moved."""
        return envelope.unseal(self.details, sealed, self.vault.binding("access details", position=position))

    def seal_reason(self, position: int, reason: bytes) -> bytes:
        """An officer's explanation of an access as it is stored; bound to its position."""
        return envelope.seal(self.details, reason, self.vault.binding("explanation", position=position))

    def open_reason(self, position: int, sealed: bytes) -> bytes:
        """The explanation of the access at `position`. Raises Unreadable when it was altered or moved."""
        return envelope.unseal(self.details, sealed, self.vault.binding("explanation", position=position))

    def new_tag_key(self, person_id: int) -> bytes:
        """A fresh tag key of a person, sealed."""
        return envelope.seal(self.tags, envelope.new_key(), self.vault.binding("tag key", person=person_id))

    def open_tag_key(self, person_id: int, sealed: bytes) -> bytes:
        """A person's tag key. Raises Unreadable."""
        return envelope.unseal(self.tags, sealed, self.vault.binding("tag key", person=person_id))

    def digest(self, accessor: str) -> str:
        """A name for an accessor that says nothing without the key, equal for the same accessor."""
        return hmac.digest(self.who, accessor.encode(), "sha256").hex()[:32]


def make(session: Session, vault: Vault) -> LogKeys:
    """The log's keys, made at the first call."""
    found = session.get(LogKeyRow, _ID)
    if found is None:
        epoch, wrapped = vault.wrap(session, envelope.new_key(), _binding(vault))
        row = {"id": _ID, "epoch": epoch, "wrapped": wrapped}
        session.execute(insert(session, LogKeyRow).values(row).on_conflict_do_nothing())
        found = session.scalars(select(LogKeyRow)).one()
    return _derived(vault, found)


def find(session: Session, vault: Vault) -> LogKeys | None:
    """The log's keys, or None when nothing was ever logged."""
    found = session.get(LogKeyRow, _ID)
    return None if found is None else _derived(vault, found)


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap the log's key under the keyring's present epoch, so that an older epoch can be destroyed."""
    found = session.get(LogKeyRow, _ID)
    if found is not None:
        secret = vault.keyring.unwrap(found.epoch, found.wrapped, _binding(vault))
        epoch, wrapped = vault.wrap(session, secret, _binding(vault))
        session.execute(update(LogKeyRow).values(epoch=epoch, wrapped=wrapped))


def tag_keys(session: Session, keys: LogKeys, people: Sequence[int]) -> dict[int, bytes]:
    """Each person's tag key, made where there is none yet."""
    found: dict[int, bytes] = {}
    for first in range(0, len(people), _CHUNK):
        chunk = people[first : first + _CHUNK]
        stored = _stored(session, chunk)
        missing = [
            {"person_id": person, "sealed": keys.new_tag_key(person)} for person in chunk if person not in stored
        ]
        if missing:
            session.execute(insert(session, TagKeyRow).on_conflict_do_nothing(), missing)
            stored = _stored(session, chunk)
        found.update({person: keys.open_tag_key(person, sealed) for person, sealed in stored.items()})
    return found


def tag_key(session: Session, keys: LogKeys, person_id: int) -> bytes | None:
    """One person's tag key, or None when nothing was ever logged about them."""
    found = session.get(TagKeyRow, person_id)
    return None if found is None else keys.open_tag_key(person_id, found.sealed)


def opened(keys: LogKeys, row: EntryRow, sealed: bytes) -> Details:
    """The details of an entry. Raises Unreadable when they are not what the entry committed to."""
    found = Details.unpacked(keys.open_details(row.position, sealed))
    if found.commitment.hex() != row.commitment:
        raise Unreadable(f"Entry {row.position} of the access log is not what was committed to; tell the auditor.")
    return found


def _stored(session: Session, people: Sequence[int]) -> dict[int, bytes]:
    rows = session.execute(
        select(TagKeyRow.person_id, TagKeyRow.sealed).where(TagKeyRow.person_id.in_(people)),
    )
    return dict(rows.all())


def _binding(vault: Vault) -> bytes:
    return vault.binding("access log key")


def _derived(vault: Vault, row: LogKeyRow) -> LogKeys:
    secret = vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault))

    def derive(label: bytes) -> bytes:
        return hmac.new(secret, label, hashlib.sha256).digest()

    return LogKeys(
        vault, details=derive(b"details"), who=derive(b"who"), tags=derive(b"tags"), signing=derive(b"signing")
    )
