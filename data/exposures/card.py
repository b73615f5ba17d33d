"""A person's own card: how many could open their data, who did, and of which time nobody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.accessors import known_as
from data.accesses.coverage import Gap
from data.accesses.details import Details
from data.accesses.entry import DAYLIGHT
from data.accesses.keys import LogKeys
from data.accesses.opening import Lost
from data.accesses.tables import AboutRow, DetailsRow, EntryRow, is_access
from data.errors import Unreadable
from data.exposures import reading
from data.exposures.exposure import Exposure
from data.exposures.reading import Held
from data.incidents import record as incidents
from data.incidents.incident import Incident
from data.looks import explanations
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import sight
from data.sealing.vault import Vault

SHOWN = 20  # exposures on a card; the others are counted


@dataclass(frozen=True)
class Did:
    """Who did open it, as far as there is evidence: different `people` and automated `jobs` that may not, in `looks`,
    of which nothing explains `unexplained`; `lost` looks were altered. `positions` are the looks, newest first."""

    people: int = 0
    jobs: int = 0
    looks: int = 0
    unexplained: int = 0
    lost: int = 0
    positions: tuple[int, ...] = ()


@dataclass(frozen=True)
class Mine:
    """One exposure as somebody whom it concerns reads it. `unknown` are the spans of it, apart and in order, in which a
    read would not have been recorded, or nobody can say; `incident` is the one it belongs to."""

    exposure: Exposure
    did: Did
    unknown: tuple[Gap, ...]
    incident: Incident | None

    @property
    def is_known(self) -> bool:
        """Whether a read would have been recorded at any time of it."""
        return not self.unknown


@dataclass(frozen=True)
class Card:
    """What somebody's data was exposed to: the newest first, `more` that are older, and how many entries about an
    exposure no longer open, so that one of theirs may be missing."""

    mine: tuple[Mine, ...] = ()
    more: int = 0
    altered: int = 0


def card(session: Session, viewer: Viewer, vault: Vault, now: int | None = None) -> Card:
    """The viewer's own card. Raises NotAllowed for whoever runs the server, who is nobody here."""
    require(viewer, Permission.SEE_ACCESSES, viewer.person_id)
    every, altered = reading.every(session, vault, viewer.person_id)
    held = [one for one in reversed(every) if one.exposure.is_mine]
    if not held or viewer.person_id is None:
        return Card(altered=altered)
    keys, at = opening.log_keys(session, vault), instants.now() if now is None else now
    theirs = {one.number: one for one in incidents.read(session, viewer, vault).incidents} if _linked(held) else {}
    mine = tuple(_mine(session, vault, keys, one, viewer.person_id, theirs, at) for one in held[:SHOWN])
    return Card(mine, len(held) - len(mine), altered)


def _linked(held: Iterable[Held]) -> bool:
    return any(one.exposure.incident is not None for one in held)


def _mine(
    session: Session,
    vault: Vault,
    keys: LogKeys | None,
    held: Held,
    person: int,
    theirs: Mapping[int, Incident],
    now: int,
) -> Mine:
    one = held.exposure
    end = now if one.end is None else one.end
    seen = sight.of(session, vault, one.start, end)
    unknown = unknown_of(one, seen.gaps, {span.source for span in seen.spans}, min(seen.start, one.seen), end)
    did = _did(session, vault, keys, held, person, end)
    return Mine(one, did, unknown, None if one.incident is None else theirs.get(one.incident))


def unknown_of(one: Exposure, gaps: Sequence[Gap], recording: set[str], start: int, end: int) -> tuple[Gap, ...]:
    """The spans of [start, end) in which nobody can say whether the exposure was used: its source was not recording, or
    was never connected. Pure."""
    mine = [gap for gap in gaps if gap.source == one.source]
    if one.source not in recording and not mine and start < end:
        return (Gap(one.source, start, end, "no record of reads there was ever brought in"),)
    return tuple(mine)


def _did(session: Session, vault: Vault, keys: LogKeys | None, held: Held, person: int, end: int) -> Did:
    """The looks at the person's data in the span that went past this app, by an account that may not: those that the
    store's audit saw at such captures, and those at this place that were declared and that no audit saw."""
    one = held.exposure
    try:
        may = reading.allowed(session, vault, held)
    except Unreadable:
        may = frozenset[str]()  # whoever may is then not told from whoever may not, and counts
    rows = _rows(session, person, 0 if one.start is None else one.start, end)
    opened = [(row, opening.at(keys, row.position, row.commitment, row.details)) for row in rows]
    lost = [row.position for row, details in opened if isinstance(details, Lost) and row.source == one.source]
    seen = [(row, details) for row, details in opened if isinstance(details, Details) and _is_at(one, row, details)]
    seen = [(row, details) for row, details in seen if details.accessor.get("account") not in may]
    told = explanations.of(session, keys, [row.position for row, details in seen if details.gist.observed])
    explained = {at: each.explanation for at, each in told.items() if each.explanation is not None}
    declared = {each.declared for each in explained.values()}
    counted = [(row, details) for row, details in seen if row.position not in declared]
    who = {
        is_job: {known_as(row.source, details.accessor) for row, details in counted if details.gist.automated is is_job}
        for is_job in (False, True)
    }
    return Did(
        people=len(who[False]),
        jobs=len(who[True]),
        looks=len(counted),
        unexplained=sum(details.gist.observed and row.position not in explained for row, details in counted),
        lost=len(lost),
        positions=tuple(row.position for row, _ in counted),
    )


def _rows(session: Session, person: int, start: int, end: int) -> Sequence[Any]:
    columns = EntryRow.position, EntryRow.source, EntryRow.commitment, DetailsRow.details
    return session.execute(
        select(*columns)
        .select_from(AboutRow)
        .join(EntryRow, EntryRow.position == AboutRow.position)
        .outerjoin(DetailsRow, DetailsRow.position == AboutRow.position)
        .where(AboutRow.person_id == person, AboutRow.at >= start, AboutRow.at <= end)
        .where(is_access(), EntryRow.source != DAYLIGHT)
        .order_by(AboutRow.at.desc(), AboutRow.position.desc())
    ).all()


def _is_at(one: Exposure, row: Any, details: Details) -> bool:
    """Whether a look was at what was exposed. An audit that does not name the place the same way is taken at the kinds
    of captures that it names: rather one too many than one too few."""
    scope = details.read["scope"]
    if one.place in str(scope.get("what", "")).split(", "):
        return True
    kinds = scope.get("kinds")
    same = not one.kinds or not isinstance(kinds, list) or bool(set(map(str, kinds)) & set(one.kinds))
    return row.source == one.source and details.gist.observed and same
