"""What a round of looks has around it: the settings, the store, and the databases to look at, each read once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any

import psycopg

from data import instants
from data.controls import watched
from data.controls.control import Fact, Unseen
from data.controls.postgres import catalog
from data.controls.postgres.model import Catalog
from data.controls.postgres.reach import Reach
from data.controls.watched import STORE, Watched, WatchList
from data.database import Database, Table
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.settings import Settings


@dataclass(frozen=True)
class Surroundings:
    """One round's: what was read of a database stands for all its probes, so that they speak of one moment. `refused`
    is why the file of watched databases could not be used, where it could not: what it decides is then not known."""

    settings: Settings
    database: Database
    vault: Vault
    listed: WatchList = field(default_factory=WatchList)
    refused: str = ""
    read_catalog: Callable[[str], Catalog] = catalog.read
    _lock: Lock = field(default_factory=Lock, compare=False, repr=False)
    _locks: dict[str, Lock] = field(default_factory=dict[str, Lock], compare=False, repr=False)
    _read: dict[str, Reach | Unseen] = field(default_factory=dict[str, Any], compare=False, repr=False)

    @staticmethod
    def of(settings: Settings, database: Database, vault: Vault) -> Surroundings:
        """Those of a store. Raises BadInput when the file of watched databases cannot be used."""
        listed = watched.read(settings.controls_path) if settings.controls_path else WatchList()
        return Surroundings(settings, database, vault, listed)

    @property
    def anchor(self) -> Anchor:
        """The log's newest checkpoint that this machine signed."""
        return Anchor(self.settings.anchor)

    @property
    def databases(self) -> tuple[Watched, ...]:
        """Every PostgreSQL database to look at: Daylight's own first, where it is one."""
        if self.database.is_sqlite:
            return self.listed.databases
        url = self.database.url.set(drivername="postgresql")
        own = self.listed.store or Watched(STORE, "", (), frozenset())
        tables = tuple(f"public.{name}" for name in Table.metadata.tables)
        own = replace(own, url=url.render_as_string(hide_password=False), tables=tables)
        return own, *self.listed.databases

    @property
    def unlisted(self) -> Unseen:
        """What a probe raises that needs what the file says, where it was `refused`."""
        return Unseen(
            "The file that says what is allowed cannot be used, so nobody knows.", Fact("what is wrong", self.refused)
        )

    def reach(self, one: Watched) -> Reach:
        """The catalog of a database, read once a round. Raises Unseen when it cannot be, or nobody can tell what is
        promised of it."""
        if self.refused:
            raise self.unlisted
        with self._lock:
            lock = self._locks.setdefault(one.name, Lock())
        with lock:
            if one.name not in self._read:
                self._read[one.name] = self._look(one)
            found = self._read[one.name]
        if isinstance(found, Unseen):
            raise Unseen(str(found), *found.facts)
        return found

    def _look(self, one: Watched) -> Reach | Unseen:
        try:
            return Reach(self.read_catalog(one.url))
        except psycopg.Error as error:
            # Of what the server or libpq says only the first line: it names no password, and the rest is hints.
            reason = (str(error).strip().splitlines() or [""])[0][:200]
            facts = Fact("database", one.name), Fact("error", f"{type(error).__name__}: {reason}")
            return Unseen("The database did not let Daylight look, so nobody knows.", *facts)


def seen(found: Catalog, one: Watched) -> tuple[Fact, ...]:
    """What was looked at, by which login, when."""
    return (
        Fact("database", f"{one.name} ({found.database})"),
        Fact("looked at by the login", found.login),
        Fact("looked at", instants.iso(found.at)),
    )


def matched(reach: Reach, one: Watched) -> frozenset[str]:
    """The tables with captures that are there. Raises Unseen when one that was named is not."""
    names = frozenset(table.full for table in reach.catalog.tables)
    if one.name != STORE and (absent := one.absent(names)):
        raise Unseen(
            "A table that is said to hold captures is not there, so nobody knows who could read it where it is.",
            *seen(reach.catalog, one),
            Fact("tables that are not there", ", ".join(absent)),
        )
    found = one.matching(names)
    if not found:
        raise Unseen("None of the tables are where they should be, so nobody knows.", *seen(reach.catalog, one))
    return found
