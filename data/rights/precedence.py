"""Which request of a person has to wait for another."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.rights.states import FIRST_STEP, RequestKind, State
from data.rights.tables import RequestRow


def deletion_before(session: Session, row: RequestRow) -> int | None:
    """The deletion for which a copy waits: one that has begun to destroy and is not done, also while it is interrupted.
    A copy made meanwhile would hold what is to be gone."""
    if row.kind != RequestKind.EXPORT or row.state not in (State.APPROVED, State.RUNNING):
        return None
    running = RequestRow.person_id == row.person_id, RequestRow.state == State.RUNNING.value
    query = select(RequestRow.id).where(*running, RequestRow.kind == RequestKind.ERASURE.value)
    begun = query.where(RequestRow.next_step.is_not(None), RequestRow.next_step != FIRST_STEP)
    return session.scalars(begun.order_by(RequestRow.id)).first()
