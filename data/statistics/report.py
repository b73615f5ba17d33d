"""A quarter of the programme, in one reading: its conduct, evidence, incidents and alarms, for the whole company.

A quarter is of whole weeks: those of which the Monday lies in it, so that quarters leave out no day and count none
twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from data import instants
from data.alarms import sources
from data.alarms.alarm import Alarm, Kind, counted
from data.errors import BadInput
from data.incidents import record as incidents
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import backing, publishing
from data.proofs.backing import Backing
from data.sealing.vault import Vault
from data.settings import Settings
from data.statistics import cases, conduct, evidence, weeks
from data.statistics.cases import Case, Outcome
from data.statistics.conduct import Conduct
from data.statistics.evidence import Evidence
from data.statistics.quarter import Quarter


@dataclass(frozen=True)
class Happened:
    """Incidents: how many were opened in the quarter, are not closed now, and of how many the public was told before
    the staff; the last two of all time."""

    opened: int
    open: int
    press_first: int


@dataclass(frozen=True)
class Report:
    """A quarter as it was known at `made`; `until` is the end of what it tells of. `outcomes` and `late` are of the
    requests that were received in it; `key` is the one that the checkpoint in `behind` is signed with."""

    quarter: Quarter
    made: int
    until: int
    conduct: Conduct
    outcomes: Mapping[Outcome, int]
    late: int
    evidence: Evidence
    incidents: Happened
    alarms: Mapping[Kind, int]
    behind: Backing
    key: str

    @property
    def is_over(self) -> bool:
        """Whether nothing of the quarter is still to come."""
        return self.until <= self.made


def mondays(quarter: Quarter) -> tuple[date, ...]:
    """Those of its weeks, 12 to 14."""
    first, after = instants.day_of(quarter.start), instants.day_of(quarter.end)
    monday = first + timedelta(days=-first.weekday() % 7)
    return tuple(monday + timedelta(weeks=week) for week in range((after - monday + timedelta(days=6)).days // 7))


def of(at: int) -> Quarter:
    """The quarter to which the week of an instant belongs."""
    monday = weeks.monday(instants.day_of(at))
    return Quarter(monday.year, (monday.month + 2) // 3)


def last(at: int, count: int) -> tuple[Quarter, ...]:
    """The running quarter and those before it, `count` in all."""
    found = [of(at)]
    while len(found) < count:
        found.append(found[-1].before)
    return tuple(found)


def report(session: Session, viewer: Viewer, vault: Vault, settings: Settings, quarter: Quarter) -> Report:
    """Permission SEE_CONDUCT. Raises BadInput for a quarter that has not begun."""
    require(viewer, Permission.SEE_CONDUCT)
    now, within = instants.now(), mondays(quarter)
    start, end = weeks.start(within), weeks.end(within)
    if start > now:
        raise BadInput(f"{quarter} has not begun; take one that the page names.")
    received = [one for one in cases.every(session, viewer, vault, now) if weeks.monday(one.received) in within]
    raised = [one for one in sources.every(session, vault) if start <= one.at < end]
    return Report(
        quarter=quarter,
        made=now,
        until=end,
        conduct=conduct.of_weeks(session, viewer, vault, within, now),
        outcomes=_outcomes(received),
        late=sum(one.late for one in received),
        evidence=evidence.of(session, viewer, vault, start, end, days=settings.fix_days),
        incidents=_happened(session, vault, start, end),
        alarms=_alarms(raised),
        behind=backing.of(session, vault, settings.witnesses),
        key=publishing.verifier_key(session, vault) or "",
    )


def _outcomes(received: list[Case]) -> Mapping[Outcome, int]:
    counts = Counter(one.outcome for one in received)
    return {outcome: counts[outcome] for outcome in Outcome}


def _alarms(raised: list[Alarm]) -> Mapping[Kind, int]:
    counts = counted(raised)
    return {kind: counts.get(kind, 0) for kind in Kind}


def _happened(session: Session, vault: Vault, start: int, end: int) -> Happened:
    found = incidents.every(session, vault)
    return Happened(
        sum(start <= one.opened_at < end for one in found),
        sum(not one.is_closed for one in found),
        sum(one.press_first for one in found),
    )
