"""Attempts: who wanted to open what a person has had sealed, and was refused."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses.entry import Action, Purpose
from data.accesses.tables import HISTORY, DetailsRow, EntryRow
from data.people.permissions import Permission, require
from data.people.viewer import Viewer


@dataclass(frozen=True)
class Attempt:
    """Somebody was refused at `at` (microseconds UTC): in which role, and for which purpose they said it was."""

    position: int
    at: int
    role: str
    purpose: Purpose


def about(session: Session, viewer: Viewer, person_id: int, limit: int = 20) -> tuple[Attempt, ...]:
    """The newest attempts at a person's sealed data. Permission SEE_REQUESTS."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    query = (
        select(EntryRow.position, EntryRow.at, DetailsRow.role, DetailsRow.purpose)
        .join(HISTORY, HISTORY.c.position == EntryRow.position)
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(HISTORY.c.person_id == person_id, EntryRow.action == Action.LOOK_REFUSED.value)
        .order_by(EntryRow.position.desc())
        .limit(limit)
    )
    return tuple(Attempt(position, at, role, Purpose(why)) for position, at, role, why in session.execute(query))
