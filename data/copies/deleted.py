"""What the holders of copies say that they deleted of a person, by copy: nobody here can look whether they did."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.captures.scope import Scope
from data.copies import tasks
from data.copies.tables import CopyPersonRow, CopyTaskRow
from data.copies.tasks import Outcome, Task, What
from data.errors import Unreadable
from data.people.viewer import Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Deleted:
    """A task that is said to be done. `is_all`: it was about everything that the copy held of the person; otherwise
    how much it still holds is not known here. None: what it was about no longer opens."""

    task: Task
    is_all: bool | None


def of(session: Session, viewer: Viewer, vault: Vault, person_id: int) -> dict[int, Deleted]:
    """By the copy's number: the task that says most, the newest of several. Permission SEE_REQUESTS."""
    found = [
        Deleted(one, _is_all(session, vault, one))
        for one in tasks.about(session, viewer, person_id)
        if one.what is What.ERASE and one.outcome is Outcome.DONE
    ]
    return {
        one.task.copy_id: one for one in sorted(found, key=lambda one: (one.is_all is True, one.task.closed_at or 0))
    }


def _is_all(session: Session, vault: Vault, task: Task) -> bool | None:
    """Whether it reached all from the first capture to the last."""
    part = session.get_one(CopyPersonRow, (task.person_id, task.copy_id))
    row = session.get_one(CopyTaskRow, (task.person_id, task.request_id, task.copy_id))
    try:
        scope = Scope.from_json(tasks.scope_of(vault, row))
    except Unreadable:
        return None
    return Scope(start=part.first_at, end=part.last_at + 1).within(scope)
