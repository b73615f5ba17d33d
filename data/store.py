"""The store: settings, database and vault opened together. Built once by app.py, the script or the command line."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from sqlalchemy.orm import Session

from data.accesses import events, log, tree
from data.accesses.entry import Action
from data.database import Database, lock
from data.errors import Conflict, StoreMissing
from data.migrations import schema
from data.people.viewer import OPERATOR
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.rights.erasure import tombstones
from data.sealing import epochs
from data.sealing.vault import Vault
from data.settings import Settings


@dataclass(frozen=True)
class Store:
    """What every entry point passes on. `scenario`: the invented story that it was made for, which every page says
    (data/scenarios); empty for a real one."""

    settings: Settings
    database: Database
    vault: Vault
    scenario: str = ""

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
    store = Store(settings, database, vault, _scenario(database, vault))
    if check_log:
        publishing.check(database, vault, store.anchor)
        # Last, as a database that is refused is left as it is.
        if tombstones.missing(database, settings.tombstones):
            from data.rights.erasure import replay  # here, because it loads Arrow, which few commands need

            replay.replay(database, vault, settings)
    return store


def make(settings: Settings, scenario: str = "") -> None:
    """Make the keyring, the folder of sealed objects and the tables; one that was interrupted is finished. `scenario`
    is told by the log's first entry, so that nobody can take it away later. Raises Conflict where there is a store."""
    settings.store.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database_url)
    try:
        if schema.exists(database):
            with database.reading() as session:
                _require_new(session, settings)
        vault = _vault(settings)
        schema.create(database)
        with database.writing() as session:
            lock(session, "init")
            _require_new(session, settings)
            log.append(
                session,
                vault,
                action=Action.STORE_MADE,
                people=[],
                accessor=OPERATOR,
                reason=None,
                scope={"scenario": scenario} if scenario else {},
                count=0,
            )
    finally:
        database.close()


def _require_new(session: Session, settings: Settings) -> None:
    if tree.end(session):
        raise Conflict(f"There is a store at {settings.store} already; nothing was changed.")


def _vault(settings: Settings) -> Vault:
    if not settings.keyring.exists():
        with suppress(Conflict):  # another `init` may be making it just now
            return Vault.create(settings.keyring, settings.segments_url)
    return Vault.finish(settings.keyring, settings.segments_url)


def _scenario(database: Database, vault: Vault) -> str:
    with database.reading() as session:
        made, _ = events.of(session, vault, Action.STORE_MADE)
    return next((str(one.scope["scenario"]) for one in made if "scenario" in one.scope), "")
