"""A request and its history as frozen values, and how they are read from their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data import instants
from data.captures.scope import Scope
from data.errors import NotFound
from data.people.permissions import Permission, may
from data.people.tables import PersonRow
from data.people.viewer import Role, Viewer
from data.programme.reach import Reach
from data.rights import appeal, clocks, discretion, exchange, granting, keys, precedence
from data.rights.appeal import Appeal
from data.rights.exchange import Back
from data.rights.states import WAITING, Ground, Move, RequestKind, State, in_words, is_late
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault

# Who is named when a step was carried out by the program itself.
PROGRAM = "Daylight"
BLACKED_OUT = "a part of the pictures was blacked out"  # a line of a copy's history
_SCOPE = frozenset({"kinds", "apps", "start", "end"})


@dataclass(frozen=True)
class Event:
    """One line of a request's history: at (microseconds UTC), in which role somebody acted, what, and their words."""

    at: int
    actor: str
    name: str
    what: str
    note: str
    due_on: date | None = None
    proved_at: int | None = None


@dataclass(frozen=True)
class Request:
    """One request as its person and the officers read it. Instants are microseconds UTC, `due_on` a calendar day in
    the person's jurisdiction, `done` of `total` counts the captures carried out so far. `counts` holds numbers by name:
    what was asked for when it was opened, what was written or removed when it is done. What was approved is not carried
    out before `starts_at` (None: at once).

    What is asked about one access has its position in `access`, when it was in `access_at`, the person's own words in
    `words`, and in `told` what they were told in the end: an answer, or a name. `asked` (JSON) is all that was asked.

    `stopped_at`: the clock stands since then, and waits for the person. `confirm_by` is the last day to confirm that it
    arrived, None where no law asks for that or it was done. `asked_back` is what an officer wanted to know first.
    `failure`: why its last step failed; it is tried again. `waits_for` is the deletion before which no copy is made.
    `granted` is the narrower scope that was granted, if only a part was; `appeal` what was said against a refusal."""

    id: int
    person_id: int
    person: str
    email: str
    kind: RequestKind
    scope: Scope
    state: State
    jurisdiction: str
    law: str
    opened_at: int
    opened_by: int | None
    due_on: date
    days_left: int
    next_step: str | None
    done: int
    total: int
    counts: dict[str, Any]
    decided_by: int | None
    decider: str
    decided_at: int | None
    ground: Ground | None
    reason: str
    closed_at: int | None
    expires_at: int | None
    failure: str
    events: tuple[Event, ...] = ()
    access: int | None = None
    access_at: int | None = None
    words: str = ""
    told: str = ""
    asked: Mapping[str, Any] = field(default_factory=dict[str, Any])
    extended_at: int | None = None
    stopped_at: int | None = None
    confirm_by: date | None = None
    asked_back: tuple[Back, ...] = ()
    starts_at: int | None = None
    granted: Scope | None = None
    appeal: Appeal | None = None
    waits_for: int | None = None

    @property
    def extent(self) -> Scope:
        """What is carried out: what was asked, or the part of it that was granted."""
        return self.scope if self.granted is None else self.granted

    @property
    def reach(self) -> Reach | None:
        """What a standing rule that is asked for would reach; None for what asks for none."""
        return Reach.from_json(self.asked["reach"]) if "reach" in self.asked else None

    @property
    def stands(self) -> str:
        """Where it stands, in words for people."""
        return in_words(self.kind, self.state)

    @property
    def reply_by(self) -> date | None:
        """Until when an answer to what was asked back is waited for at least; None while nothing is."""
        stands = self.stopped_at if self.state is State.STOPPED else None
        return None if stands is None else clocks.reply_by(clocks.received_on(self.jurisdiction, stands))

    @property
    def waiting(self) -> bool:
        """Whether somebody or something still has to act."""
        return self.state in WAITING

    def can(self, move: Move) -> bool:
        """Whether `move` can happen to it as it stands."""
        return self.state in self.kind.nature.moves.get(move, ())

    @property
    def overdue(self) -> bool:
        """Whether the day it was due on has passed while it still waits."""
        return is_late(self.state, self.days_left)


def scope_label(person_id: int, request_id: int) -> str:
    """What a request's scope is sealed for."""
    return f"scope of request {request_id} of person {person_id}"


def of(
    session: Session, vault: Vault, row: RequestRow, *, with_events: bool = False, with_name: bool = False
) -> Request:
    """The frozen value of a row, with `days_left` counted from today in the person's jurisdiction.

    `with_name` is for the request's person alone: only then a name that was told is opened.
    """
    person = session.get_one(PersonRow, row.person_id)
    decider = session.get(PersonRow, row.decided_by) if row.decided_by is not None else None
    asked: dict[str, Any] = json.loads(keys.unseal(session, vault, scope_label(row.person_id, row.id), row.scope))
    kind = RequestKind(row.kind)
    return Request(
        id=row.id,
        person_id=row.person_id,
        person=person.name,
        email=person.email,
        kind=kind,
        scope=Scope.from_json({name: asked[name] for name in _SCOPE if name in asked}),
        state=State(row.state),
        jurisdiction=row.jurisdiction,
        law=_law(row, kind),
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        due_on=row.due_on,
        days_left=(row.due_on - clocks.received_on(row.jurisdiction, row.stopped_at or instants.now())).days,
        next_step=row.next_step,
        done=row.done,
        total=row.total,
        counts=json.loads(row.counts),
        decided_by=row.decided_by,
        decider=decider.name if decider else "",
        decided_at=row.decided_at,
        ground=Ground(row.ground) if row.ground else None,
        reason=row.reason,
        closed_at=row.closed_at,
        expires_at=row.expires_at,
        failure=row.failure,
        events=events(session, row) if with_events else (),
        access=asked.get("access"),
        access_at=asked.get("at"),
        words=asked.get("text", ""),
        starts_at=row.starts_at,
        told=_told(session, vault, row) if with_name or kind is not RequestKind.REVEAL else "",
        asked=asked,
        extended_at=row.extended_at,
        stopped_at=row.stopped_at,
        confirm_by=row.acknowledge_by if row.acknowledged_at is None else None,
        asked_back=exchange.read(session, vault, row),
        granted=granting.read(session, vault, row),
        appeal=appeal.read(session, vault, row),
        waits_for=precedence.deletion_before(session, row),
    )


def tell(session: Session, vault: Vault, row: RequestRow, told: str) -> None:
    """Keep, sealed, what the person is told: an answer, or a name."""
    row.outcome = keys.seal(session, vault, _told_label(row), told.encode())


def _told(session: Session, vault: Vault, row: RequestRow) -> str:
    return "" if row.outcome is None else keys.unseal(session, vault, _told_label(row), row.outcome).decode()


def _told_label(row: RequestRow) -> str:
    return f"outcome of request {row.id} of person {row.person_id}"


def _law(row: RequestRow, kind: RequestKind) -> str:
    said = [clocks.clock(row.jurisdiction).law]
    if kind.nature.law:
        said.append(kind.nature.law)
    received = clocks.received_on(row.jurisdiction, row.opened_at)
    if row.extended_at is not None:
        said.append(clocks.clock(row.jurisdiction).extension)
    elif row.due_on < clocks.due_on(row.jurisdiction, received, stopped=row.stopped_days):
        said.append("Your company has promised to answer earlier than the law wants.")
    return " ".join(said)


def find(session: Session, viewer: Viewer, request_id: int, *, for_change: bool = False) -> RequestRow:
    """The row of a request that `viewer` may see, locked until the transaction ends when it is to be changed.

    Raises NotFound, in the same words whether it does not exist or is not theirs to see.
    """
    query = select(RequestRow).where(RequestRow.id == request_id, discretion.visible(session, viewer))
    if for_change:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(query).one_or_none()
    if row is None or not may(viewer, Permission.SEE_REQUESTS, row.person_id):
        raise NotFound(f"There is no request {request_id} that you can see; check its number.")
    return row


def has(session: Session, row: RequestRow, what: str) -> bool:
    """Whether the request's history has this line already."""
    query = select(RequestEventRow.number).where(
        RequestEventRow.person_id == row.person_id, RequestEventRow.request_id == row.id, RequestEventRow.what == what
    )
    return session.scalars(query.limit(1)).first() is not None


def note(
    session: Session,
    row: RequestRow,
    viewer: Viewer | None,
    what: str,
    words: str = "",
    *,
    due_on: date | None = None,
    at: int | None = None,
    decides: bool = False,
) -> None:
    """Add a line to the request's history; `viewer` None means the program itself acted. `due_on`: it set this day.
    `decides`: when the viewer had last proved who they are belongs to it."""
    taken = session.scalar(
        select(func.max(RequestEventRow.number)).where(
            RequestEventRow.person_id == row.person_id, RequestEventRow.request_id == row.id
        )
    )
    session.add(
        RequestEventRow(
            person_id=row.person_id,
            request_id=row.id,
            number=(taken or 0) + 1,
            at=instants.now() if at is None else at,
            actor_id=viewer.person_id if viewer else None,
            actor=_role(viewer, row.person_id),
            what=what,
            due_on=due_on,
            proved_at=viewer.proved_at if decides and viewer else None,
            note=words,
        )
    )
    session.flush()


def events(session: Session, row: RequestRow) -> tuple[Event, ...]:
    """The request's history, oldest first."""
    rows = session.execute(
        select(RequestEventRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == RequestEventRow.actor_id)
        .where(RequestEventRow.person_id == row.person_id, RequestEventRow.request_id == row.id)
        .order_by(RequestEventRow.number)
    )
    return tuple(
        Event(found.at, found.actor, name or "", found.what, found.note, found.due_on, found.proved_at)
        for found, name in rows
    )


def _role(viewer: Viewer | None, person_id: int) -> str:
    if viewer is None:
        return PROGRAM
    if viewer.is_person(person_id):
        return Role.EMPLOYEE.value
    return Role.OPERATOR.value if Role.OPERATOR in viewer.roles else Role.OFFICER.value
