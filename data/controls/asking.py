"""A round of looks that an officer asks for: put on record, carried out by the worker, ended with what it found.

Both are entries of the log, so that a worker which dies half way begins it again, and no page has to wait for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.controls.control import State
from data.database import lock
from data.errors import Conflict
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

SLOW = 2 * instants.MINUTE  # a round that takes longer waits for a worker that does not run


@dataclass(frozen=True)
class Asked:
    """A round that was asked for: its entry, when and by whom (microseconds UTC). `ended_at` None: it goes on. `found`
    counts its looks by what they found; `failure`: why it ended before its end."""

    position: int
    at: int
    name: str
    person_id: int | None
    ended_at: int | None = None
    found: tuple[tuple[State, int], ...] = ()
    failure: str = ""


def ask(session: Session, viewer: Viewer, vault: Vault) -> None:
    """Have everything looked at now. Permission RUN_CONTROLS. Raises Conflict while one that was asked for goes on."""
    require(viewer, Permission.RUN_CONTROLS)
    lock(session, log.LOCK)
    if (going := pending(session, vault)) is not None:
        raise Conflict(f"{going.name} has asked for it already; what it finds stands here once it is done.")
    _append(session, vault, viewer, {"event": "asked"})


def newest(session: Session, viewer: Viewer, vault: Vault) -> Asked | None:
    """The round that was asked for last. Permission SEE_CONTROLS."""
    require(viewer, Permission.SEE_CONTROLS)
    return _newest(session, vault)


def pending(session: Session, vault: Vault) -> Asked | None:
    """The round that was asked for and has not ended, for what carries it out; shows it to nobody."""
    found = _newest(session, vault)
    return found if found is not None and found.ended_at is None else None


def last_entry(session: Session) -> int:
    """The newest entry about controls (-1: none), which tells cheaply that nothing was asked for since."""
    found = session.scalar(select(func.max(EntryRow.position)).where(EntryRow.action == Action.CONTROL.value))
    return -1 if found is None else found


def end(session: Session, vault: Vault, asked: Asked, found: Sequence[State], failure: str = "") -> None:
    """Put on record that it is done, and what it found. Once: a second worker's end is left out."""
    lock(session, log.LOCK)
    if pending(session, vault) == asked:
        counts = {state.value: found.count(state) for state in State}
        _append(session, vault, None, {"event": "round", "asked": asked.position, "found": counts, "failure": failure})


def _newest(session: Session, vault: Vault) -> Asked | None:
    found: Asked | None = None
    for row, details in events.read(session, vault, Action.CONTROL)[0]:
        scope, who = details.read["scope"], details.accessor
        if scope.get("event") == "asked":
            found = Asked(row.position, row.at, str(who.get("name", "")), who.get("person"))
        elif scope.get("event") == "round" and found is not None and scope.get("asked") == found.position:
            counts = tuple((state, int(scope["found"].get(state.value, 0))) for state in State)
            found = Asked(
                found.position, found.at, found.name, found.person_id, row.at, counts, str(scope.get("failure", ""))
            )
    return found


def _append(session: Session, vault: Vault, viewer: Viewer | None, scope: dict[str, object]) -> None:
    log.append(session, vault, action=Action.CONTROL, people=(), accessor=viewer, reason=None, scope=scope, count=0)
