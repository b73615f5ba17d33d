"""The log's keys: keyring -> log key -> everything else, each person's tag key too. One is wrapped, the rest follows.

A tag key is stored nowhere: nobody who can write the database takes one away or puts another in its place, so that
what is about somebody no longer shows.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import update
from sqlalchemy.orm import Session

from data import driver
from data.accesses import details, entry
from data.accesses.destroyed import MARK, Destroyed
from data.accesses.details import Details, Gist
from data.accesses.tables import LogKeyRow
from data.database import insert
from data.errors import Unreadable
from data.sealing import envelope
from data.sealing.vault import Vault

_ID = 1
_WHAT = "access log key"  # as which the log's key is wrapped
_LOG_KEY = "SELECT epoch, wrapped FROM access_keys WHERE id = ?"
_LOG_KEY_AND_NEWEST = """SELECT epoch, wrapped, (SELECT max("position") FROM access_entries) FROM access_keys
    WHERE id = ?"""
_ANY_ENTRY = "SELECT 1 FROM access_entries LIMIT 1"
_ACCESSORS = 1024  # remembered, each in a few hundred bytes; the same few look again and again
_REMEMBERED = 10_000  # opened details, about 3 kB each; a person with more looks waits longer for their page

PADDED = 128  # tags of an entry about several people are a multiple of it

# A person's blinded tag in the entry with this commitment.
Tag = Callable[[bytes], bytes]


@dataclass(frozen=True)
class LogKeys:
    """Keys derived from the log's one: for details, for telling accessors apart, for tag keys, for its signature, for
    what checks of it found."""

    vault: Vault
    details: AESGCM = field(repr=False)
    who: bytes = field(repr=False)
    tags: bytes = field(repr=False)
    signing: bytes = field(repr=False)
    checks: bytes = field(repr=False)
    _bound: tuple[bytes, bytes] = field(repr=False)
    # By person: tag keys that are ready.
    _tagging: dict[int, Tag] = field(default_factory=dict[int, Tag], compare=False, repr=False)

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
            checks=derive(b"checks"),
            _bound=(before + b'"', b'"' + after),
        )

    def seal_details(self, position: int, details: bytes, nonce: bytes | None = None) -> bytes:
        """Details as they are stored; bound to their position. `nonce` as in `envelope.seal`."""
        return envelope.seal(self.details, details, self._binding(position), nonce)

    def open_details(self, position: int, sealed: bytes) -> bytes:
        """The details of `position`. Raises Unreadable when they were altered or moved."""
        return envelope.unseal(self.details, sealed, self._binding(position))

    @cached_property
    def read(self) -> Callable[[int, str, bytes], Details]:
        """What an entry (position, commitment) committed to, from the sealed form, opened once while it is remembered.

        Remembered by every byte that it follows from: what was altered since is another question, which is never
        answered from memory. Raises Unreadable, each time, when the details are not what the entry committed to.
        """
        return lru_cache(_REMEMBERED)(self.read_once)

    @cached_property
    def gist(self) -> Callable[[int, str, bytes], Gist]:
        """What figures need of it. Remembered, and raises, as `read`: a person's figures are over all looks at them,
        and of most of those nobody reads more."""
        return lru_cache(_REMEMBERED)(self._gist)

    def _gist(self, position: int, commitment: str, sealed: bytes) -> Gist:
        found = details.gist(self.open_details(position, sealed), commitment)
        if found is None:
            raise _another(position)
        return found

    def apart(self) -> LogKeys:
        """The same keys with a memory of their own: who reads the whole log would push out what pages ask for."""
        return replace(self)

    def seal_destroyed(self, position: int, found: Destroyed) -> bytes:
        """What is kept in the place of destroyed details; bound to their position."""
        return MARK + envelope.seal(self.details, found.packed(), self._in_place_of(position))

    def open_destroyed(self, position: int, sealed: bytes) -> Destroyed:
        """The same opened. Raises Unreadable when it was altered or moved, or was put there by somebody else."""
        return Destroyed.unpacked(envelope.unseal(self.details, sealed[len(MARK) :], self._in_place_of(position)))

    def _in_place_of(self, position: int) -> bytes:
        return self.vault.binding("access details destroyed", position=position)

    def read_once(self, position: int, commitment: str, sealed: bytes) -> Details:
        """As `read`, opened each time."""
        found = Details.unpacked(self.open_details(position, sealed))
        if not found.are_those_of(commitment):
            raise _another(position)
        return found

    def tag_key(self, person_id: int) -> bytes:
        """A person's tag key, 32 bytes; it says nothing of anybody else's."""
        return hmac.digest(self.tags, b"%d" % person_id, "sha256")

    def tagging(self, person_id: int) -> Tag:
        """What makes a person's tags; their key is made ready once."""
        found = self._tagging.get(person_id)
        if found is None:
            found = self._tagging[person_id] = entry.tagging(self.tag_key(person_id))
        return found

    def tags_of(self, people: Iterable[int], commitment: bytes) -> list[bytes]:
        """The sorted tags of everybody an entry is about. To those of several people others are added, up to a multiple
        of PADDED, so that whoever sees all tags cannot count a few people; they follow from the log's keys as well."""
        found = [self.tagging(person)(commitment) for person in people]
        if len(found) > 1:
            found += [self.tagging(-1 - number)(commitment) for number in range(-len(found) % PADDED)]
        return sorted(found)

    def check_seal(self, told: bytes) -> bytes:
        """What shows that a check's result (`told`) was kept by this program, 32 bytes."""
        return hmac.digest(self.checks, told, "sha256")

    @cached_property
    def digest(self) -> Callable[[str], str]:
        """A name for an accessor that says nothing without the key, equal for the same accessor; empty for nobody."""
        return lru_cache(_ACCESSORS)(self._digest)

    def _digest(self, accessor: str) -> str:
        return hmac.digest(self.who, accessor.encode(), "sha256").hex()[:32] if accessor else ""

    def _binding(self, position: int) -> bytes:
        return b"%b%d%b" % (self._bound[0], position, self._bound[1])


def _another(position: int) -> Unreadable:
    return Unreadable(f"Entry {position} of the access log is not what was committed to; tell the auditor.")


def make(session: Session, vault: Vault) -> LogKeys:
    """The log's keys, made with the first entry. Raises Unreadable when there are entries and the key is gone: under
    another one, nothing of them would open and everything would look as if nobody had ever been in it."""
    found = find(session, vault)
    if found is None:
        if driver.run(session, _ANY_ENTRY).fetchone() is not None:
            raise Unreadable(
                "The key of the access log is gone from the database, and its entries are there: put back the newest"
                " backup of the database, and tell the auditor."
            )
        epoch, wrapped = vault.wrap(session, envelope.new_key(), vault.binding(_WHAT))
        row = {"id": _ID, "epoch": epoch, "wrapped": wrapped}
        session.execute(insert(session, LogKeyRow).values(row).on_conflict_do_nothing())
        found = find(session, vault)
    assert found is not None
    return found


def to_append(session: Session, vault: Vault) -> tuple[LogKeys, int]:
    """The log's keys as `make` gives them, and the position that the next entry gets: asked for together."""
    found = driver.run(session, _LOG_KEY_AND_NEWEST, (_ID,)).fetchone()
    if found is None:
        return make(session, vault), 0
    epoch, wrapped, newest = found
    return _derived(vault, epoch, wrapped), 0 if newest is None else newest + 1


def find(session: Session, vault: Vault) -> LogKeys | None:
    """The log's keys, or None when nothing was ever logged."""
    found = driver.run(session, _LOG_KEY, (_ID,)).fetchone()
    return None if found is None else _derived(vault, *found)


def _derived(vault: Vault, epoch: int, wrapped: bytes) -> LogKeys:
    return vault.unwrapped(epoch, wrapped, _WHAT, partial(LogKeys.derived, vault))


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap the log's key under the keyring's present epoch, so that an older epoch can be destroyed."""
    found = session.get(LogKeyRow, _ID)
    if found is not None:
        secret = vault.keyring.unwrap(found.epoch, found.wrapped, vault.binding(_WHAT))
        epoch, wrapped = vault.wrap(session, secret, vault.binding(_WHAT))
        session.execute(update(LogKeyRow).values(epoch=epoch, wrapped=wrapped))
