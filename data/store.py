"""The store: settings, database and vault opened together. Built once by app.py, the script or the command line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from data.database import Database
from data.migrations import schema
from data.sealing import epochs
from data.sealing.vault import Vault
from data.settings import Settings


@dataclass(frozen=True)
class Store:
    """What every entry point passes on."""

    settings: Settings
    database: Database
    vault: Vault


@cache
def open_store(settings: Settings) -> Store:
    """The store of `settings`, opened once a process. Raises StoreMissing when `init` has not made it, and when
    database and keyring are of different times."""
    # The vault first: a database would be made where none is.
    vault = Vault.open(settings.keyring, settings.segments_url)
    database = Database(settings.database_url)
    schema.check(database)
    epochs.check(database, vault)
    return Store(settings, database, vault)
