"""Reminders to the person for whom a request waits, each once: that the time to take a deletion back ends, and that
what an officer asked was not answered. They are told as every step is, in the app and by e-mail (data/notices).

What was told is a row, a line of the request's history and an entry of the access log in one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.database import Database
from data.rights import clocks, record, work
from data.rights.states import State
from data.rights.tables import EscalationRow, RequestRow
from data.sealing.vault import Vault
from data.settings import Settings

EVERY = 60.0  # seconds between two rounds
SHORTEST = 2 * instants.HOUR  # of a delay of whose end anybody is told: its approval was told shortly before
REPLY_SOON = timedelta(days=14)  # before the day until which an answer is waited for


@dataclass(frozen=True)
class Reminder:
    """What a request's person is told once: `action`, `subject` and `due_on` say of what, `words` stand in its
    history."""

    action: Action
    subject: str
    due_on: date
    words: str


def lead(delay: int) -> int | None:
    """How long before the end of a delay (both in microseconds) its person is told: a quarter of it, at least an hour.
    None for a delay that is too short for that."""
    return max(delay // 4, instants.HOUR) if delay >= SHORTEST else None


def keep_up(database: Database, vault: Vault, settings: Settings, now: int | None = None) -> int:
    """Remind everybody who is to be reminded since the last call; how many reminders those were."""
    at = instants.now() if now is None else now
    waiting = [State.APPROVED.value, State.STOPPED.value]
    query = select(RequestRow).where(RequestRow.state.in_(waiting)).order_by(RequestRow.id)
    # Looked for first: on nearly every round there is nothing to tell, and nobody who writes should wait for that.
    with database.reading() as session:
        found = [row.id for row in session.scalars(query) if _new(session, row, settings, at) is not None]
    return sum(_remind(database, vault, settings, number, at) for number in found)


def _remind(database: Database, vault: Vault, settings: Settings, number: int, at: int) -> bool:
    """Under the request's own lock, one transaction each: what happens to others meanwhile waits for nothing."""
    with database.writing() as session:
        query = select(RequestRow).where(RequestRow.id == number).with_for_update()
        row = session.scalars(query).one()
        if (one := _new(session, row, settings, at)) is None:
            return False
        _tell(session, vault, row, one, at)
        return True


def _new(session: Session, row: RequestRow, settings: Settings, at: int) -> Reminder | None:
    """What its person is to be told of now, and was not."""
    one = _reminder(row, settings, at)
    return None if one is None or session.get(EscalationRow, _key(row, one)) is not None else one


def _reminder(row: RequestRow, settings: Settings, at: int) -> Reminder | None:
    if row.state == State.STOPPED and row.stopped_at is not None:
        until = clocks.reply_by(clocks.received_on(row.jurisdiction, row.stopped_at))
        if clocks.received_on(row.jurisdiction, at) < until - REPLY_SOON:
            return None
        said = "What was asked back waits for an answer, and the clock stands until then."
        return Reminder(Action.REPLY_AWAITED, "reply", until, said)
    start = work.starts_at(row, settings)
    if start is None or start <= at or row.decided_at is None:
        return None
    before = lead(start - row.decided_at)
    if before is None or start - at > before:
        return None
    said = f"It starts at {instants.iso(start)}, and can be taken back until then."
    return Reminder(Action.DELAY_ENDS, "take back", instants.day_of(start), said)


def _key(row: RequestRow, one: Reminder) -> tuple[str, str, date, str]:
    return one.subject, str(row.id), one.due_on, "soon"


def _tell(session: Session, vault: Vault, row: RequestRow, one: Reminder, at: int) -> None:
    position = log.append(
        session,
        vault,
        action=one.action,
        people=[row.person_id],
        accessor=None,
        reason=None,
        scope={"request": row.id},
        count=0,
    )
    subject, number, due_on, stage = _key(row, one)
    session.add(EscalationRow(subject=subject, number=number, due_on=due_on, stage=stage, position=position))
    record.note(session, row, None, "reminded", one.words, at=at)
