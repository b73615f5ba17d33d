"""Notices: which looks a person is told about, and until when they are new.

They follow from the log by position, in the transaction that moves the cursor: whatever is killed, and whenever,
nobody is left out and nobody is told twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import entry, teams
from data.accesses.entry import Action
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.database import Database, insert, lock
from data.errors import NotAllowed
from data.looks import single
from data.looks.look import Look
from data.notices import cursor as cursors
from data.notices.tables import NoticeCursorRow, NoticeRow
from data.notices.told import Reading, Told
from data.notices.why import BESIDE
from data.notices.why import STEPS as STEPS
from data.notices.why import Mail as Mail
from data.notices.why import Why as Why
from data.notices.why import why as why
from data.people import holding
from data.people.permissions import Permission, require
from data.people.tables import GrantRow
from data.people.viewer import Role, Viewer
from data.sealing.vault import Vault

EVERY = 2.0  # seconds between two looks at the log
_BATCH = 500  # entries of the log a transaction


@dataclass(frozen=True)
class News:
    """What a person has not seen yet: how many looks, and the newest of them; `until`: the last of them that was
    logged, None where there is none."""

    total: int
    looks: tuple[Look, ...]
    until: int | None = None


@dataclass(frozen=True)
class Beside:
    """Something else than a look that a person has not seen: about which request, if it is about one, what the log
    calls it, when they were told (microseconds UTC), and its place in the log."""

    request: int | None
    action: str
    at: int
    position: int


def newest(database: Database) -> int | None:
    """The newest position of the log, None while it is empty."""
    with database.reading() as session:
        return session.scalar(select(func.max(EntryRow.position)))


def keep_up(database: Database, vault: Vault, *, by_mail: bool, until: int | None = None) -> int:
    """Make the notices of everything that was logged since the last call, up to the position `until` (None: the
    newest); how many entries were gone through. `by_mail`: they wait for an e-mail too."""
    end = newest(database)
    until = end if until is None else until
    with database.reading() as session:
        cursor = session.get(NoticeCursorRow, cursors.ID)
    start = cursor.position if cursor else 0
    if start > cursors.after(end):
        with database.writing() as session:
            start = cursors.put_back(
                session, [one.value for one in (Why.INCIDENT, Why.AWAY, Why.DEADLINE, Why.ALARM, Why.CHOSEN)]
            )
    done = 0
    while until is not None and start <= until:
        with database.writing() as session:
            before = start
            start = _batch(session, vault, until, by_mail)
        done += start - before
        if start == before:
            break
    return done


def unseen(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, *, limit: int = 3, zone: tzinfo = UTC
) -> News:
    """The viewer's own notices that they have not seen. Raises NotAllowed."""
    _require_own(viewer, person_id)
    mine = select(NoticeRow.position).where(
        NoticeRow.person_id == person_id, NoticeRow.why.not_in(BESIDE), NoticeRow.seen_at.is_(None)
    )
    found = mine.subquery()
    total, until = session.execute(select(func.count(), func.max(found.c.position)).select_from(found)).one()
    newest = (
        mine.join(EntryRow, EntryRow.position == NoticeRow.position)
        .order_by(EntryRow.at.desc(), EntryRow.position.desc())
        .limit(limit)
    )
    positions = list(session.scalars(newest)) if total else []
    register = teams.register(session, vault) if positions else None
    return News(
        total,
        tuple(single.opened(session, viewer, vault, person_id, one, zone=zone, register=register) for one in positions),
        until,
    )


def is_unseen(session: Session, viewer: Viewer, person_id: int, position: int) -> bool:
    """Whether a look is new to the viewer. Raises NotAllowed."""
    _require_own(viewer, person_id)
    found = session.get(NoticeRow, (person_id, position))
    return found is not None and found.seen_at is None


def see(session: Session, viewer: Viewer, person_id: int, position: int) -> None:
    """The viewer has seen this look. Raises NotAllowed."""
    _see(session, viewer, person_id, NoticeRow.position == position)


def see_until(session: Session, viewer: Viewer, person_id: int, until: int) -> None:
    """The viewer has seen all looks up to the position `until`: what was logged after the page was drawn stays new.
    Raises NotAllowed."""
    _see(session, viewer, person_id, NoticeRow.position <= until)


def _see(session: Session, viewer: Viewer, person_id: int, which: ColumnElement[bool]) -> None:
    _require_own(viewer, person_id)
    rule = NoticeRow.person_id == person_id, NoticeRow.why.not_in(BESIDE), NoticeRow.seen_at.is_(None), which
    session.execute(update(NoticeRow).where(*rule).values(seen_at=instants.now()))


def beside(session: Session, viewer: Viewer, why: Why) -> tuple[Beside, ...]:
    """The viewer's own notices about something else than looks that they have not seen, newest first."""
    columns = NoticeRow.request_id, EntryRow.action, NoticeRow.made_at, NoticeRow.position
    query = select(*columns).join(EntryRow, EntryRow.position == NoticeRow.position).where(*_new(viewer, why))
    return tuple(Beside(*row) for row in session.execute(query.order_by(NoticeRow.position.desc())))


def see_beside(session: Session, viewer: Viewer, why: Why, until: int) -> None:
    """The viewer has seen all of these up to the position `until`."""
    rule = *_new(viewer, why), NoticeRow.position <= until
    session.execute(update(NoticeRow).where(*rule).values(seen_at=instants.now()))


def _new(viewer: Viewer, why: Why) -> tuple[ColumnElement[bool], ...]:
    return NoticeRow.person_id == viewer.person_id, NoticeRow.why == why.value, NoticeRow.seen_at.is_(None)


def _batch(session: Session, vault: Vault, until: int, by_mail: bool) -> int:
    """Go through the next entries; the position after the last of them."""
    lock(session, "notices")
    cursor = session.get(NoticeCursorRow, cursors.ID)
    if cursor is None:
        cursor = NoticeCursorRow(id=cursors.ID, position=0)
        session.add(cursor)
    rows = session.execute(
        select(EntryRow, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(EntryRow.position >= cursor.position, EntryRow.position <= until)
        .order_by(EntryRow.position)
        .limit(_BATCH)
    ).all()
    reading = Reading(session, vault, [row.position for row, _ in rows if row.action in entry.ACCESSES])
    for row, sealed in rows:
        told = reading.of(row, sealed)
        _tell(session, row.position, told, by_mail)
        if told.alarm:
            _alarm(session, row, by_mail)
    if rows:
        cursor.position = rows[-1][0].position + 1
    session.flush()
    return cursor.position


def _tell(session: Session, position: int, told: Told, by_mail: bool) -> None:
    if told.why is None:
        return
    mail = Mail.WAITING if by_mail else Mail.NONE
    about = literal(told.request, NoticeRow.request_id.type)
    values = (literal(position), literal(told.why.value), about, literal(mail.value), literal(instants.now()))
    # One statement also for a look that took everybody at once.
    people = select(AboutRow.person_id, *values).where(
        AboutRow.position == position, literal(told.own is None) | (AboutRow.person_id != (told.own or 0))
    )
    made = insert(session, NoticeRow).from_select(
        ["person_id", "position", "why", "request_id", "mail", "made_at"], people
    )
    session.execute(made.on_conflict_do_nothing())


def _alarm(session: Session, row: EntryRow, by_mail: bool) -> None:
    """Tell every officer; those whom it is about were told as that. Of a device that goes on in a pause nobody is told
    again who has not seen that another does: there may be as many as there are people."""
    mail = Mail.WAITING if by_mail else Mail.NONE
    values = (literal(row.position), literal(Why.ALARM.value), literal(mail.value), literal(instants.now()))
    officers = holding.holders(Role.OFFICER).add_columns(*values)
    if row.action == Action.DISOBEYED:
        unseen = select(NoticeRow.person_id).join(EntryRow, EntryRow.position == NoticeRow.position)
        unseen = unseen.where(NoticeRow.why == Why.ALARM.value, NoticeRow.seen_at.is_(None))
        officers = officers.where(GrantRow.person_id.not_in(unseen.where(EntryRow.action == row.action)))
    made = insert(session, NoticeRow).from_select(["person_id", "position", "why", "mail", "made_at"], officers)
    session.execute(made.on_conflict_do_nothing())


def _require_own(viewer: Viewer, person_id: int) -> None:
    require(viewer, Permission.SEE_ACCESSES, person_id)
    if not viewer.is_person(person_id):
        raise NotAllowed("Notices are for the person they are about alone.")
