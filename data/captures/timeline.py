"""Timeline: what was captured about a person by day, hour, weekday and app, in their own zone, from rollups alone.

Charts take a filter's kinds, apps and time; its text is not counted by rollups, so it does not narrow them.
A start or end within a quarter hour takes the whole quarter.
"""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy.orm import Session

from data.accesses.entry import Reason
from data.captures import arrivals, labels, looking, places, quarters
from data.captures import clicks as grid
from data.captures.places import Clicks
from data.captures.quarters import Quarters, summed
from data.captures.rollups import QUARTER, QUARTERS, Ints
from data.captures.schema import Kind
from data.captures.scope import Filter
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault

_HOUR = 4  # quarters
_THURSDAY = 3  # 1970-01-01, counted from a Monday


def by_day(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    filter: Filter,
    zone: ZoneInfo,
    reason: Reason | None = None,
) -> pd.DataFrame:
    """[day: date by the clocks of `zone`, kind, count], by day; days without captures are left out."""
    found = _fetch(session, viewer, vault, person_id, filter, reason, "by day")
    (days, kinds), counts = summed((found.local(zone) // QUARTERS, found.kinds), found.counts)
    return pd.DataFrame({"day": _dates(days), "kind": _kinds(kinds, found.names), "count": counts})


def by_hour(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    filter: Filter,
    zone: ZoneInfo,
    reason: Reason | None = None,
) -> pd.DataFrame:
    """[hour: zoned start of the local hour, kind, count], by hour; the hour that a clock change repeats comes twice."""
    found = _fetch(session, viewer, vault, person_id, filter, reason, "by hour")
    begins = found.at - found.local(zone) % _HOUR
    (hours, kinds), counts = summed((begins, found.kinds), found.counts)
    moments = pd.DatetimeIndex((hours * QUARTER).view("datetime64[us]")).tz_localize("UTC").tz_convert(zone)
    return pd.DataFrame({"hour": moments, "kind": _kinds(kinds, found.names), "count": counts})


def week(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    filter: Filter,
    zone: ZoneInfo,
    reason: Reason | None = None,
) -> pd.DataFrame:
    """[weekday 0 = Monday, hour, count] by the clocks of `zone`: all 168 cells, in order."""
    found = _fetch(session, viewer, vault, person_id, filter, reason, "by weekday and hour")
    local = found.local(zone)
    cell = (local // QUARTERS + _THURSDAY) % 7 * 24 + local % QUARTERS // _HOUR
    counts = np.bincount(cell, weights=found.counts, minlength=168).astype(np.int64)
    return pd.DataFrame({"weekday": np.repeat(np.arange(7), 24), "hour": np.tile(np.arange(24), 7), "count": counts})


def apps(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, filter: Filter, reason: Reason | None = None
) -> pd.DataFrame:
    """[app, count], most first; captures that name no app are left out."""
    require(viewer, Permission.SEE_CAPTURES, person_id)
    found = quarters.by_app(session, vault, person_id, filter.scope)
    looking.told(session, viewer, vault, person_id, reason, "by app", filter, sum(found.values()))
    return pd.DataFrame({"app": pd.Series(list(found), dtype="str"), "count": np.array(list(found.values()), np.int64)})


def clicks(
    session: Session, viewer: Viewer, vault: Vault, person_id: int, filter: Filter, reason: Reason | None = None
) -> Clicks:
    """Where on the screens the clicks lie; releases are not counted, and outliers only beside the map."""
    require(viewer, Permission.SEE_CAPTURES, person_id)
    scope = filter.scope
    first, end = quarters.bounds(scope)
    found = grid.cells(session, vault, person_id, first, end - 1)
    if scope.kinds and Kind.CLICK not in scope.kinds:
        found = found.only(slice(0))
    if scope.apps:
        names = labels.names(session, vault, person_id)
        found = found.only(np.isin(found.app, [number for number, name in names.items() if name in scope.apps]))
    known = arrivals.displays(session, person_id)
    looking.told(session, viewer, vault, person_id, reason, "by place", filter, int(found.count.sum()))
    return places.mapped(found, known)


def _fetch(
    session: Session,
    viewer: Viewer,
    vault: Vault,
    person_id: int,
    filter: Filter,
    reason: Reason | None,
    view: str,
) -> Quarters:
    require(viewer, Permission.SEE_CAPTURES, person_id)
    found = quarters.fetch(session, vault, person_id, filter.scope)
    looking.told(session, viewer, vault, person_id, reason, view, filter, int(found.counts.sum()))
    return found


def _kinds(kinds: Ints, names: tuple[str, ...]) -> pd.Categorical:
    return pd.Categorical.from_codes(kinds.tolist(), categories=list(names))


def _dates(days: Ints) -> list[date]:
    """Days since 1970 as dates."""
    return days.astype("datetime64[D]").tolist()
