"""The vault: sealed objects and the keyring that opens them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Vault:
    """A keyring and a folder (or object store) of sealed objects."""

    keyring: Path
    objects: str

    @staticmethod
    def create(keyring: Path, objects: str) -> Vault:
        """Make an empty vault."""
        return Vault(keyring, objects)

    @staticmethod
    def open(keyring: Path, objects: str) -> Vault:
        """Open an existing vault."""
        return Vault(keyring, objects)
