"""The key of what the rights tables keep sealed: keyring -> this one -> scopes, certificates, export keys.

It outlives the erasure of a person's captures: what they asked for, and the proof that it was done, stay readable.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from data.database import insert
from data.errors import Unreadable
from data.rights.tables import RightsKeyRow
from data.sealing import envelope
from data.sealing.vault import Vault

_ID = 1


def seal(session: Session, vault: Vault, label: str, plain: bytes) -> bytes:
    """Seal a small value; `label` says what it is and whose, and opens nothing else."""
    row = session.get(RightsKeyRow, _ID)
    if row is None:
        epoch, wrapped = vault.wrap(session, envelope.new_key(), _binding(vault))
        made = insert(session, RightsKeyRow).values(id=_ID, epoch=epoch, wrapped=wrapped)
        session.execute(made.on_conflict_do_nothing())
        row = session.scalars(select(RightsKeyRow)).one()
    return envelope.seal(_key(vault, row), plain, vault.binding("rights", label=label))


def unseal(session: Session, vault: Vault, label: str, sealed: bytes) -> bytes:
    """What `seal` was given. Raises Unreadable when it was altered, moved, or its key is gone."""
    row = session.get(RightsKeyRow, _ID)
    if row is None:
        raise Unreadable(f"The key of the {label} is gone; restore the database as a whole.")
    return envelope.unseal(_key(vault, row), sealed, vault.binding("rights", label=label))


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap the key under the keyring's present epoch, so that an older epoch can be destroyed."""
    row = session.get(RightsKeyRow, _ID)
    if row is not None:
        epoch, wrapped = vault.wrap(session, _key(vault, row), _binding(vault))
        session.execute(update(RightsKeyRow).values(epoch=epoch, wrapped=wrapped))


def _key(vault: Vault, row: RightsKeyRow) -> bytes:
    return vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault))


def _binding(vault: Vault) -> bytes:
    return vault.binding("rights key")
