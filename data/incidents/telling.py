"""Notices of an incident: to whom they go, who has read them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, insert, literal, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses.tables import AboutRow
from data.errors import NotAllowed
from data.incidents.incident import Happening
from data.notices.notice import Mail, Why
from data.notices.tables import NoticeRow
from data.people import holding
from data.people.tables import GrantRow, PersonRow
from data.people.viewer import Role, Viewer

_CHUNK = 500
# What is put away stays told; as it was never shown, it is not read.
_TOLD = (Why.INCIDENT.value, Why.AWAY.value)


def tell(session: Session, position: int, happening: Happening, *, by_mail: bool) -> None:
    """Put the notice at `position` of the log before everybody it is for, in the transaction that records it."""
    people = _recipients(position, happening).subquery()
    mail = Mail.WAITING if by_mail else Mail.NONE
    rows = select(
        people.c[0], literal(position), literal(Why.INCIDENT.value), literal(mail.value), literal(instants.now())
    )
    session.execute(insert(NoticeRow).from_select(["person_id", "position", "why", "mail", "made_at"], rows))


def alarm(session: Session, position: int, viewer: Viewer, *, by_mail: bool) -> None:
    """Tell the other officers that the public was told before all staff, in the transaction that records it."""
    mail = Mail.WAITING if by_mail else Mail.NONE
    values = literal(position), literal(Why.ALARM.value), literal(mail.value), literal(instants.now())
    officers = holding.holders(Role.OFFICER).add_columns(*values).where(GrantRow.person_id != (viewer.person_id or 0))
    session.execute(insert(NoticeRow).from_select(["person_id", "position", "why", "mail", "made_at"], officers))


def counts(session: Session, positions: Sequence[int]) -> dict[int, tuple[int, int]]:
    """How many people each notice went to, and how many have read it; names nobody."""
    found: dict[int, tuple[int, int]] = {}
    for first in range(0, len(positions), _CHUNK):
        rows = session.execute(
            select(NoticeRow.position, func.count(), func.count(NoticeRow.seen_at))
            .where(NoticeRow.position.in_(positions[first : first + _CHUNK]), NoticeRow.why.in_(_TOLD))
            .group_by(NoticeRow.position)
        )
        found.update({position: (told, seen) for position, told, seen in rows})
    return found


def unread(session: Session, viewer: Viewer) -> frozenset[int]:
    """The positions of the notices that the viewer has not read."""
    rows = select(NoticeRow.position).where(
        NoticeRow.person_id == viewer.person_id, NoticeRow.why == Why.INCIDENT.value, NoticeRow.seen_at.is_(None)
    )
    return frozenset(session.scalars(rows))


def read(session: Session, viewer: Viewer, position: int) -> None:
    """The viewer has read a notice that went to them. Raises NotAllowed for whoever runs the server, who gets none."""
    _settle(session, viewer, [position], seen_at=instants.now())


def put_away(session: Session, viewer: Viewer, positions: Sequence[int]) -> None:
    """The viewer wants to hear no more of notices that went to them and that nothing shows them; the caller knows that
    nothing does. They count as told and not as read. Raises NotAllowed as `read`."""
    _settle(session, viewer, positions, why=Why.AWAY.value)


def _settle(session: Session, viewer: Viewer, positions: Sequence[int], **values: object) -> None:
    if viewer.person_id is None:
        raise NotAllowed("Notices go to people; whoever runs the server gets none.")
    for first in range(0, len(positions), _CHUNK):
        rows = update(NoticeRow).where(
            NoticeRow.person_id == viewer.person_id,
            NoticeRow.position.in_(positions[first : first + _CHUNK]),
            NoticeRow.why == Why.INCIDENT.value,
            NoticeRow.seen_at.is_(None),
        )
        session.execute(rows.values(**values))


def _recipients(position: int, happening: Happening) -> Select[Any]:
    if happening is Happening.AFFECTED:
        return select(AboutRow.person_id).where(AboutRow.position == position)
    if happening is Happening.ORGANIZERS:
        return holding.holders(Role.ORGANIZER)
    return select(PersonRow.id)
