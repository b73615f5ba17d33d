"""Notices: which looks a person is told about, and until when they are new.

They follow from the log by position, in the transaction that moves the cursor: whatever is killed, and whenever,
nobody is left out and nobody is told twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, literal, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import entry, opening, purposes, teams
from data.accesses.entry import Action, Purpose
from data.accesses.opening import Lost
from data.accesses.tables import AboutRow, DetailsRow, EntryRow
from data.database import Database, insert, lock
from data.errors import NotAllowed
from data.looks import explanations, single
from data.looks.look import Look
from data.looks.verdicts import Verdict
from data.notices import cursor as cursors
from data.notices.tables import NoticeCursorRow, NoticeRow
from data.people.permissions import Permission, require
from data.people.viewer import Role, Viewer
from data.sealing.vault import Vault

EVERY = 2.0  # seconds between two looks at the log
_BATCH = 500  # entries of the log a transaction


class Why(StrEnum):
    """Why a person is told of something by itself: of a look, or in words of an officer (data/incidents)."""

    UNEXPLAINED = "nobody said why"
    PURPOSE = "the reason does not fit whoever looked"
    OFFICER = "a privacy officer looked"
    TEAM = "the reason is another team's"
    ALTERED = "what was written down about it was altered"
    INCIDENT = "a notice about an incident"
    REQUEST = "something happened to a request of theirs"
    DEADLINE = "a deadline comes, or has passed"
    PAUSE = "a device of theirs captured in a pause"
    DRIFT = "captured without having been promised"
    ALARM = "an alarm about the programme"


# What is told beside looks, each with a place of its own in the app.
_BESIDE = tuple(one.value for one in (Why.INCIDENT, Why.REQUEST, Why.DEADLINE, Why.PAUSE, Why.DRIFT, Why.ALARM))
# What happens to a request, or with a hold, and is told to whom it concerns when others, or the program, did it.
STEPS = frozenset(
    {
        Action.REQUEST_CONFIRMED,
        Action.REQUEST_EXTENDED,
        Action.REQUEST_STOPPED,
        Action.REQUEST_RESUMED,
        Action.DELAY_ENDS,
        Action.REPLY_AWAITED,
        Action.REQUEST_DECIDED,
        Action.REQUEST_ANSWERED,
        Action.REQUEST_LIFTED,
        Action.APPEAL_DECIDED,
        Action.ERASURE_DONE,
        Action.ERASURE_HELD,
        Action.EXPORT_MADE,
        Action.HOLD,
    }
)


class Mail(StrEnum):
    """How the e-mail about a notice stands."""

    NONE = "none"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True)
class News:
    """What a person has not seen yet: how many looks, and the newest of them."""

    total: int
    looks: tuple[Look, ...]


@dataclass(frozen=True)
class Beside:
    """Something else than a look that a person has not seen: about which request, if it is about one, what the log
    calls it, and when they were told (microseconds UTC)."""

    request: int | None
    action: str
    at: int


def why(
    action: str, purpose: str, role: str, *, observed: bool = False, verdict: str | None = None, outside: bool = False
) -> Why | None:
    """Why a look by somebody else is worth telling by itself; None for what is only listed. The one place for it.

    `observed`: an audit outside saw it; `verdict` is how that was explained so far, if it was; `outside`: its team is
    none of those named for the purpose.
    """
    if action not in entry.ACCESSES:
        return None
    if observed:
        # What was declared is told, if at all, as the look that was declared.
        return None if verdict == Verdict.DECLARED else Why.UNEXPLAINED
    if purpose == Purpose.NONE:
        return Why.UNEXPLAINED
    if not purposes.is_expected(Purpose(purpose), role):
        return Why.PURPOSE
    if outside:
        return Why.TEAM
    return Why.OFFICER if role == Role.OFFICER else None


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
            start = cursors.put_back(session, [one.value for one in (Why.INCIDENT, Why.DEADLINE, Why.DRIFT, Why.ALARM)])
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
        NoticeRow.person_id == person_id, NoticeRow.why.not_in(_BESIDE), NoticeRow.seen_at.is_(None)
    )
    total = session.scalar(select(func.count()).select_from(mine.subquery())) or 0
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
    )


def is_unseen(session: Session, viewer: Viewer, person_id: int, position: int) -> bool:
    """Whether a look is new to the viewer. Raises NotAllowed."""
    _require_own(viewer, person_id)
    found = session.get(NoticeRow, (person_id, position))
    return found is not None and found.seen_at is None


def see(session: Session, viewer: Viewer, person_id: int, positions: Sequence[int] | None = None) -> None:
    """The viewer has seen these looks, or all. Raises NotAllowed."""
    _require_own(viewer, person_id)
    rows = update(NoticeRow).where(
        NoticeRow.person_id == person_id, NoticeRow.why.not_in(_BESIDE), NoticeRow.seen_at.is_(None)
    )
    if positions is not None:
        rows = rows.where(NoticeRow.position.in_(positions))
    session.execute(rows.values(seen_at=instants.now()))


def beside(session: Session, viewer: Viewer, why: Why) -> tuple[Beside, ...]:
    """The viewer's own notices about something else than looks that they have not seen, newest first."""
    columns = NoticeRow.request_id, EntryRow.action, NoticeRow.made_at
    query = select(*columns).join(EntryRow, EntryRow.position == NoticeRow.position).where(*_new(viewer, why))
    return tuple(Beside(*row) for row in session.execute(query.order_by(NoticeRow.position.desc())))


def see_beside(session: Session, viewer: Viewer, why: Why) -> None:
    """The viewer has seen all of these."""
    session.execute(update(NoticeRow).where(*_new(viewer, why)).values(seen_at=instants.now()))


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
    reading = _Reading(session, vault, [row.position for row, _ in rows if row.action in entry.ACCESSES])
    for row, sealed in rows:
        if row.action in entry.ACCESSES:
            _tell(session, row.position, reading.of(row, sealed), by_mail)
        elif row.action == Action.REQUEST_OPENED or row.action in STEPS:
            _tell(session, row.position, reading.of_request(row, sealed), by_mail)
        elif row.action == Action.DISOBEYED:
            _tell(session, row.position, _Told(Why.PAUSE), by_mail=False)
    if rows:
        cursor.position = rows[-1][0].position + 1
    session.flush()
    return cursor.position


class _Told(NamedTuple):
    """Why people are told of a look, the person whose own it is, who is not, and the request that it is about."""

    why: Why | None
    own: int | None = None
    request: int | None = None


class _Reading:
    """Reads what accesses committed to; the columns beside that can be changed by whoever writes the database."""

    def __init__(self, session: Session, vault: Vault, positions: Sequence[int]) -> None:
        self.keys = opening.log_keys(session, vault)
        self.told = explanations.of(session, self.keys, positions)
        self.register = teams.register(session, vault)

    def of(self, row: EntryRow, sealed: bytes | None) -> _Told:
        details = opening.details(self.keys, row, sealed)
        if isinstance(details, Lost):
            return _Told(Why.ALTERED)
        told, purpose = details.read, Purpose(details.read["purpose"])
        outside = self.register.is_outside(purpose, told["team"], row.at)
        explained = self.told[row.position].explanation if row.position in self.told else None
        verdict = None if explained is None else explained.verdict
        found = why(row.action, purpose, told["role"], observed=told["observed"], verdict=verdict, outside=outside)
        # One's own look is no news; what an audit outside saw under one's login may be.
        return _Told(found, None if told["observed"] else details.accessor.get("person"))

    def of_request(self, row: EntryRow, sealed: bytes | None) -> _Told:
        """That a request arrived is told to whoever asked too: it is its receipt."""
        details = opening.details(self.keys, row, sealed)
        if isinstance(details, Lost):
            return _Told(Why.REQUEST)
        own = None if row.action == Action.REQUEST_OPENED else details.accessor.get("person")
        return _Told(Why.REQUEST, own, details.read["scope"].get("request"))


def _tell(session: Session, position: int, told: _Told, by_mail: bool) -> None:
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


def _require_own(viewer: Viewer, person_id: int) -> None:
    require(viewer, Permission.SEE_ACCESSES, person_id)
    if not viewer.is_person(person_id):
        raise NotAllowed("Notices are for the person they are about alone.")
