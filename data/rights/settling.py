"""What became of a copy outside, said by hand: by an officer who may decide about its person."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data.copies import tasks
from data.copies.tasks import Outcome, Task
from data.errors import NotAllowed
from data.people.viewer import Viewer
from data.rights import impartiality
from data.sealing.vault import Vault


def settle(
    session: Session, viewer: Viewer, vault: Vault, name: str, outcome: Outcome, reason: str, digest: str = ""
) -> Task:
    """`tasks.settle_by_hand`, unless the officer stands in the line of managers of whoever the copy is about while
    another could say it. Raises as that does, and NotAllowed."""
    row = tasks.find(session, name)
    involved: set[int | None] = set()
    if barred := impartiality.bar_of_line(session, viewer, row.person_id, involved, "this copy"):
        raise NotAllowed(barred)
    return tasks.settle_by_hand(session, viewer, vault, name, outcome, reason, digest)
