"""What the holders of copies have to do because of a request, each by its own day, and what came of it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.log import Entry
from data.copies.consumer import DAYS
from data.copies.tables import ConsumerRow, CopyPersonRow, CopyRow, CopyTaskRow
from data.errors import BadInput, Conflict, NotAllowed, NotFound
from data.people.permissions import Permission, require, require_fresh
from data.people.viewer import Viewer
from data.sealing.vault import Vault

LONGEST = 4_000  # characters of a reason


class What(StrEnum):
    """What a holder is to do with a person's share of a copy."""

    ERASE = "erase"
    CORRECT = "correct"


class Outcome(StrEnum):
    """What came of it."""

    OPEN = "open"
    DONE = "done"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True)
class Task:
    """One copy's task, as the person reads it. Instants in microseconds UTC; `told_at` None: its holder has not been
    reached yet. `digest` is what the holder gave as the digest of what is left, `reason` why it is not possible."""

    name: str
    person_id: int
    request_id: int
    copy_id: int
    holder: str
    purpose: Purpose
    ticket: str
    captures: int
    what: What
    due_at: int
    told_at: int | None
    outcome: Outcome
    closed_at: int | None
    closed_by: str
    digest: str
    reason: str
    trouble: str

    def is_overdue(self, now: int) -> bool:
        """Whether its day has passed while nothing came of it."""
        return self.outcome is Outcome.OPEN and now > self.due_at

    def as_json(self) -> dict[str, Any]:
        """What certificates and exports say of it."""
        overdue = self.is_overdue(instants.now())
        return {
            "copy": self.copy_id,
            "holder": self.holder,
            "purpose": self.purpose.value,
            "ticket": self.ticket,
            "captures": self.captures,
            "what": self.what.value,
            "outcome": "overdue" if overdue else self.outcome.value,
            "due": instants.iso(self.due_at),
            "told": None if self.told_at is None else instants.iso(self.told_at),
            "closed": None if self.closed_at is None else instants.iso(self.closed_at),
            "closed_by": self.closed_by,
            "digest": self.digest,
            "reason": self.reason,
        }


def fan_out(
    session: Session,
    vault: Vault,
    person_id: int,
    request_id: int,
    scope: dict[str, Any],
    what: What = What.ERASE,
) -> int:
    """One task for each copy that holds captures of the person in the time of `scope` (as Scope.as_json), also such as
    are dated ahead; returns how many copies that are. To be called in the transaction that erases: what was extracted
    before it is told, what comes after holds none of it. Calling it again adds nothing."""
    start, end = scope.get("start"), scope.get("end")
    copies = session.execute(
        select(CopyRow, CopyPersonRow, ConsumerRow)
        .join(CopyPersonRow, CopyPersonRow.copy_id == CopyRow.id)
        .outerjoin(ConsumerRow, ConsumerRow.id == CopyRow.consumer_id)
        .where(CopyPersonRow.person_id == person_id)
        .order_by(CopyRow.id)
    )
    now, count = instants.now(), 0
    for copy, part, consumer in copies:
        after_it = start is not None and part.last_at < start
        before_it = end is not None and part.first_at >= end
        if after_it or before_it:
            continue
        count += 1
        if session.get(CopyTaskRow, (person_id, request_id, copy.id)) is not None:
            continue
        days = consumer.days if consumer else DAYS
        row = CopyTaskRow(
            person_id=person_id,
            request_id=request_id,
            copy_id=copy.id,
            name=secrets.token_hex(16),
            what=what.value,
            made_at=now,
            due_at=now + days * instants.DAY,
            next_at=now if consumer and consumer.url else None,
        )
        row.epoch, row.wrapped = vault.wrap(session, json.dumps(scope).encode(), _binding(vault, row))
        session.add(row)
    session.flush()
    return count


def of_request(session: Session, person_id: int, request_id: int) -> tuple[Task, ...]:
    """The tasks of one request, by copy; for those who may see the request (its page, its certificate)."""
    return _found(session, CopyTaskRow.person_id == person_id, CopyTaskRow.request_id == request_id)


def about(session: Session, viewer: Viewer, person_id: int) -> tuple[Task, ...]:
    """Every task about a person's captures, by request and copy. Permission SEE_REQUESTS."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    return _found(session, CopyTaskRow.person_id == person_id)


def waiting(session: Session, viewer: Viewer) -> tuple[Task, ...]:
    """Every task that nothing came of yet, the one that is due first at the head. Permission SEE_QUEUE."""
    require(viewer, Permission.SEE_QUEUE)
    found = _found(session, CopyTaskRow.state == Outcome.OPEN.value)
    return tuple(sorted(found, key=lambda one: (one.due_at, one.copy_id)))


def settle_by_hand(
    session: Session, viewer: Viewer, vault: Vault, name: str, outcome: Outcome, reason: str, digest: str = ""
) -> Task:
    """An officer says what came of a task, in words that the person reads. Permission DECIDE, never about oneself.

    Raises NotFound, NotAllowed, BadInput without a reason, Conflict when it is closed already.
    """
    require(viewer, Permission.DECIDE)
    require_fresh(viewer)
    row = find(session, name)
    if viewer.is_person(row.person_id):
        raise NotAllowed("This is about your own data; another officer must say what came of it.")
    if not reason.strip():
        raise BadInput("Say how you know, in words; the person reads it.")
    return close(session, vault, row, outcome, reason=reason, digest=digest, by="an officer", viewer=viewer)


def find(session: Session, name: str) -> CopyTaskRow:
    """The row of a task, locked until the transaction ends. Raises NotFound."""
    row = session.scalars(select(CopyTaskRow).where(CopyTaskRow.name == name).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("There is no such task; check its name.")
    return row


def close(
    session: Session,
    vault: Vault,
    row: CopyTaskRow,
    outcome: Outcome,
    *,
    reason: str,
    digest: str,
    by: str,
    viewer: Viewer | None,
) -> Task:
    """Keep what came of a task, for good, and log it. Raises Conflict, and BadInput for an outcome that says nothing:
    what is not possible needs its reason."""
    if row.state != Outcome.OPEN.value:
        raise Conflict(f"What came of this task is known already ({row.state}); nothing was changed.")
    if outcome is Outcome.OPEN:
        raise BadInput("A task ends as done or as impossible; say which.")
    if outcome is Outcome.IMPOSSIBLE and not reason.strip():
        raise BadInput("What is not possible needs a reason; the person reads it.")
    if len(reason) > LONGEST or len(digest) > 200:
        raise BadInput(f"A reason has at most {LONGEST:,} characters and a digest 200; shorten it.")
    row.state, row.closed_at, row.closed_by = outcome.value, instants.now(), by
    row.reason, row.digest, row.next_at = reason.strip(), digest.strip(), None
    session.flush()
    scope = {"request": row.request_id, "copy": row.copy_id, "what": row.what, "outcome": outcome.value, "by": by}
    why = Reason(Purpose.REQUEST, f"request {row.request_id}")
    entry = Entry(Action.COPY_SETTLED, [row.person_id], viewer, why, scope, 0)
    log.extend(session, vault, [entry])
    return next(one for one in of_request(session, row.person_id, row.request_id) if one.name == row.name)


def scope_of(vault: Vault, row: CopyTaskRow) -> dict[str, Any]:
    """Which captures a task is about, as Scope.as_json."""
    found: dict[str, Any] = json.loads(_opened(vault, row))
    return found


def rewrap(session: Session, vault: Vault) -> None:
    """Wrap each scope under the newest epoch."""
    for row in session.scalars(select(CopyTaskRow)):
        row.epoch, row.wrapped = vault.wrap(session, _opened(vault, row), _binding(vault, row))
    session.flush()


def _found(session: Session, *which: Any) -> tuple[Task, ...]:
    rows = session.execute(
        select(CopyTaskRow, CopyRow, CopyPersonRow.captures, ConsumerRow.name)
        .join(CopyRow, CopyRow.id == CopyTaskRow.copy_id)
        .join(
            CopyPersonRow,
            (CopyPersonRow.copy_id == CopyTaskRow.copy_id) & (CopyPersonRow.person_id == CopyTaskRow.person_id),
        )
        .outerjoin(ConsumerRow, ConsumerRow.id == CopyRow.consumer_id)
        .where(*which)
        .order_by(CopyTaskRow.request_id, CopyTaskRow.copy_id)
    )
    return tuple(
        Task(
            name=row.name,
            person_id=row.person_id,
            request_id=row.request_id,
            copy_id=row.copy_id,
            holder=name or copy.made_by,
            purpose=Purpose(copy.purpose),
            ticket=copy.ticket,
            captures=captures,
            what=What(row.what),
            due_at=row.due_at,
            told_at=row.told_at,
            outcome=Outcome(row.state),
            closed_at=row.closed_at,
            closed_by=row.closed_by,
            digest=row.digest,
            reason=row.reason,
            trouble=row.trouble,
        )
        for row, copy, captures, name in rows
    )


def _opened(vault: Vault, row: CopyTaskRow) -> bytes:
    return vault.keyring.unwrap(row.epoch, row.wrapped, _binding(vault, row))


def _binding(vault: Vault, row: CopyTaskRow) -> bytes:
    return vault.binding("copy task", person=row.person_id, request=row.request_id, copy=row.copy_id)
