"""What became of each request, without whose it is: the one reading that every figure about requests is made from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data import instants
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import appeal, clocks
from data.rights.clocks import Tick
from data.rights.grounds import Ground
from data.rights.states import APPEALS, UNANSWERED, Move, RequestKind, State
from data.rights.tables import RequestEventRow, RequestRow
from data.sealing.vault import Vault

_HELD = "held back"
# The lines of a history that answer its person, where granting it and carrying it out are one, and where they are two.
_DECIDED = frozenset({"approved", "approved in part", "refused", "answered"})
_CARRIED_OUT = frozenset({"made", "done", _HELD, "refused"})
_WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """What a request came to, as it stands now."""

    GRANTED = "granted"
    PART = "granted in part"
    REFUSED = "refused"
    WITHDRAWN = "taken back"
    WAITING = "waiting"


class Fate(StrEnum):
    """What became of an appeal."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    WAITING = "waiting"


@dataclass(frozen=True)
class Line:
    """A line of a request's history: what happened, the calendar day in its jurisdiction, and the due date it set."""

    what: str
    on: date
    due_on: date | None = None


@dataclass(frozen=True)
class Case:
    """What became of one request. `received` and `answered` are calendar days in its jurisdiction, `answered` that of
    the first answer in substance: made, deleted as far as the law lets, answered or refused; None without one. `late`:
    it was answered, or taken back, after the day on which the answer was due by then, or waits beyond it. `ground` is
    of a refusal."""

    kind: RequestKind
    jurisdiction: str
    received: date
    outcome: Outcome
    answered: date | None
    late: bool
    extended: bool = False
    stopped: bool = False
    ground: Ground | None = None
    appeal: Fate | None = None
    appeal_late: bool = False

    @property
    def days(self) -> int | None:
        """Calendar days from the day of receipt to the first answer, those on which its clock stood too."""
        return None if self.answered is None else (self.answered - self.received).days


def of_year(session: Session, viewer: Viewer, vault: Vault, year: int, now: int | None = None) -> tuple[Case, ...]:
    """Those received in a calendar year, each by the calendar of its jurisdiction. Permission SEE_QUEUE."""
    require(viewer, Permission.SEE_QUEUE)
    # A day more on each side: where a year begins is another instant in each place.
    start, end = (instants.of(datetime(one, 1, 1, tzinfo=UTC)) for one in (year, year + 1))
    within = RequestRow.opened_at >= start - instants.DAY, RequestRow.opened_at < end + instants.DAY
    found = _read(session, vault, within, instants.now() if now is None else now)
    return tuple(one for one in found if one.received.year == year)


def every(session: Session, viewer: Viewer, vault: Vault, now: int | None = None) -> tuple[Case, ...]:
    """All there ever were, for figures of the whole company. Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    return tuple(_read(session, vault, (), instants.now() if now is None else now))


def years(session: Session, viewer: Viewer, now: int | None = None) -> tuple[int, ...]:
    """The calendar years (UTC) since the first request, the running one first. Permission SEE_QUEUE."""
    require(viewer, Permission.SEE_QUEUE)
    this = instants.day_of(instants.now() if now is None else now).year
    first = session.scalar(select(func.min(RequestRow.opened_at)))
    return tuple(range(this, (this if first is None else instants.day_of(first).year) - 1, -1))


def case(row: RequestRow, lines: Sequence[Line], today: date) -> Case:
    """What became of a request with this history, oldest line first, on `today` in its jurisdiction. Pure."""
    kind, state = RequestKind(row.kind), State(row.state)
    ends = (_CARRIED_OUT if Move.START in kind.nature.moves else _DECIDED) | {_WITHDRAWN}
    place = next((at for at, line in enumerate(lines) if line.what in ends), None)
    end = None if place is None else lines[place]
    answered = None if end is None or end.what == _WITHDRAWN else end.on
    over = end is not None and end.on > _due(lines[:place])
    waits = state in UNANSWERED and row.due_on < today
    appealed, late = _fate(state, lines, today)
    return Case(
        kind=kind,
        jurisdiction=row.jurisdiction,
        received=lines[0].on,
        outcome=_outcome(state, lines, in_part=row.granted is not None),
        answered=answered,
        late=over or (end is None and waits),
        extended=row.extended_at is not None,
        stopped=any(line.what == Tick.STOPPED for line in lines),
        ground=Ground(row.ground) if row.ground else None,
        appeal=appealed,
        appeal_late=late,
    )


def _read(session: Session, vault: Vault, within: Iterable[ColumnElement[bool]], now: int) -> list[Case]:
    rows = session.scalars(select(RequestRow).where(*within).order_by(RequestRow.id)).all()
    query = (
        select(RequestEventRow.request_id, RequestEventRow.what, RequestEventRow.at, RequestEventRow.due_on)
        .join(RequestRow, RequestRow.id == RequestEventRow.request_id)
        .where(*within)
        .order_by(RequestEventRow.request_id, RequestEventRow.number)
    )
    where = {row.id: row.jurisdiction for row in rows}
    lines: dict[int, list[Line]] = defaultdict(list)
    for number, what, at, due_on in session.execute(query):
        lines[number].append(Line(what, clocks.received_on(where[number], at), due_on))
    again = appeal.made(session, vault)
    return [case(row, lines[row.id], _today(row, now)) for row in rows if row.id not in again]


def _today(row: RequestRow, now: int) -> date:
    """The day to which its clock has run: while it stands, the day on which it was stopped."""
    return clocks.received_on(row.jurisdiction, row.stopped_at or now)


def _due(lines: Sequence[Line]) -> date:
    return next(line.due_on for line in reversed(lines) if line.due_on is not None)


def _outcome(state: State, lines: Sequence[Line], *, in_part: bool) -> Outcome:
    held = any(line.what == _HELD for line in lines)
    match state:
        case State.DONE | State.EXPIRED | State.LIFTED:
            return Outcome.PART if in_part else Outcome.GRANTED
        case State.REFUSED | State.APPEALED:
            return Outcome.REFUSED
        case State.HELD | State.CONTESTED:
            return Outcome.PART
        case State.WITHDRAWN:
            return Outcome.PART if held else Outcome.WITHDRAWN
        case State.OPEN | State.STOPPED | State.APPROVED | State.RUNNING:
            return Outcome.PART if held else Outcome.WAITING


def _fate(state: State, lines: Sequence[Line], today: date) -> tuple[Fate | None, bool]:
    """What became of the appeal, and whether that came, or is, later than the day that it was due on."""
    asked = next((line for line in lines if line.what == Tick.APPEALED), None)
    if asked is None or asked.due_on is None:
        return None, False
    if state in APPEALS:
        return Fate.WAITING, asked.due_on < today
    said = next((line for line in lines if line.what.startswith("the refusal was ")), None)
    if said is None:
        return Fate.WAITING, asked.due_on < today
    return (Fate.OVERTURNED if said.what.endswith("overturned") else Fate.UPHELD), said.on > asked.due_on
