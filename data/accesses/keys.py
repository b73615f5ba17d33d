"""The log's keys: keyring -> log key -> each person's tag key. One wrap and unwrap however many people there are."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from data import driver
from data.accesses import entry
from data.accesses.details import Details
from data.accesses.tables import LogKeyRow, TagKeyRow
from data.database import insert
from data.errors import Unreadable
from data.sealing import envelope
from data.sealing.vault import Vault

_ID = 1
_LOG_KEY = "SELECT epoch, wrapped FROM access_keys WHERE id = ?"
_TAG_KEY = "SELECT person_id, sealed FROM access_tag_keys WHERE person_id = ?"
_CHUNK = 500
_REMEMBERED = 10_000  # opened details, about 3 kB each; a person with more looks waits longer for their page

# A person's blinded tag in the entry with this commitment.
Tag = Callable[[bytes], bytes]


@dataclass(frozen=True)
class LogKeys:
    """Keys derived from the log's one: for details, for telling accessors apart, for tag keys, for its signature."""

    vault: Vault
    details: AESGCM = field(repr=False)
    who: bytes = field(repr=False)
    tags: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    _bound: tuple[bytes, bytes] = field(repr=False)
    # By their sealed form, which whoever asks has read from the database: tag keys that were opened.
    _tagging: dict[bytes, Tag] = field(default_factory=dict[bytes, Tag], compare=False, repr=False)

    @staticmethod
    def derived(vault: Vault, secret: bytes) -> LogKeys:
        """The keys that follow from the log's one."""

        def derive(label: bytes) -> bytes:
            return hmac.new(secret, label, hashlib.sha256).digest()

        # The binding of details is the same for each but for the position: written out once and put together.
        before, _, after = vault.binding("access details", position=0).partition(b'"0"')
        return LogKeys(
            vault,
            details=envelope.ready(derive(b"details")),
            who=derive(b"who"),
            tags=derive(b"tags"),
            signing=derive(b"signing"),
            _bound=(before + b'"', b'"' + after),
        )

    def seal_details(self, position: int, details: bytes) -> bytes:
        """Details as they are stored; bound to their position."""
        return envelope.seal(self.details, details, self._binding(position))

    def open_details(self, position: int, sealed: bytes) -> bytes:
        """The details of `position`. Raises Unreadable when they were altered or moved."""
        return envelope.unseal(self.details, sealed, self._binding(position))

    @cached_property
    def read(self) -> Callable[[int, str, bytes], Details]:
        """What an entry (position, commitment) committed to, from the sealed form, opened once while it is remembered.

        Remembered by every byte that it follows from: what was altered since is another question, which is never
        answered from memory. Raises Unreadable, each time, when the details are not what the entry committed to.
        """
        return lru_cache(_REMEMBERED)(self._read)

    def apart(self) -> LogKeys:
        """The same keys with a memory of their own: who reads the whole log would push out what pages ask for."""
        return replace(self)

    def _read(self, position: int, commitment: str, sealed: bytes) -> Details:
        found = Details.unpacked(self.open_details(position, sealed))
        if found.commitment.hex() != commitment:
            raise Unreadable(f"Entry {position} of the access log is not what was committed to; tell the auditor.")
        return found

    def new_tag_key(self, person_id: int) -> bytes:
        """A fresh tag key of a person, sealed."""
        return envelope.seal(self.tags, envelope.new_key(), self.vault.binding("tag key", person=person_id))

    def open_tag_key(self, person_id: int, sealed: bytes) -> bytes:
        """A person's tag key. Raises Unreadable."""
        return envelope.unseal(self.tags, sealed, self.vault.binding("tag key", person=person_id))

    def tagging(self, person_id: int, sealed: bytes) -> Tag:
        """What makes a person's tags, from their sealed tag key, which is opened once. Raises Unreadable."""
        # With whose it is: a sealed key that stands at somebody else's row must not be taken for theirs.
        place = b"%d:%b" % (person_id, sealed)
        found = self._tagging.get(place)
        if found is None:
            found = self._tagging[place] = entry.tagging(self.open_tag_key(person_id, sealed))
        return found

    def digest(self, accessor: str) -> str:
        """A name for an accessor that says nothing without the key, equal for the same accessor."""
        return hmac.digest(self.who, accessor.encode(), "sha256").hex()[:32]

    def _binding(self, position: int) -> bytes:
        return b"%b%d%b" % (self._bound[0], position, self._bound[1])


def make(session: Session, vault: Vault) -> LogKeys:
    """The log's keys, made at the first call."""
    found = find(session, vault)
    if found is None:
        epoch, wrapped = vault.wrap(session, envelope.new_key(), _binding(vault))
        row = {"id": _ID, "epoch": epoch, "wrapped": wrapped}
        session.execute(insert(session, LogKeyRow).values(row).on_conflict_do_nothing())
        found = find(session, vault)
    assert found is not None
    return found


def find(session: Session, vault: Vault) -> LogKeys | None:
    """The log's keys, or None when nothing was ever logged."""
    found = driver.run(session.connection(), _LOG_KEY, (_ID,)).fetchone()
    if found is None:
        return None
    epoch, wrapped = found
    return vault.unwrapped(epoch, wrapped, _binding(vault), lambda secret: LogKeys.derived(vault, secret))


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap the log's key under the keyring's present epoch, so that an older epoch can be destroyed."""
    found = session.get(LogKeyRow, _ID)
    if found is not None:
        secret = vault.keyring.unwrap(found.epoch, found.wrapped, _binding(vault))
        epoch, wrapped = vault.wrap(session, secret, _binding(vault))
        session.execute(update(LogKeyRow).values(epoch=epoch, wrapped=wrapped))


def tag_keys(session: Session, keys: LogKeys, people: Sequence[int]) -> dict[int, bytes]:
    """Each person's tag key, made where there is none yet."""
    return {person: keys.open_tag_key(person, sealed) for person, sealed in _sealed(session, keys, people)}


def taggings(session: Session, keys: LogKeys, people: Sequence[int]) -> dict[int, Tag]:
    """What makes each person's tags; a tag key is made where there is none yet."""
    return {person: keys.tagging(person, sealed) for person, sealed in _sealed(session, keys, people)}


def tag_key(session: Session, keys: LogKeys, person_id: int) -> bytes | None:
    """One person's tag key, or None when nothing was ever logged about them."""
    found = session.get(TagKeyRow, person_id)
    return None if found is None else keys.open_tag_key(person_id, found.sealed)


def _sealed(session: Session, keys: LogKeys, people: Sequence[int]) -> list[tuple[int, bytes]]:
    found: list[tuple[int, bytes]] = []
    for first in range(0, len(people), _CHUNK):
        chunk = people[first : first + _CHUNK]
        stored = _stored(session, chunk)
        known = {person for person, _ in stored} if len(stored) < len(chunk) else set(chunk)
        missing = [{"person_id": one, "sealed": keys.new_tag_key(one)} for one in chunk if one not in known]
        if missing:
            session.execute(insert(session, TagKeyRow).on_conflict_do_nothing(), missing)
            stored = _stored(session, chunk)
        found += stored
    return found


def _stored(session: Session, people: Sequence[int]) -> list[tuple[int, bytes]]:
    if len(people) == 1:
        return driver.run(session.connection(), _TAG_KEY, people).fetchall()
    return [(person, sealed) for person, sealed in session.connection().execute(_tag_keys(), {"people": list(people)})]


# Built once: to build the statement takes longer than to run it.
@cache
def _tag_keys() -> Select[int, bytes]:
    return select(TagKeyRow.person_id, TagKeyRow.sealed).where(
        TagKeyRow.person_id.in_(bindparam("people", expanding=True))
    )


def _binding(vault: Vault) -> bytes:
    return vault.binding("access log key")
