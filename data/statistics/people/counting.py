"""Counting: who is counted by each figure of a quarter, as a set of people. What only the drawing of a release asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.tables import EntryRow, is_access
from data.captures.rollup_tables import DayRow
from data.errors import Conflict
from data.exposures import reading as exposures
from data.looks import explanations
from data.notices.notice import Why
from data.notices.tables import NoticeCursorRow, NoticeRow
from data.people.tables import DepartmentRow, PersonRow
from data.programme.rules import RuleKind
from data.programme.tables import RuleRow
from data.rights import appeal
from data.rights.states import RequestKind
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from data.statistics.quarter import Quarter

# Of what people are told by themselves, that which says that a look was outside its purpose (data/notices/notice.why).
OUTSIDE = frozenset({Why.UNEXPLAINED, Why.PURPOSE, Why.TEAM})


def departments(session: Session, quarter: Quarter) -> tuple[Department, ...]:
    """The departments of the roster, and how many people are in each, as far as they are counted in the quarter."""
    counted = select(PersonRow.department_id, func.count().label("people")).where(_is_counted(quarter))
    people = counted.group_by(PersonRow.department_id).subquery()
    query = select(DepartmentRow.id, DepartmentRow.name, DepartmentRow.division, people.c.people)
    return tuple(
        Department(*row) for row in session.execute(query.join(people, people.c.department_id == DepartmentRow.id))
    )


def roster(session: Session, quarter: Quarter) -> Mapping[int, int]:
    """Everybody on the roster who is counted in the quarter, and the department that each is in, by id."""
    return dict(session.execute(select(PersonRow.id, PersonRow.department_id).where(_is_counted(quarter))).all())


def size(session: Session, quarter: Quarter) -> int:
    """How many that are."""
    return session.scalar(select(func.count()).select_from(PersonRow).where(_is_counted(quarter))) or 0


def _is_counted(quarter: Quarter) -> ColumnElement[bool]:
    """Not whoever left before it began: a group would look larger than those in it who can have answered yes."""
    return PersonRow.left_at.is_(None) | (PersonRow.left_at >= quarter.start)


def counted(session: Session, vault: Vault, figure: Figure, quarter: Quarter) -> frozenset[int]:
    """Whom a figure counts. Raises Conflict where it cannot be known yet."""
    return _COUNTED[figure](session, vault, quarter)


def _captured(session: Session, _: Vault, quarter: Quarter) -> frozenset[int]:
    # Per person and by the key, as the whole of what was captured is hundreds of times as much.
    there = select(DayRow.day).where(
        DayRow.person_id == PersonRow.id,
        DayRow.day >= quarter.start // instants.DAY,
        DayRow.day < quarter.end // instants.DAY,
        DayRow.count > 0,
    )
    return frozenset(session.scalars(select(PersonRow.id).where(there.exists())))


def _opted_out(session: Session, _: Vault, quarter: Quarter) -> frozenset[int]:
    stood = RuleRow.ends_at.is_(None) | (RuleRow.ends_at > quarter.start)
    query = select(RuleRow.person_id).where(
        RuleRow.kind == RuleKind.OBJECTION.value, RuleRow.since < quarter.end, stood
    )
    return frozenset(session.scalars(query))


def _refused(session: Session, _: Vault, quarter: Quarter) -> frozenset[int]:
    query = (
        select(RequestRow.person_id)
        .join(RequestEventRow, RequestEventRow.request_id == RequestRow.id)
        .where(
            RequestEventRow.person_id == RequestRow.person_id,
            RequestRow.kind == RequestKind.OBJECTION.value,
            RequestEventRow.what == "refused",
            RequestEventRow.at >= quarter.start,
            RequestEventRow.at < quarter.end,
        )
    )
    return frozenset(session.scalars(query))


def _exposed(session: Session, vault: Vault, quarter: Quarter) -> frozenset[int]:
    return exposures.overlapping(session, vault, quarter.start, quarter.end)


def _asked_for_erasure(session: Session, vault: Vault, quarter: Quarter) -> frozenset[int]:
    query = select(RequestRow.id, RequestRow.person_id).where(
        RequestRow.kind == RequestKind.ERASURE.value,
        RequestRow.opened_at >= quarter.start,
        RequestRow.opened_at < quarter.end,
    )
    again = appeal.made(session, vault)
    return frozenset(person for number, person in session.execute(query) if number not in again)


def _opened_outside(session: Session, vault: Vault, quarter: Quarter) -> frozenset[int]:
    within = is_access(), EntryRow.at >= quarter.start, EntryRow.at < quarter.end
    newest = session.scalar(select(func.max(EntryRow.position)).where(*within))
    reached = session.scalar(select(NoticeCursorRow.position))
    if newest is not None and (reached is None or reached <= newest):
        raise Conflict(
            "The log was not gone through yet for looks outside their purpose; keep the app running, which does so"
            " every few seconds, and draw the figures then."
        )
    # What was explained since by a look that somebody declared is that look.
    declared = explanations.settled(session, opening.log_keys(session, vault), declared=True)
    query = (
        select(NoticeRow.person_id)
        .join(EntryRow, EntryRow.position == NoticeRow.position)
        .where(*within, NoticeRow.why.in_([one.value for one in OUTSIDE]), not_(EntryRow.observed & declared))
    )
    return frozenset(session.scalars(query.distinct()))


_COUNTED: Mapping[Figure, Callable[[Session, Vault, Quarter], frozenset[int]]] = {
    Figure.CAPTURED: _captured,
    Figure.OPTED_OUT: _opted_out,
    Figure.REFUSED: _refused,
    Figure.EXPOSED: _exposed,
    Figure.ERASURE: _asked_for_erasure,
    Figure.OUTSIDE: _opened_outside,
}
