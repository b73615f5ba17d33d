"""The gate before the programme resumes: what is still missing, each in a sentence. Pure.

Only what can truly be checked stands here; what else is to hold before it runs again is one more line in `missing`.
"""

from __future__ import annotations

from data.people.viewer import Viewer
from data.programme.state import Programme, State


def missing(found: Programme, viewer: Viewer, now: int) -> tuple[str, ...]:
    """What is missing before `viewer` may have it resumed; nothing where they may."""
    items: list[str] = []
    if found.state(now) is not State.PAUSED:
        items.append("The programme has to be paused before it can be resumed.")
    if found.proposal is None:
        items.append("An officer has to propose it, with the reason.")
    elif viewer.person_id is None or found.proposal.by == viewer.person_id:
        items.append("Another officer than whoever proposed it has to confirm it.")
    if found.lost:
        items.append("Entries of its history are missing or altered; the auditor has to find out which.")
    return tuple(items)
