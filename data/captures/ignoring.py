"""Objections and own pauses that devices do not heed: an objection's alarm, once for each, and sums for the company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.accesses import events, log
from data.accesses.entry import Action
from data.captures import pausing, quarantine
from data.captures.pausing import Part, Why
from data.captures.tables import ImportRow, PausedRow
from data.people import crowd
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Sums:
    """For the whole company: captures from people's own pauses, at least so many, and captures that people object to;
    and of how many people (None: fewer than crowd.FEWEST, or none)."""

    own: int = 0
    own_people: int | None = None
    objected: int = 0
    objected_people: int | None = None


def report(session: Session, vault: Vault, viewer: Viewer, person_id: int, ignored: Mapping[int, int]) -> None:
    """Enter in the log, once for each objection (by request), that captures came which were made while it stood; its
    person is told (data/notices). Nothing else of them is kept."""
    if not ignored:
        return
    said = {one.read["scope"].get("request") for _, one in events.read(session, vault, Action.IGNORED, person_id)[0]}
    for request, count in sorted(ignored.items()):
        if request not in said:
            log.append(
                session,
                vault,
                action=Action.IGNORED,
                people=[person_id],
                accessor=viewer,
                reason=None,
                scope={"request": request},
                count=count,
            )


def sums(session: Session, viewer: Viewer, since: int) -> Sums:
    """What came since then of own pauses, and of what people object to, in a file that comes again again; names nobody.
    Permission SEE_CONDUCT."""
    require(viewer, Permission.SEE_CONDUCT)
    parts: dict[int, list[Part]] = defaultdict(list)
    for row in session.scalars(select(PausedRow).where(PausedRow.why == Why.OWN.value, PausedRow.at >= since)):
        parts[row.person_id].append(quarantine.part(row))
    query = select(func.sum(ImportRow.objected), func.count(ImportRow.person_id.distinct()))
    objected, people = session.execute(query.where(ImportRow.objected > 0, ImportRow.at >= since)).one()
    own = sum(pausing.at_least(each) for each in parts.values())
    return Sums(own, crowd.enough(len(parts)), int(objected or 0), crowd.enough(people))
