"""The schema of a store: made once, by `init`."""

from __future__ import annotations

from sqlalchemy import inspect

from data.database import Database
from data.migrations.tables import SCHEMA


def create(database: Database) -> None:
    """Make every table that is not there yet."""
    SCHEMA.create_all(database.engine)


def exists(database: Database) -> bool:
    """Whether the store's tables are there."""
    return inspect(database.engine).has_table("people")
