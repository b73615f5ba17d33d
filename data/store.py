"""The store: settings, database and vault opened together. Built once by app.py, the script or the command line."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from data.database import Database
from data.errors import StoreMissing
from data.migrations import schema
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.rights.erasure import tombstones
from data.sealing import epochs
from data.sealing.vault import Vault
from data.settings import Settings


@dataclass(frozen=True)
class Store:
    """What every entry point passes on."""

    settings: Settings
    database: Database
    vault: Vault

    @property
    def anchor(self) -> Anchor:
        """The newest checkpoint of the access log that this machine signed."""
        return Anchor(self.settings.anchor)


@cache
def open_store(settings: Settings, *, check_log: bool = True) -> Store:
    """The store of `settings`, opened once a process. Raises StoreMissing when `init` has not made it, and when
    database and keyring are of different times; Conflict when the database is older than the access log's newest
    checkpoint, which only whoever wants to know what is wrong with it does without (`check_log`).

    A database from before an erasure has it carried out again here, so that whatever is opened serves nothing of it.
    """
    # The vault and the file first: SQLite would make a database where none is.
    vault = Vault.open(settings.keyring, settings.segments_url)
    database = Database(settings.database_url)
    if not database.is_there():
        raise StoreMissing(
            f"The keyring {settings.keyring} is there, and its database {database.url.database} is not; put it back, "
            "or make an empty one with `python -m data init`."
        )
    schema.check(database)
    epochs.check(database, vault)
    store = Store(settings, database, vault)
    if check_log:
        publishing.check(database, vault, store.anchor)
        # Last, as a database that is refused is left as it is.
        if tombstones.missing(database, settings.tombstones):
            from data.rights.erasure import replay  # here, because it loads Arrow, which few commands need

            replay.replay(database, vault, settings)
    return store
