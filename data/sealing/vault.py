"""The vault: sealed objects and the keyring that opens them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from data.database import lock
from data.errors import StoreMissing
from data.sealing import envelope
from data.sealing.keyring import FileKeyring, Keyring
from data.sealing.objects import Objects

EPOCH = "epoch of the keyring"  # the lock that whoever turns it holds alone
T = TypeVar("T")
_NAME = "store"  # the object that says whose objects these are


@dataclass(frozen=True)
class Vault:
    """A keyring and the objects it opens."""

    keyring: Keyring
    objects: Objects
    # Keys that were unwrapped, by (epoch, wrapped), for whoever asks with both again (see `unwrapped`).
    _opened: dict[tuple[int, bytes], Any] = field(
        default_factory=dict[tuple[int, bytes], Any], compare=False, repr=False
    )

    @staticmethod
    def create(keyring: Path, objects: str) -> Vault:
        """Make an empty vault. Raises Conflict when the keyring is there already, StoreMissing when it is lost."""
        # In this order, because another process may be making both: the keyring, then the objects.
        if Objects.at(objects).exists(_NAME) and not keyring.exists():
            raise StoreMissing(f"{objects} holds a store whose keyring is not at {keyring}; put the keyring back.")
        FileKeyring.create(keyring)
        return Vault.finish(keyring, objects)

    @staticmethod
    def finish(keyring: Path, objects: str) -> Vault:
        """Open a vault whose making may have been interrupted between the keyring and the objects. Raises
        StoreMissing when the two do not belong together."""
        vault = Vault(FileKeyring.open(keyring), Objects.at(objects))
        if not vault.objects.exists(_NAME):
            vault.objects.put(_NAME, vault.keyring.store.encode())
        return Vault.open(keyring, objects)

    @staticmethod
    def open(keyring: Path, objects: str) -> Vault:
        """Open an existing vault. Raises StoreMissing when it is not there or the two do not belong together."""
        vault = Vault(FileKeyring.open(keyring), Objects.at(objects))
        if not vault.objects.exists(_NAME):
            raise StoreMissing(f"There are no sealed objects at {objects}; make the store with `python -m data init`.")
        if vault.objects.get(_NAME).decode() != vault.keyring.store:
            raise StoreMissing(f"The keyring {keyring} belongs to another store than the objects at {objects}.")
        return vault

    def wrap(self, session: Session, plain: bytes, aad: bytes) -> tuple[int, bytes]:
        """Wrap a key for a row of this writing transaction: (epoch, wrapped).

        An epoch is not destroyed while a transaction that wrapped under it is still open.
        """
        lock(session, EPOCH, shared=True)
        return self.keyring.wrap(plain, aad)

    def unwrapped(self, epoch: int, wrapped: bytes, what: str, make: Callable[[bytes], T]) -> T:
        """What `make` makes of a key that was wrapped as `what`, made once for as long as the keyring keeps its epoch.

        For the few keys that everything else follows from. Raises Unreadable.
        """
        found = self._opened.get((epoch, wrapped))
        if found is None or not self.keyring.keeps(epoch):
            self._opened.clear()
            found = make(self.keyring.unwrap(epoch, wrapped, self.binding(what)))
            self._opened[epoch, wrapped] = found
        return found

    def binding(self, what: str, **where: int | str) -> bytes:
        """The additional data of an envelope of this store."""
        return envelope.binding(self.keyring.store, what, **where)
