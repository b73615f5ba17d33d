"""The programme's own conduct, for the whole company and exact: nothing here is below company level or about a person.

Weeks are calendar weeks in UTC, named by their Monday. Every frame is complete: a week without anything is a row of 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd
from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.entry import Purpose
from data.alarms import sources
from data.alarms.alarm import Kind
from data.captures import counts
from data.captures.tables import ImportRow
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome
from data.looks import unexplained
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import clocks
from data.rights.states import UNANSWERED, WAITING, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.statistics import cases, looks, weeks, year
from data.statistics.cases import Case
from data.statistics.looks import Frame


@dataclass(frozen=True)
class Conduct:
    """Frames: `captures` [week (date), taken, refused]; `looks` [week, purpose (Purpose), count] and `roles` [week,
    role, count], the person's own left out, and what an audit saw of a look that was declared; `crossed` [purpose, a
    column a role, total] over all weeks; `asked` [week, received, answered] of requests, by the calendar of each
    person's place; `alarms` [week, kind (Kind), count]; `requests` [kind, outcome, count, median_days, slowest_days],
    of all time, in plain words and with days as data/statistics/year.py counts them, NaN where there are none.

    `overdue` of the `waiting` requests wait for an answer beyond its day, the clocks of `stopped` stand, the oldest for
    `stands` days; `copies_overdue` of `copies_told` holders of copies outside were to delete or correct them by now.
    `unexplained` looks gave no reason; `to_explain`, of all time, an audit saw and nothing explains yet."""

    captures: Frame
    looks: Frame
    roles: Frame
    crossed: Frame
    asked: Frame
    alarms: Frame
    requests: Frame
    waiting: int
    overdue: int
    stopped: int
    stands: int
    copies_told: int
    copies_overdue: int
    unexplained: int
    to_explain: int
    mondays: tuple[date, ...]


def conduct(session: Session, viewer: Viewer, vault: Vault, length: int = 12, now: int | None = None) -> Conduct:
    """The last `length` weeks, the running one included. Raises NotAllowed."""
    at = instants.now() if now is None else now
    return of_weeks(session, viewer, vault, weeks.last(at, length), at)


def of_weeks(session: Session, viewer: Viewer, vault: Vault, mondays: tuple[date, ...], at: int) -> Conduct:
    """The weeks of `mondays`, which follow each other; what waits or is overdue, as it is at `at`. Permission
    SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    found = looks.counted(session, vault, mondays)
    by_purpose = looks.by(found, "purpose", mondays, looks.PURPOSES)
    waiting = [state.value for state in WAITING]
    open_rows = session.scalars(select(RequestRow).where(RequestRow.state.in_(waiting))).all()
    stopped = [row.stopped_at for row in open_rows if row.state == State.STOPPED and row.stopped_at is not None]
    tasks = session.scalars(select(CopyTaskRow.due_at).where(CopyTaskRow.state == Outcome.OPEN.value)).all()
    every = cases.every(session, viewer, vault, at)
    return Conduct(
        captures=_captures(session, mondays),
        looks=by_purpose,
        roles=looks.by(found, "role", mondays, looks.roles(found) or [looks.UNSAID]),
        crossed=looks.crossed(found),
        asked=_asked(every, mondays),
        alarms=_alarms(session, vault, mondays),
        requests=_requests(every),
        waiting=len(open_rows),
        overdue=sum(_is_overdue(row, at) for row in open_rows),
        stopped=len(stopped),
        stands=max((at - one for one in stopped), default=0) // instants.DAY,
        copies_told=len(tasks),
        copies_overdue=sum(due < at for due in tasks),
        unexplained=int(by_purpose.loc[by_purpose["purpose"] == Purpose.NONE, "count"].sum()),
        to_explain=unexplained.waiting(session, vault),
        mondays=mondays,
    )


def _is_overdue(row: RequestRow, at: int) -> bool:
    waits = State(row.state) in UNANSWERED and row.stopped_at is None
    return waits and row.due_on < clocks.received_on(row.jurisdiction, at)


def _captures(session: Session, mondays: tuple[date, ...]) -> Frame:
    start, end = weeks.day(mondays[0]), weeks.day(mondays[-1]) + 7
    taken: Counter[int] = Counter()
    for (week, _kind), number in counts.taken(session, start, end).items():
        taken[week] += number
    refused: Counter[date] = Counter()
    query = select(ImportRow.at, ImportRow.refused).where(
        ImportRow.refused > 0, ImportRow.at >= weeks.start(mondays), ImportRow.at < weeks.end(mondays)
    )
    for at, number in session.execute(query):
        refused[weeks.monday(instants.day_of(at))] += number
    rows = [(monday, taken[weeks.day(monday)], refused[monday]) for monday in mondays]
    return pd.DataFrame(rows, columns=["week", "taken", "refused"])


def _asked(every: Iterable[Case], mondays: tuple[date, ...]) -> Frame:
    received: Counter[date] = Counter()
    answered: Counter[date] = Counter()
    for one in every:
        received[weeks.monday(one.received)] += 1
        if one.answered is not None:
            answered[weeks.monday(one.answered)] += 1
    rows = [(monday, received[monday], answered[monday]) for monday in mondays]
    return pd.DataFrame(rows, columns=["week", "received", "answered"])


def _alarms(session: Session, vault: Vault, mondays: tuple[date, ...]) -> Frame:
    found = Counter((weeks.monday(instants.day_of(one.at)), one.kind) for one in sources.every(session, vault))
    rows = [(monday, kind, found[monday, kind]) for monday in mondays for kind in Kind]
    return pd.DataFrame(rows, columns=["week", "kind", "count"])


def _requests(found: Iterable[Case]) -> Frame:
    days: dict[tuple[RequestKind, str], list[int | None]] = {}
    for one in found:
        days.setdefault((one.kind, one.outcome.value), []).append(one.days)
    rows = [(kind.plain, outcome, len(took), *_days_to_close(took)) for (kind, outcome), took in sorted(days.items())]
    frame = pd.DataFrame(rows, columns=["kind", "outcome", "count", "median_days", "slowest_days"])
    return frame.astype({"median_days": float, "slowest_days": float})


def _days_to_close(took: Sequence[int | None]) -> tuple[float | None, int | None]:
    days = [one for one in took if one is not None]
    return year.middle(days), max(days, default=None)
