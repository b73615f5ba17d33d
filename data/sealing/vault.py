"""The vault: sealed objects and the keyring that opens them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from data.database import lock
from data.errors import StoreMissing
from data.sealing import envelope
from data.sealing.keyring import FileKeyring, Keyring
from data.sealing.objects import Objects

EPOCH = "epoch of the keyring"  # the lock that whoever turns it holds alone
_NAME = "store"  # the object that says whose objects these are


@dataclass(frozen=True)
class Vault:
    """A keyring and the objects it opens."""

    keyring: Keyring
    objects: Objects

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

    def binding(self, what: str, **where: int | str) -> bytes:
        """The additional data of an envelope of this store."""
        return envelope.binding(self.keyring.store, what, **where)
