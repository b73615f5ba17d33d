"""Deadlines brought to officers: seven days before, on the day and after it, each once, in the app and by e-mail; that
of a review of the quarantine too. So is a request whose step failed.

What was told is a row and an entry of the access log in one transaction under a lock: neither a restart nor a second
process tells it again, and nothing that is killed leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action
from data.accesses.tables import EntryRow
from data.captures.pausing import Why as Pausing
from data.captures.tables import PausedRow, QuarantineRow
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome
from data.database import Database, lock
from data.notices.notice import Mail, Why
from data.notices.tables import NoticeRow
from data.rights import clocks, discretion, holds, work
from data.rights.states import UNANSWERED, State
from data.rights.tables import EscalationRow, RequestEventRow, RequestRow
from data.sealing.vault import Vault

EVERY = 60.0  # seconds between two rounds
SOON = 7  # days before
REVIEW_DAYS = 30  # after the first captures of a pause came into quarantine
QUARANTINE = "quarantine"  # the subject of a review of it
FAILURE = "failure"  # the subject of what is told because a step failed


class Stage(StrEnum):
    """How a deadline stands. The values are the codes that are stored."""

    SOON = "soon"
    TODAY = "today"
    PASSED = "passed"
    FAILED = "failed"  # no deadline: a step of a request failed, and it does not go on by itself


@dataclass(frozen=True)
class Deadline:
    """Something that officers have to do by a day, `left` days from now, about a person (None: about nobody alone), and
    about a `request`."""

    subject: str
    number: str
    person_id: int | None
    due_on: date
    left: int
    request: int | None = None

    @property
    def stage(self) -> Stage | None:
        """The last stage that it reached; None while it is further away."""
        if self.subject == FAILURE:
            return Stage.FAILED
        if self.left > SOON:
            return None
        return Stage.PASSED if self.left < 0 else Stage.SOON if self.left else Stage.TODAY


def keep_up(database: Database, vault: Vault, *, by_mail: bool, now: int | None = None) -> int:
    """Tell officers of every stage that was reached since the last call; how many those were."""
    at = instants.now() if now is None else now
    # Looked for first: on nearly every round there is nothing to tell, and nobody who writes should wait for that.
    with database.reading() as session:
        if not any(_is_new(session, one, at) for one in _deadlines(session, vault, at)):
            return 0
    with database.writing() as session:
        lock(session, "escalations")
        return sum(_tell(session, vault, one, by_mail, at) for one in _deadlines(session, vault, at))


def _deadlines(session: Session, vault: Vault, at: int) -> list[Deadline]:
    waiting = select(RequestRow).where(RequestRow.state.in_([state.value for state in UNANSWERED]))
    found = [one for row in session.scalars(waiting.order_by(RequestRow.id)) for one in _of_request(row, at)]
    today = instants.day_of(at)
    found += _failures(session, today)
    for row in session.scalars(select(CopyTaskRow).where(CopyTaskRow.state == Outcome.OPEN.value)):
        due = instants.day_of(row.due_at)
        found.append(Deadline("copy", row.name, row.person_id, due, (due - today).days, row.request_id))
    for one in holds.every(session, vault):
        if one.is_in_force:
            left = (one.review_on - today).days
            found.append(Deadline("hold", str(one.number), one.person_id, one.review_on, left))
    return [*found, *_reviews(session, today)]


def _reviews(session: Session, today: date) -> list[Deadline]:
    """One for each pause of which something is in quarantine, by the day on which the first of it came."""
    same = (PausedRow.person_id == QuarantineRow.person_id) & (PausedRow.id == QuarantineRow.id)
    rows = session.execute(
        select(PausedRow.since, func.min(QuarantineRow.at))
        .join(QuarantineRow, same)
        .where(PausedRow.why == Pausing.PROGRAMME.value, QuarantineRow.wrapped.is_not(None))
        .group_by(PausedRow.since)
        .order_by(PausedRow.since)
    )
    days = [(since, instants.day_of(at) + timedelta(days=REVIEW_DAYS)) for since, at in rows]
    return [Deadline(QUARANTINE, str(since), None, due, (due - today).days) for since, due in days]


def _failures(session: Session, today: date) -> list[Deadline]:
    """The requests whose last step failed, by the day of the failure."""
    mine = (RequestEventRow.person_id == RequestRow.person_id) & (RequestEventRow.request_id == RequestRow.id)
    rows = session.execute(
        select(RequestRow.id, RequestRow.person_id, func.max(RequestEventRow.at))
        .join(RequestEventRow, mine)
        .where(RequestRow.state == State.RUNNING.value, RequestRow.failure != "")
        .where(RequestEventRow.what == work.FAILED)
        .group_by(RequestRow.id, RequestRow.person_id)
        .order_by(RequestRow.id)
    )
    days = [(number, person_id, instants.day_of(at)) for number, person_id, at in rows]
    return [
        Deadline(FAILURE, str(number), person_id, day, (day - today).days, number) for number, person_id, day in days
    ]


def _of_request(row: RequestRow, at: int) -> Iterator[Deadline]:
    """Its due date, or, of one whose clock stands, the end of each month for which it does; and the day by which its
    receipt has to be confirmed where nobody has done that (11 CCR § 7021(a))."""
    today = clocks.received_on(row.jurisdiction, at)
    if row.acknowledge_by is not None and row.acknowledged_at is None:
        by = row.acknowledge_by
        yield Deadline("confirmation", str(row.id), row.person_id, by, (by - today).days, row.id)
    if row.stopped_at is not None:
        long = clocks.ask_again(clocks.received_on(row.jurisdiction, row.stopped_at), today)
        yield Deadline("stopped", str(row.id), row.person_id, long, (long - today).days, row.id)
    else:
        yield Deadline("request", str(row.id), row.person_id, row.due_on, (row.due_on - today).days, row.id)


def _is_new(session: Session, one: Deadline, at: int) -> bool:
    """Whether it reached a stage of which nobody was told, or only too early, by a clock that was ahead."""
    if one.stage is None:
        return False
    told = session.get(EscalationRow, (one.subject, one.number, one.due_on, one.stage.value))
    entry = None if told is None else session.get(EntryRow, told.position)
    return told is None or (entry is not None and entry.recorded_at > at + instants.SKEW)


def _tell(session: Session, vault: Vault, one: Deadline, by_mail: bool, at: int) -> bool:
    if one.stage is None or not _is_new(session, one, at):
        return False
    scope = {"subject": one.subject, "number": one.number, "due": one.due_on.isoformat(), "stage": one.stage.value}
    action = Action.REVIEW_DUE if one.subject == QUARANTINE else Action.ESCALATED
    position = log.append(session, vault, action=action, people=[], accessor=None, reason=None, scope=scope, count=0)
    session.merge(
        EscalationRow(
            subject=one.subject, number=one.number, due_on=one.due_on, stage=one.stage.value, position=position
        )
    )
    mail = (Mail.WAITING if by_mail else Mail.NONE).value
    # Whoever it is about decides nothing of it, and may not know of a hold.
    for officer in sorted(discretion.officers(session) - {one.person_id}):
        made = {"why": Why.DEADLINE.value, "request_id": one.request, "mail": mail, "made_at": instants.now()}
        session.add(NoticeRow(person_id=officer, position=position, **made))
    session.flush()
    return True
