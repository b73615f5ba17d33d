"""A backup of a whole store, taken and put back as an operator does it, on both databases."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from data.database import Database
from data.settings import Settings
from data.store import Store, open_store

_FILES = ("keyring", "tombstones", "checkpoint")


class Backup:
    """A copy of database, sealed objects and the files beside them, from the moment it is made."""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database, self._folder, self._copy = database, folder, folder / "backup"
        self._copy.mkdir()
        database.close()
        shutil.copytree(folder / "segments", self._copy / "segments")
        for name in _FILES:
            if (folder / name).exists():
                shutil.copy(folder / name, self._copy / name)
        if database.is_sqlite:
            shutil.copy(folder / "daylight.db", self._copy / "daylight.db")
        else:
            self._on_server(f"CREATE DATABASE {self._name}_copy TEMPLATE {self._name}")

    def put_back(self, *files: str) -> None:
        """Database and objects as they were, and those of the files beside them that are named."""
        self._database.close()
        shutil.rmtree(self._folder / "segments")
        shutil.copytree(self._copy / "segments", self._folder / "segments")
        for name in files:
            if (self._copy / name).exists():
                shutil.copy(self._copy / name, self._folder / name)
            else:
                (self._folder / name).unlink(missing_ok=True)
        if self._database.is_sqlite:
            for file in self._folder.glob("daylight.db*"):
                file.unlink()
            shutil.copy(self._copy / "daylight.db", self._folder / "daylight.db")
        else:
            self._on_server(f"DROP DATABASE {self._name} WITH (FORCE)")
            self._on_server(f"CREATE DATABASE {self._name} TEMPLATE {self._name}_copy")

    def discard(self) -> None:
        """Remove the copy from the server."""
        if not self._database.is_sqlite:
            self._on_server(f"DROP DATABASE IF EXISTS {self._name}_copy WITH (FORCE)")

    @property
    def _name(self) -> str:
        return str(self._database.url.database)

    def _on_server(self, statement: str) -> None:
        engine = create_engine(self._database.url.set(database="postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()


@contextmanager
def backup(database: Database, folder: Path) -> Generator[Backup]:
    """A backup of the store as it is now."""
    found = Backup(database, folder)
    try:
        yield found
    finally:
        found.discard()


def open_once(settings: Settings) -> Store:
    """The store, opened anew, as the app and every command open it."""
    open_store.cache_clear()
    found = open_store(settings)
    found.database.close()
    open_store.cache_clear()
    return found
