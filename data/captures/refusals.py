"""Refusals: what was erased is not taken in again, when an old export or a late collector brings it once more."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.captures.scope import Scope
from data.captures.segments import new_id
from data.captures.tables import RefusalRow
from data.sealing.vault import Vault


def add(
    session: Session, vault: Vault, person_id: int, scope: Scope, at: int | None = None, *, prolong: bool = False
) -> Scope:
    """Refuse from now on what `scope` held when it was erased, at `at` (now if left out).

    A scope without an end is refused up to `at`: an erasure says nothing about what is captured afterwards (of what was
    stored and is dated ahead: ahead.taken). Returns what is refused. Adding the same again changes nothing. `prolong`:
    what differs only in that it ends earlier gives way to it, so that what is refused up to another day each day is one
    refusal.
    """
    at = instants.now() if at is None else at
    ended = scope.until(at) if scope.end is None else scope
    if ended in erased_scopes(session, vault, person_id):
        return ended
    if prolong:
        for row in session.scalars(select(RefusalRow).where(RefusalRow.person_id == person_id)).all():
            known = Scope.from_json(json.loads(_opened(vault, row)))
            if known.within(ended) and replace(known, end=ended.end) == ended:
                session.delete(row)
    row_id = new_id()
    epoch, wrapped = vault.wrap(session, json.dumps(ended.as_json()).encode(), _binding(vault, person_id, row_id))
    session.add(RefusalRow(person_id=person_id, id=row_id, epoch=epoch, wrapped=wrapped, at=at))
    session.flush()
    return ended


def erased_scopes(session: Session, vault: Vault, person_id: int) -> tuple[Scope, ...]:
    """The scopes that are refused, oldest first; each ends."""
    rows = session.scalars(select(RefusalRow).where(RefusalRow.person_id == person_id).order_by(RefusalRow.id))
    return tuple(Scope.from_json(json.loads(_opened(vault, row))) for row in rows)


def refused(scopes: Sequence[Scope], table: pa.Table) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """One boolean per row: whether an erased scope holds it."""
    found = np.zeros(table.num_rows, bool)
    for scope in scopes:
        found |= np.asarray(scope.mask(table).to_numpy(zero_copy_only=False))
    return found


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap every refusal under the newest epoch."""
    for row in session.scalars(select(RefusalRow)):
        row.epoch, row.wrapped = vault.wrap(session, _opened(vault, row), _binding(vault, row.person_id, row.id))
    session.flush()


def _opened(vault: Vault, row: RefusalRow) -> bytes:
    return vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row.person_id, row.id))


def _binding(vault: Vault, person_id: int, row_id: int) -> bytes:
    return vault.binding("refusal", person=person_id, row=row_id)
