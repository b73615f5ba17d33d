"""Which devices do what the programme wants: what each said last, and since when nothing is known of it.

Silence is never obedience: a device that said it paused and says no more may be off, or capture again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, String, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log
from data.accesses.entry import DEVICES, Action, Purpose, Reason
from data.people.permissions import Permission, require
from data.people.tables import DeviceRow, PersonRow
from data.people.viewer import Viewer
from data.programme import beat
from data.programme.beat import Span, State, Step
from data.programme.device_tables import DeviceStepRow, EnrolmentRow, HeartbeatRow
from data.programme.wanted import Wanted
from data.sealing.vault import Vault

MOST = 100  # devices that are named to an officer at a time
SPANS = 20  # newest spans of a device that its person reads


class Stance(StrEnum):
    """What is known of a device now. UNKNOWN: it has said nothing for too long, or nothing since the pause began."""

    PAUSED = "paused"
    CAPTURING = "capturing"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Counts:
    """Devices that may report, by what is known of them; `known` is their sum. `unreporting`: devices that sent
    captures and were never enrolled, or are no longer, of which nothing is known either."""

    known: int
    paused: int
    capturing: int
    unknown: int
    unreporting: int


@dataclass(frozen=True)
class Device:
    """One device. `number` None: it sent captures and may not report. Instants in microseconds UTC by the server's
    clock: `since` it has said its `state`, `heard_at` it was heard last; None before its first heartbeat, or where
    it cannot report. `clock_offset`: how far its clock is ahead. `captured_at`: its newest capture, by its own clock
    set right."""

    person_id: int
    person: str
    name: str
    number: int | None
    stance: Stance
    state: State | None = None
    since: int | None = None
    heard_at: int | None = None
    version: str = ""
    clock_offset: int = 0
    captured_at: int | None = None
    spans: tuple[Span, ...] = ()

    @property
    def is_clock_wrong(self) -> bool:
        """Whether its clock differs by more than clocks that are right do."""
        return abs(self.clock_offset) > instants.SKEW

    def contradicts(self, pause: int | None) -> bool:
        """Whether it says that it is paused, and that it captured during the pause."""
        return self.state is State.PAUSED and self.stance is Stance.CAPTURING and pause is not None


def counts(session: Session, viewer: Viewer, wanted: Wanted, now: int) -> Counts:
    """All devices, counted. Permission SEE_CONDUCT: whole company, names nobody."""
    require(viewer, Permission.SEE_CONDUCT)
    stance = _stance(wanted, now)
    query = select(stance, func.count()).select_from(_enrolled()).where(EnrolmentRow.revoked_at.is_(None))
    found = Counter[str]()
    for told, count in session.execute(query.group_by(stance)):
        found[told] = count
    unreporting = session.scalar(select(func.count()).select_from(DeviceRow).where(~_may_report())) or 0
    return Counts(
        known=found.total(),
        paused=found[Stance.PAUSED],
        capturing=found[Stance.CAPTURING],
        unknown=found[Stance.UNKNOWN],
        unreporting=unreporting,
    )


def capturing(session: Session, wanted: Wanted, now: int) -> int:
    """How many devices say that they capture; for what alarms, and shows them to nobody."""
    rule = EnrolmentRow.revoked_at.is_(None), _stance(wanted, now) == Stance.CAPTURING.value
    return session.scalar(select(func.count()).select_from(_enrolled()).where(*rule)) or 0


def of_person(session: Session, viewer: Viewer, person_id: int, wanted: Wanted, now: int) -> tuple[Device, ...]:
    """A person's devices by name, with what each said and when that changed; those too that only send captures.
    Permission SEE_DEVICES, which nobody has about others: they read `counts` or `named`."""
    require(viewer, Permission.SEE_DEVICES, person_id)
    wanted = Wanted(wanted.since(person_id))
    query = _devices(wanted, now).where(EnrolmentRow.person_id == person_id, EnrolmentRow.revoked_at.is_(None))
    found = [_device(row, _spans(session, row, now)) for row in session.execute(query)]
    name = session.scalar(select(PersonRow.name).where(PersonRow.id == person_id)) or ""
    silent = select(DeviceRow.name).where(DeviceRow.person_id == person_id, ~_may_report())
    found += [Device(person_id, name, one, None, Stance.UNKNOWN) for one in session.scalars(silent)]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.name)))


def named(
    session: Session, viewer: Viewer, vault: Vault, wanted: Wanted, now: int, stance: Stance
) -> tuple[Device, ...]:
    """The devices of one stance with whose they are, those longest so first, at most MOST. Permission NAME_DEVICES.

    Each person concerned reads in their history that it was looked at, so the session must be a writing one.
    """
    require(viewer, Permission.NAME_DEVICES)
    # A silent device is so since it was heard last, and not since it began to say what it said then.
    so = HeartbeatRow.at if stance is Stance.UNKNOWN else HeartbeatRow.since
    query = (
        _devices(wanted, now)
        .where(EnrolmentRow.revoked_at.is_(None), _stance(wanted, now) == stance.value)
        .order_by(func.coalesce(so, EnrolmentRow.enrolled_at), EnrolmentRow.person_id, EnrolmentRow.number)
        .limit(MOST)
    )
    found = tuple(_device(row) for row in session.execute(query))
    others = sorted({one.person_id for one in found if not viewer.is_person(one.person_id)})
    if others:
        log.append(
            session,
            vault,
            action=Action.READ,
            people=others,
            accessor=viewer,
            reason=Reason(Purpose.AUDIT),
            scope={"what": DEVICES},
            count=len(found),
        )
    return found


def _stance(wanted: Wanted, now: int) -> ColumnElement[str]:
    """What is known of an enrolled device, as SQL over its last heartbeat."""
    pause = wanted.pause(now)
    # Later than now is a clock of ours that was wrong: it proves nothing of the present.
    heard = and_(HeartbeatRow.at > now - beat.SILENT, HeartbeatRow.at <= now + instants.SKEW)
    captures: Any = HeartbeatRow.state == State.CAPTURING.value
    if pause is not None:
        heard = and_(heard, HeartbeatRow.at >= pause)
        made = HeartbeatRow.captured_at - HeartbeatRow.clock_offset
        captures = or_(captures, and_(HeartbeatRow.captured_at.is_not(None), made > pause + instants.SKEW))
    told = case(
        (and_(heard, captures), literal(Stance.CAPTURING.value, String)),
        (heard, literal(Stance.PAUSED.value, String)),
        else_=literal(Stance.UNKNOWN.value, String),
    )
    return told.label("stance")


def _enrolled() -> Any:
    mine = and_(HeartbeatRow.person_id == EnrolmentRow.person_id, HeartbeatRow.number == EnrolmentRow.number)
    return EnrolmentRow.__table__.outerjoin(HeartbeatRow.__table__, mine)


def _devices(wanted: Wanted, now: int) -> Any:
    return (
        select(
            EnrolmentRow.person_id,
            PersonRow.name.label("person"),
            EnrolmentRow.name,
            EnrolmentRow.number,
            _stance(wanted, now),
            HeartbeatRow.state,
            HeartbeatRow.since,
            HeartbeatRow.at,
            HeartbeatRow.version,
            HeartbeatRow.clock_offset,
            HeartbeatRow.captured_at,
        )
        .select_from(_enrolled())
        .join(PersonRow, PersonRow.id == EnrolmentRow.person_id)
    )


def _may_report() -> ColumnElement[bool]:
    """Whether a device that sent captures is enrolled, under the name that they carry."""
    return exists().where(
        EnrolmentRow.person_id == DeviceRow.person_id,
        EnrolmentRow.name == DeviceRow.name,
        EnrolmentRow.revoked_at.is_(None),
    )


def _device(row: Any, spans: tuple[Span, ...] = ()) -> Device:
    offset = row.clock_offset or 0
    return Device(
        person_id=row.person_id,
        person=row.person,
        name=row.name,
        number=row.number,
        stance=Stance(row.stance),
        state=None if row.state is None else State(row.state),
        since=row.since,
        heard_at=row.at,
        version=row.version or "",
        clock_offset=offset,
        captured_at=None if row.captured_at is None else row.captured_at - offset,
        spans=spans,
    )


def _spans(session: Session, row: Any, now: int) -> tuple[Span, ...]:
    if row.at is None:
        return ()
    query = (
        select(DeviceStepRow.step, DeviceStepRow.at, DeviceStepRow.state)
        .where(DeviceStepRow.person_id == row.person_id, DeviceStepRow.number == row.number)
        .order_by(DeviceStepRow.step.desc())
        .limit(SPANS)
    )
    return beat.spans([Step(*one) for one in reversed(session.execute(query).all())], row.at, now)
