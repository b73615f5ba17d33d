"""The officers' queue: what waits and what has ended, in one query over what is not sealed.

What a request is about (its scope, its person's words) is opened only for the one that an officer opens.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlalchemy import Date as DateType
from sqlalchemy.orm import Session, aliased

from data import instants
from data.database import rows_together
from data.people import holding
from data.people.jurisdictions import Jurisdiction
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Role, Viewer
from data.rights import clocks, discretion
from data.rights.states import APPEALS, UNANSWERED, UNDECIDED, WAITING, RequestKind, State, in_words, is_late
from data.rights.tables import RequestRow

WEEK = 7  # days within which something is due soon


class Due(StrEnum):
    """How the day stands on which an answer is due; the clock of one that waits for its person stands."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"
    STANDS = "stands"


class Step(StrEnum):
    """What happens next to a request that waits."""

    DECIDE = "decide"
    CONFIRM = "confirm"
    APPEAL = "appeal"
    REPLY = "reply"
    ITSELF = "itself"
    HOLD = "hold"


class Whose(StrEnum):
    """Who has it, seen from whoever looks; nobody's is what an officer still has to do something about."""

    MINE = "mine"
    NOBODYS = "nobodys"
    OTHERS = "others"


@dataclass(frozen=True)
class Filter:
    """Which requests are listed: what waits, or what has `ended`. An empty part does not narrow; `text` is looked for
    in the name and the e-mail address of its person."""

    ended: bool = False
    kinds: frozenset[RequestKind] = frozenset()
    steps: frozenset[Step] = frozenset()
    due: frozenset[Due] = frozenset()
    laws: frozenset[Jurisdiction] = frozenset()
    whose: frozenset[Whose] = frozenset()
    text: str = ""


WAITS = Filter()


@dataclass(frozen=True)
class Listed:
    """One request as the queue lists it. Instants are microseconds UTC; `days_left` counts in its person's
    jurisdiction, from when its clock stopped where it stands; `handler` is the officer who has it, empty when nobody
    has. `failure`: why its last step failed; it is tried again."""

    id: int
    person_id: int
    person: str
    email: str
    kind: RequestKind
    state: State
    jurisdiction: str
    opened_at: int
    due_on: date
    days_left: int
    stopped_at: int | None
    starts_at: int | None
    closed_at: int | None
    confirm_by: date | None
    handler_id: int | None
    handler: str
    failure: str = ""

    @property
    def stands(self) -> str:
        """Where it stands, in words for people."""
        return in_words(self.kind, self.state)

    @property
    def waiting(self) -> bool:
        """Whether somebody or something still has to act."""
        return self.state in WAITING

    @property
    def overdue(self) -> bool:
        """Whether the day it was due on has passed while it still waits."""
        return is_late(self.state, self.days_left)


@dataclass(frozen=True)
class Page:
    """Some of the requests that match, and how many match in all."""

    rows: tuple[Listed, ...]
    matching: int


@dataclass(frozen=True)
class Figures:
    """How many requests wait; of these, how many for an officer, and how many are overdue or due today."""

    waiting: int
    undecided: int
    overdue: int
    today: int


def page(session: Session, viewer: Viewer, filter: Filter = WAITS, *, first: int = 0, most: int = 25) -> Page:
    """Up to `most` of the requests that match, from number `first` (0 ...) on.

    What waits comes by its due date, the overdue on top; what nobody can go on with (a clock that stands, a legal hold)
    after that. What has ended comes newest first. Permission SEE_QUEUE.
    """
    require(viewer, Permission.SEE_QUEUE)
    now = instants.now()
    query = _listed(_order(filter)).where(*_conditions(session, viewer, filter, now)).order_by("place")
    rows = sorted(rows_together(session, query.limit(most).offset(first)), key=lambda row: row[0])
    return Page(tuple(_read(row, now) for row in rows), rows[0][1] if rows else 0)


def figures(session: Session, viewer: Viewer) -> Figures:
    """How the whole queue stands. Permission SEE_QUEUE."""
    require(viewer, Permission.SEE_QUEUE)
    now = instants.now()
    undecided = RequestRow.state.in_(_codes({State.OPEN, *APPEALS}))
    counted = [_sum(undecided), _sum(_due(Due.OVERDUE, now)), _sum(_due(Due.TODAY, now))]
    waiting = RequestRow.state.in_(_codes(WAITING))
    mine = waiting, discretion.visible(session, viewer)
    found = session.execute(select(func.count(), *counted).select_from(RequestRow).where(*mine)).one()
    return Figures(*(int(one or 0) for one in found))


_Handler = aliased(PersonRow)


def _listed(order: tuple[ColumnElement[Any], ...]) -> Select[*tuple[Any, ...]]:
    """Place, number of matches, and then what `_read` reads, in its order."""
    has_it = and_(_Handler.id == RequestRow.handler_id, _Handler.id.in_(holding.holders(Role.OFFICER)))
    row = RequestRow
    return (
        select(
            func.row_number().over(order_by=order).label("place"),
            func.count().over().label("matching"),
            *(row.id, row.person_id, PersonRow.name.label("person"), PersonRow.email, row.kind, row.state),
            *(row.jurisdiction, row.opened_at, row.due_on, row.stopped_at, row.starts_at, row.closed_at),
            *(row.acknowledge_by, row.acknowledged_at, _Handler.id.label("had_by"), _Handler.name.label("handler")),
            row.failure,
        )
        .join(PersonRow, PersonRow.id == row.person_id)
        .outerjoin(_Handler, has_it)
    )


def _read(row: list[Any], now: int) -> Listed:
    number, person_id, name, email, kind, state, law, opened, due, stopped, starts, closed, by, done, *rest = row[2:]
    has, who, failure = rest
    due_on = date.fromisoformat(due)
    return Listed(
        id=number,
        person_id=person_id,
        person=name,
        email=email,
        kind=RequestKind(kind),
        state=State(state),
        jurisdiction=law,
        opened_at=opened,
        due_on=due_on,
        days_left=(due_on - clocks.received_on(law, stopped or now)).days,
        stopped_at=stopped,
        starts_at=starts,
        closed_at=closed,
        confirm_by=date.fromisoformat(by) if by is not None and done is None else None,
        handler_id=has,
        handler=who or "",
        failure=failure,
    )


def _order(filter: Filter) -> tuple[ColumnElement[Any], ...]:
    if filter.ended:
        return RequestRow.closed_at.desc(), RequestRow.id.desc()
    nobodys_turn = case((RequestRow.state.in_(_codes({State.STOPPED, State.HELD})), 1), else_=0)
    return nobodys_turn, RequestRow.due_on.asc(), RequestRow.id.asc()


def _conditions(session: Session, viewer: Viewer, filter: Filter, now: int) -> list[ColumnElement[bool]]:
    is_waiting = RequestRow.state.in_(_codes(WAITING))
    found = [~is_waiting if filter.ended else is_waiting, discretion.visible(session, viewer)]
    if filter.kinds:
        found.append(RequestRow.kind.in_([kind.value for kind in filter.kinds]))
    if filter.laws:
        found.append(RequestRow.jurisdiction.in_([law.value for law in filter.laws]))
    if filter.steps:
        found.append(or_(false(), *(_steps(step) for step in filter.steps)))
    if filter.due:
        found.append(or_(false(), *(_due(due, now) for due in filter.due)))
    if filter.whose:
        found.append(or_(false(), *(_whose(whose, viewer) for whose in filter.whose)))
    if filter.text.strip():
        found.append(RequestRow.person_id.in_(_people(session, filter.text)))
    return found


def _steps(step: Step) -> ColumnElement[bool]:
    if step is Step.CONFIRM:
        waits = RequestRow.state.in_(_codes(UNANSWERED - APPEALS))
        return and_(waits, RequestRow.acknowledge_by.is_not(None), RequestRow.acknowledged_at.is_(None))
    return RequestRow.state.in_(_codes(_STATES[step]))


_STATES: dict[Step, frozenset[State]] = {
    Step.DECIDE: frozenset({State.OPEN}),
    Step.APPEAL: APPEALS,
    Step.REPLY: frozenset({State.STOPPED}),
    Step.ITSELF: frozenset({State.APPROVED, State.RUNNING}),
    Step.HOLD: frozenset({State.HELD}),
}


def _due(due: Due, now: int) -> ColumnElement[bool]:
    stands = RequestRow.stopped_at.is_not(None)
    if due is Due.STANDS:
        return stands
    today, soon = _today(now, 0), _today(now, WEEK)
    day = {
        Due.OVERDUE: RequestRow.due_on < today,
        Due.TODAY: RequestRow.due_on == today,
        Due.SOON: and_(RequestRow.due_on > today, RequestRow.due_on <= soon),
        Due.LATER: RequestRow.due_on > soon,
    }[due]
    return and_(RequestRow.state.in_(_codes(UNANSWERED)), ~stands, day)


def _today(now: int, later: int) -> ColumnElement[date]:
    """The day that it is at `now` where the request's law counts, or so many days later."""
    days = {law: clocks.received_on(law, now) + timedelta(days=later) for law in clocks.CLOCKS}
    return case(*((RequestRow.jurisdiction == law, literal(day, DateType)) for law, day in days.items()))


def _whose(whose: Whose, viewer: Viewer) -> ColumnElement[bool]:
    match whose:
        case Whose.MINE:
            return _Handler.id == viewer.person_id
        case Whose.NOBODYS:
            return and_(_Handler.id.is_(None), RequestRow.state.in_(_codes(UNDECIDED)))
        case Whose.OTHERS:
            return _Handler.id != viewer.person_id


def _people(session: Session, text: str) -> list[int]:
    """Those who asked for something and whose name or address holds every word of `text`, whatever its case or accents:
    compared here, because the databases fold them differently."""
    wanted = _folded(text).split()
    asked = select(RequestRow.person_id).distinct()
    found = rows_together(session, select(PersonRow.id, PersonRow.name, PersonRow.email).where(PersonRow.id.in_(asked)))
    return [number for number, name, email in found if all(word in _folded(f"{name} {email}") for word in wanted)]


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(mark for mark in apart if not unicodedata.combining(mark))


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _codes(states: frozenset[State] | set[State]) -> list[str]:
    return sorted(state.value for state in states)
