"""Looks at people's data, counted by week, purpose and the role of whoever looked: for the whole company, exact."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any, TypeAlias

import pandas as pd
from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.entry import Purpose
from data.accesses.tables import DetailsRow, EntryRow, is_access
from data.looks import explanations
from data.sealing.vault import Vault
from data.statistics import weeks

# A pandas frame: pandas' own types call each of its cells a Series or a scalar.
Frame: TypeAlias = Any
UNSAID, OTHERS = "not said", "other roles"
# One's own, and when this program counted people and opened nothing.
_NO_LOOKS = frozenset({Purpose.OWN, Purpose.FIGURES})
PURPOSES = [one for one in Purpose if one not in _NO_LOOKS]
MOST = 6  # roles by name: what an audit outside calls them is free text


def counted(session: Session, vault: Vault, mondays: tuple[date, ...]) -> Frame:
    """[week (date), purpose (Purpose), role (text as its source says it, or OTHERS), count], only what is above 0. The
    person's own looks and counts of people are left out, and so is what an audit saw of a look that was declared."""
    week = (EntryRow.at + weeks.OFFSET) // instants.WEEK
    # One look, seen from two sides.
    twice = explanations.settled(session, opening.log_keys(session, vault), declared=True)
    query = (
        select(week, DetailsRow.purpose, DetailsRow.role, func.count())
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(is_access(), EntryRow.at >= weeks.start(mondays), EntryRow.at < weeks.end(mondays))
        .where(not_(EntryRow.observed & twice))
        .group_by(week, DetailsRow.purpose, DetailsRow.role)
    )
    found = [
        (weeks.numbered(int(number)), Purpose(why), role.strip() or UNSAID, count)
        for number, why, role, count in session.execute(query)
        if why not in _NO_LOOKS
    ]
    kept = _most(found)
    summed: Counter[tuple[date, Purpose, str]] = Counter()
    for monday, purpose, role, count in found:
        summed[monday, purpose, role if role in kept else OTHERS] += count
    rows = [(*key, count) for key, count in sorted(summed.items())]
    return pd.DataFrame(rows, columns=["week", "purpose", "role", "count"])


def by(frame: Frame, column: str, mondays: tuple[date, ...], every: list[Any]) -> Frame:
    """[week, `column`, count] with a row for each week and each of `every`, in their order."""
    sums = frame.groupby(["week", column])["count"].sum().to_dict()
    rows = [(monday, one, sums.get((monday, one), 0)) for monday in mondays for one in every]
    return pd.DataFrame(rows, columns=["week", column, "count"])


def roles(frame: Frame) -> list[str]:
    """The roles that occur, the most frequent first, what is not named last."""
    totals = frame.groupby("role")["count"].sum().sort_values(ascending=False, kind="stable")
    return sorted(totals.index, key=lambda one: one == OTHERS)


def crossed(frame: Frame) -> Frame:
    """[purpose, a column a role, total], a row a purpose that occurs: over all the weeks."""
    named = roles(frame)
    sums = frame.groupby(["purpose", "role"])["count"].sum().to_dict()
    rows = list[tuple[Any, ...]]()
    for purpose in Purpose:
        counts = [int(sums.get((purpose, role), 0)) for role in named]
        if any(counts):
            rows.append((purpose, *counts, sum(counts)))
    return pd.DataFrame(rows, columns=["purpose", *named, "total"])


def _most(found: list[tuple[date, Purpose, str, int]]) -> frozenset[str]:
    totals: Counter[str] = Counter()
    for _, _, role, count in found:
        totals[role] += count
    named = sorted(totals, key=lambda role: (-totals[role], role))
    return frozenset(named if len(named) <= MOST + 1 else named[:MOST])
