"""The schema of a store: made and brought up to date by alembic, checked whenever a store is opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text
from sqlalchemy.orm import Session

from data.database import Database, lock
from data.errors import StoreMissing

# The newest revision in versions/; a test holds it against the folder, so that opening a store need not read it.
HEAD = "0003"


def create(database: Database) -> None:
    """Bring the schema to HEAD, from nothing or from an older revision, in one transaction."""
    from alembic import command  # here, because opening a store, which every command does, needs none of it

    with database.engine.begin() as connection:
        lock(Session(connection), "schema")  # PostgreSQL would let two make the same tables at once
        command.upgrade(_config(connection), "head")
    database.keep()


def exists(database: Database) -> bool:
    """Whether a store was ever made here."""
    return revision(database) is not None


def check(database: Database) -> None:
    """Raise StoreMissing unless the schema is at HEAD."""
    found = revision(database)
    if found is None:
        raise StoreMissing("There is no store here yet; make one with `python -m data init`.")
    if found != HEAD:
        # Before the first release tables change in place, and what the log says cannot be written anew in another form.
        raise StoreMissing(
            f"The store is at schema {found} and this program needs {HEAD}, to which it cannot be brought; use the"
            " program that made it, or make a new store in another folder and import there."
        )


def revision(database: Database) -> str | None:
    """The revision the schema is at; None when nothing was made here yet."""
    with database.reading() as session:
        if not inspect(session.connection()).has_table("alembic_version"):
            return None
        return session.scalar(text("SELECT version_num FROM alembic_version"))


def _config(connection: Connection) -> Any:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config
