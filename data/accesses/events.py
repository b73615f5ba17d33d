"""Events whose only record is the log: read back from it, with what no longer opens counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import opening
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.tables import HISTORY, DetailsRow, EntryRow
from data.sealing.vault import Vault


class Logged(NamedTuple):
    """One event: its entry, and what its details say was done."""

    row: EntryRow
    scope: Mapping[str, Any]


def of(session: Session, vault: Vault, action: Action) -> tuple[list[Logged], int]:
    """Every event of one kind in the order of the log, and how many entries were altered or lost their details."""
    found, lost = read(session, vault, action)
    return [Logged(row, details.read["scope"]) for row, details in found], lost


def read(
    session: Session, vault: Vault, action: Action, person_id: int | None = None
) -> tuple[list[tuple[EntryRow, Details]], int]:
    """The same with all that an entry commits to, who did it too; for what may know that. `person_id`: only those that
    are about this person."""
    opened, lost = sorted_out(session, vault, action, person_id)
    return opened, len(lost)


def sorted_out(
    session: Session, vault: Vault, action: Action, person_id: int | None = None
) -> tuple[list[tuple[EntryRow, Details]], list[EntryRow]]:
    """The events of one kind that open, and the entries that no longer do."""
    log_keys = opening.log_keys(session, vault)
    query = (
        select(EntryRow, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(EntryRow.action == action.value)
        .order_by(EntryRow.position)
    )
    if person_id is not None:
        query = query.join(HISTORY, HISTORY.c.position == EntryRow.position).where(HISTORY.c.person_id == person_id)
    found = [(row, opening.details(log_keys, row, sealed)) for row, sealed in session.execute(query).all()]
    opened = [(row, details) for row, details in found if isinstance(details, Details)]
    return opened, [row for row, details in found if not isinstance(details, Details)]
