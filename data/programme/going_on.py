"""Devices that say, in a pause of the programme, that they go on capturing: an entry of the log, once for each pause,
so that whoever watches the programme is told before such a device sends anything. It names nobody."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.database import Database, lock
from data.people.viewer import OPERATOR
from data.programme import beat, obeying, record
from data.programme.wanted import Wanted
from data.sealing.vault import Vault

EVERY = 20.0  # seconds between two looks
# A device learns of a pause by the answer to its next heartbeat, and says so with the one after that.
GRACE = 2 * beat.EVERY + beat.SILENT


def keep_up(database: Database, vault: Vault, now: int | None = None) -> int:
    """Say so of the pause that goes on, if nobody has; how many devices those are, 0 where nothing was said."""
    at = instants.now() if now is None else now
    # Looked for first: on nearly every round there is nothing to say, and nobody who writes should wait for that.
    with database.reading() as session:
        if _unsaid(session, vault, at) is None:
            return 0
    with database.writing() as session:
        lock(session, "devices that go on")
        found = _unsaid(session, vault, at)
        if found is None:
            return 0
        since, count = found
        scope = {"since": since}
        log.append(
            session, vault, action=Action.WENT_ON, people=(), accessor=None, reason=None, scope=scope, count=count
        )
        return count


def _unsaid(session: Session, vault: Vault, now: int) -> tuple[int, int] | None:
    """When the pause began in which devices go on, and how many; None where none do, or it was said."""
    pause = record.read(session, OPERATOR, vault).pause
    if pause is None or now < pause.start + GRACE:
        return None
    if any(one.scope["since"] == pause.start for one in events.of(session, vault, Action.WENT_ON)[0]):
        return None
    count = obeying.capturing(session, Wanted(pause.start), now)
    return (pause.start, count) if count else None
