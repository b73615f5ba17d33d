"""Epochs of the keyring that rows of the database are wrapped under, and whether the keyring still has them."""

from __future__ import annotations

from sqlalchemy import Table as SqlTable
from sqlalchemy import select
from sqlalchemy.orm import Session

from data.database import Database, Table
from data.errors import StoreMissing
from data.sealing.vault import Vault


def wrapped() -> tuple[SqlTable, ...]:
    """The tables whose rows hold something that the keyring wrapped: those with `epoch` and `wrapped`."""
    return tuple(table for table in Table.metadata.sorted_tables if {"epoch", "wrapped"} <= set(table.c.keys()))


def used(session: Session) -> set[int]:
    """The epochs that something is wrapped under."""
    found = set[int]()
    for table in wrapped():
        found.update(session.scalars(select(table.c.epoch).where(table.c.wrapped.is_not(None)).distinct()))
    return found


def check(database: Database, vault: Vault) -> None:
    """Raise StoreMissing when database and keyring are of different times, so that nothing would open."""
    missing = _missing(database, vault)
    if missing:
        # Another process may just have turned the epoch between the two looks.
        missing = _missing(database, vault)
    if not missing:
        return
    if max(missing) > max(vault.keyring.epochs()):
        raise StoreMissing(
            f"The keyring is older than the database, which needs its epoch {max(missing)}; put the keyring of today"
            " back, as nothing else opens this store."
        )
    raise StoreMissing(
        f"The database is from before the keyring's epoch {min(missing)} was destroyed, as is done after each deletion,"
        " so nothing in it can be opened; restore a backup of database and segments that was made after that."
    )


def _missing(database: Database, vault: Vault) -> set[int]:
    with database.reading() as session:
        found = used(session)
    return found - set(vault.keyring.epochs())
