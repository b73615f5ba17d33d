"""The gate before the programme resumes: what is still missing, each in a sentence. Pure.

Two officers, a pause and a whole record are needed whatever anybody says. All else an officer can go past, with a
reason that everybody reads beside what was missing.
"""

from __future__ import annotations

from collections.abc import Sequence

from data.people.viewer import Viewer
from data.programme.state import Programme, State

ORGANIZER = "An organizer has to agree to it."


def firm(found: Programme, viewer: Viewer, now: int) -> tuple[str, ...]:
    """What keeps `viewer` from having it resumed, whatever the reason; nothing where they may."""
    items: list[str] = []
    if found.state(now) is not State.PAUSED:
        items.append("The programme has to be paused before it can be resumed.")
    if found.proposal is None:
        items.append("An officer has to propose it, with the reason.")
    elif viewer.person_id is None or found.proposal.by == viewer.person_id:
        items.append("Another officer than whoever proposed it has to confirm it.")
    if found.agreed is not None and found.agreed.by == viewer.person_id:
        items.append("Whoever agreed to it for the employees does not confirm it as an officer.")
    if found.lost:
        items.append("Entries of its history are missing or altered; the auditor has to find out which.")
    return tuple(items)


def missing(found: Programme, others: Sequence[str]) -> tuple[str, ...]:
    """What else is missing: that an organizer agrees, and `others`, as data/controls/resuming.py looked them up."""
    return (*(() if found.agreed is not None else (ORGANIZER,)), *others)
