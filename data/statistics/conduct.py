"""The programme's own conduct, for the whole company and exact: nothing here is below company level or about a person.

Weeks are calendar weeks in UTC, named by their Monday. Every frame is complete: a week without anything is a row of 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeAlias

import pandas as pd
from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.entry import Purpose
from data.accesses.tables import DetailsRow, EntryRow, is_access
from data.captures import counts
from data.captures.tables import ImportRow
from data.copies.tables import CopyTaskRow
from data.copies.tasks import Outcome
from data.looks import explanations
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.rights import clocks
from data.rights.states import UNANSWERED, WAITING, RequestKind, State
from data.rights.tables import RequestRow
from data.sealing.vault import Vault
from data.statistics import cases, year
from data.statistics.cases import Case

# A pandas frame: pandas' own types call each of its cells a Series or a scalar.
Frame: TypeAlias = Any

_EPOCH = date(1970, 1, 1)
# One's own, and when this program counted people and opened nothing.
_NO_LOOKS = frozenset({Purpose.OWN, Purpose.FIGURES})


@dataclass(frozen=True)
class Conduct:
    """Frames: `captures` [week (date), taken, refused]; `looks` [week, purpose (Purpose), count], the person's own and
    the counts of people left out, and what an audit saw of a look that was declared; `requests` [kind, outcome, count,
    median_days, slowest_days], in plain words and with days as data/statistics/year.py counts them, NaN where there are
    none.

    `overdue` of the `waiting` requests wait for an answer beyond its day, the clocks of `stopped` stand, the oldest for
    `stands` days; `copies_overdue` of `copies_told` holders of copies outside were to delete or correct them by now."""

    captures: Frame
    looks: Frame
    requests: Frame
    waiting: int
    overdue: int
    stopped: int
    stands: int
    copies_told: int
    copies_overdue: int
    unexplained: int
    first_week: date
    last_week: date


def conduct(session: Session, viewer: Viewer, vault: Vault, weeks: int = 12, now: int | None = None) -> Conduct:
    """The last `weeks` weeks, the running one included. Raises NotAllowed."""
    require(viewer, Permission.SEE_CONDUCT)
    at = instants.now() if now is None else now
    this = instants.day_of(at)
    last = this - timedelta(days=this.weekday())
    mondays = [last - timedelta(weeks=back) for back in reversed(range(weeks))]
    looks = _looks(session, vault, mondays)
    waiting = [state.value for state in WAITING]
    open_rows = session.scalars(select(RequestRow).where(RequestRow.state.in_(waiting))).all()
    stopped = [row.stopped_at for row in open_rows if row.state == State.STOPPED and row.stopped_at is not None]
    tasks = session.scalars(select(CopyTaskRow.due_at).where(CopyTaskRow.state == Outcome.OPEN.value)).all()
    return Conduct(
        captures=_captures(session, mondays),
        looks=looks,
        requests=_requests(cases.every(session, viewer, vault, at)),
        waiting=len(open_rows),
        overdue=sum(
            State(row.state) in UNANSWERED
            and row.stopped_at is None
            and row.due_on < clocks.received_on(row.jurisdiction, at)
            for row in open_rows
        ),
        stopped=len(stopped),
        stands=max((at - one for one in stopped), default=0) // instants.DAY,
        copies_told=len(tasks),
        copies_overdue=sum(due < at for due in tasks),
        unexplained=int(looks.loc[looks["purpose"] == Purpose.NONE, "count"].sum()),
        first_week=mondays[0],
        last_week=mondays[-1],
    )


def _captures(session: Session, mondays: list[date]) -> Frame:
    start, end = _day(mondays[0]), _day(mondays[-1]) + 7
    taken: Counter[int] = Counter()
    for (week, _kind), number in counts.taken(session, start, end).items():
        taken[week] += number
    refused: Counter[int] = Counter()
    query = select(ImportRow.at, ImportRow.refused).where(
        ImportRow.refused > 0, ImportRow.at >= start * instants.DAY, ImportRow.at < end * instants.DAY
    )
    for at, number in session.execute(query):
        refused[_day(_monday(at))] += number
    rows = [(monday, taken[_day(monday)], refused[_day(monday)]) for monday in mondays]
    return pd.DataFrame(rows, columns=["week", "taken", "refused"])


def _looks(session: Session, vault: Vault, mondays: list[date]) -> Frame:
    start, end = _day(mondays[0]) * instants.DAY, (_day(mondays[-1]) + 7) * instants.DAY
    # Days since 1970 begin on a Thursday: three days on, whole weeks begin on Mondays.
    week = (EntryRow.at + 3 * instants.DAY) // instants.WEEK
    # One look, seen from two sides.
    twice = explanations.settled(session, opening.log_keys(session, vault), declared=True)
    query = (
        select(week, DetailsRow.purpose, func.count())
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(is_access(), EntryRow.at >= start, EntryRow.at < end, not_(EntryRow.observed & twice))
        .group_by(week, DetailsRow.purpose)
    )
    found: Counter[tuple[date, Purpose]] = Counter()
    for number, why, count in session.execute(query):
        if why not in _NO_LOOKS:
            monday = _EPOCH + timedelta(days=int(number) * 7 - 3)
            found[monday, Purpose(why)] += count
    purposes = [one for one in Purpose if one not in _NO_LOOKS]
    rows = [(monday, purpose, found[monday, purpose]) for monday in mondays for purpose in purposes]
    return pd.DataFrame(rows, columns=["week", "purpose", "count"])


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


def _monday(at: int) -> date:
    day = instants.day_of(at)
    return day - timedelta(days=day.weekday())


def _day(on: date) -> int:
    """Days since 1970."""
    return (on - _EPOCH).days
