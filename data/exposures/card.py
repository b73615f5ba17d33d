"""A person's own card: how many could open their data, who did, and of which time nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.accessors import known_as
from data.accesses.coverage import Gap
from data.accesses.details import Details
from data.accesses.entry import DAYLIGHT
from data.accesses.opening import Lost
from data.accesses.tables import HISTORY, DetailsRow, EntryRow, is_access
from data.errors import Unreadable
from data.exposures import reading
from data.exposures.exposure import Exposure
from data.exposures.reading import Held
from data.incidents import record as incidents
from data.incidents.incident import Incident
from data.looks import explanations
from data.looks.explanations import Explanation
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.proofs import sight
from data.proofs.sight import Sight
from data.sealing.vault import Vault

NO_SOURCE = "no record of reads there was ever brought in"
SHOWN = 20  # exposures on a card; the others are counted


@dataclass(frozen=True)
class Did:
    """Who did open it, as far as there is evidence: different `people` and automated `jobs` that may not, in `looks`,
    of which nothing explains `unexplained`; `own` of them by an account of the person's own, who is not counted; `lost`
    looks were altered, the details of `destroyed` ones are gone as promised. `positions`: the looks, newest first."""

    people: int = 0
    jobs: int = 0
    looks: int = 0
    own: int = 0
    unexplained: int = 0
    lost: int = 0
    positions: tuple[int, ...] = ()
    destroyed: int = 0


@dataclass(frozen=True)
class Mine:
    """One exposure as somebody whom it concerns reads it. `unknown` are the spans of it, apart and in order, in which a
    read would not have been recorded, or nobody can say; `incident` is the one it belongs to; `is_dark`: of no
    moment of it a record of reads tells. `recorded`: from when on one does, where nobody knows since when it was open
    (None: that is known, or it is dark); of the time before, which has no beginning, nothing is known."""

    exposure: Exposure
    did: Did
    unknown: tuple[Gap, ...]
    incident: Incident | None
    is_dark: bool = False
    recorded: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether a read would have been recorded at any time of it."""
        return not self.unknown and self.exposure.start is not None

    @property
    def weight(self) -> tuple[bool, bool, bool, bool]:
        """Which is named first, smallest: what is open and looked at, what was read, then what nobody can tell of."""
        unwatched = self.exposure.unwatched is not None
        return not self.exposure.is_open, unwatched, not (self.did.looks or self.did.lost), self.is_known


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
    every, altered = reading.read(session, viewer, vault)
    held = [one for one in reversed(every) if one.exposure.is_mine]
    if not held or viewer.person_id is None:
        return Card(altered=altered)
    at = instants.now() if now is None else now
    held, older = held[:SHOWN], held[SHOWN:]
    theirs: Mapping[int, Incident] = {}
    if any(one.exposure.incident is not None for one in held):
        theirs = {one.number: one for one in incidents.read(session, viewer, vault).incidents}
    looks = _Looks.read(session, vault, held, at, HISTORY.c.person_id == viewer.person_id)
    return Card(_together(session, vault, held, looks, theirs, at, viewer.person_id), len(older), altered)


def everybody(session: Session, vault: Vault, held: Sequence[Held], now: int) -> tuple[Mine, ...]:
    """The same for the whole company: by how many at all, whoever the data is of. It names nobody; for whoever may read
    about the exposures already."""
    if not held:
        return ()
    return _together(session, vault, held, _Looks.read(session, vault, held, now), {}, now, None)


def _together(
    session: Session,
    vault: Vault,
    held: Sequence[Held],
    looks: _Looks,
    theirs: Mapping[int, Incident],
    at: int,
    person: int | None,
) -> tuple[Mine, ...]:
    seen = _sight(session, vault, held, at)
    mine: list[Mine] = []
    for each in held:
        one = each.exposure
        incident = None if one.incident is None else theirs.get(one.incident)
        did = looks.did(one, _may(session, vault, each), at, person)
        mine.append(_told(Mine(one, did, unknown_of(one, seen, at), incident), *_span(one, seen, at)))
    return tuple(mine)


def _told(mine: Mine, start: int, end: int) -> Mine:
    """With what follows from how much of [start, end) is unknown: all of it, or all before some moment."""
    if mine.is_known or sum(gap.end - gap.start for gap in mine.unknown) >= end - start:
        return replace(mine, is_dark=not mine.is_known)
    if mine.exposure.start is not None:
        return mine
    if mine.unknown and mine.unknown[0].start == start:
        # Part of the time without a beginning, not a span of its own.
        return replace(mine, unknown=mine.unknown[1:], recorded=mine.unknown[0].end)
    return replace(mine, recorded=start)


def unknown_of(one: Exposure, seen: Sight, now: int) -> tuple[Gap, ...]:
    """The spans of an exposure, up to `now` at most, in which nobody can say whether it was used: its source was not
    recording, or was never connected. Where nobody knows since when it was open, they begin where any record does, or
    where it was seen: of the time before there is none. Pure."""
    start, end = _span(one, seen, now)
    if one.source not in {each.source for each in (*seen.spans, *seen.gaps)}:
        return (Gap(one.source, start, end, NO_SOURCE),) if start < end else ()
    clipped = (
        replace(gap, start=max(gap.start, start), end=min(gap.end, end))
        for gap in seen.gaps
        if gap.source == one.source
    )
    return tuple(gap for gap in clipped if gap.start < gap.end)


def _span(one: Exposure, seen: Sight, now: int) -> tuple[int, int]:
    start = min(seen.start, one.seen) if one.start is None else one.start
    return start, now if one.end is None else one.end


def _sight(session: Session, vault: Vault, held: Sequence[Held], now: int) -> Sight:
    """What is known of the time of all of them, asked for once."""
    every = [one.exposure for one in held]
    first = min(one.seen if one.start is None else one.start for one in every)
    if any(one.start is None for one in every):
        since = sight.of(session, vault, None, now)
        if since.start < first:
            return since
    return sight.of(session, vault, first, now)


def _may(session: Session, vault: Vault, held: Held) -> frozenset[str]:
    try:
        return reading.always_allowed(session, vault, held)
    except Unreadable:
        return frozenset()  # whoever may is then not told from whoever may not, and counts


@dataclass(frozen=True)
class _Looks:
    """The looks at a person's data past this app in the time of all their exposures, read once: (row, details)."""

    opened: tuple[tuple[Any, Details | Lost], ...]
    explained: Mapping[int, Explanation]

    @staticmethod
    def read(
        session: Session, vault: Vault, held: Sequence[Held], now: int, about: ColumnElement[bool] | None = None
    ) -> _Looks:
        """All that `did` asks, about somebody or about anybody."""
        every, keys = [one.exposure for one in held], opening.log_keys(session, vault)
        start = min(0 if one.start is None else one.start for one in every)
        end = max(now if one.end is None else one.end for one in every)
        opened = tuple(
            (row, opening.at(keys, row.position, row.commitment, row.details))
            for row in _rows(session, start, end, about)
        )
        observed = [row.position for row, one in opened if isinstance(one, Details) and one.read["observed"]]
        told = explanations.of(session, keys, observed)
        return _Looks(opened, {at: one.explanation for at, one in told.items() if one.explanation is not None})

    def did(self, one: Exposure, may: frozenset[str], now: int, person: int | None) -> Did:
        """The looks in the span by an account not in `may`: those that the store's audit saw at such captures, and
        those at this place that were declared and that no audit saw."""
        start, end = 0 if one.start is None else one.start, now if one.end is None else one.end
        inside = [(row, details) for row, details in self.opened if start <= row.at <= end]
        lost = [details for row, details in inside if isinstance(details, Lost) and row.source == one.source]
        destroyed = sum(each.destroyed is not None for each in lost)
        seen = [
            (row, details)
            for row, details in inside
            if isinstance(details, Details) and _is_at(one, row, details) and details.accessor.get("account") not in may
        ]
        declared = {self.explained[row.position].declared for row, _ in seen if row.position in self.explained}
        counted = [(row, details) for row, details in seen if row.position not in declared]
        others = [
            (row, details) for row, details in counted if person is None or details.accessor.get("person") != person
        ]
        who = [
            {known_as(row.source, details.accessor) for row, details in others if details.read["automated"] is is_job}
            for is_job in (False, True)
        ]
        return Did(
            people=len(who[0]),
            jobs=len(who[1]),
            looks=len(counted),
            own=len(counted) - len(others),
            unexplained=sum(
                details.read["observed"] and row.position not in self.explained for row, details in counted
            ),
            lost=len(lost) - destroyed,
            destroyed=destroyed,
            positions=tuple(row.position for row, _ in counted),
        )


def _rows(session: Session, start: int, end: int, about: ColumnElement[bool] | None) -> Sequence[Any]:
    columns = EntryRow.position, EntryRow.source, EntryRow.commitment, DetailsRow.details, EntryRow.at
    query = select(*columns).outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
    if about is None:
        query = query.where(EntryRow.at >= start, EntryRow.at <= end)
    else:
        query = query.join(HISTORY, HISTORY.c.position == EntryRow.position)
        query = query.where(about, HISTORY.c.at >= start, HISTORY.c.at <= end)
    chosen = query.where(is_access(), EntryRow.source != DAYLIGHT)
    # Past the mapper, as there may be thousands.
    return session.connection().execute(chosen.order_by(EntryRow.at.desc(), EntryRow.position.desc())).all()


def _is_at(one: Exposure, row: Any, details: Details) -> bool:
    """Whether a look was at what was exposed. An audit that does not name the place the same way is taken at the kinds
    of captures that it names: rather one too many than one too few."""
    scope = details.read["scope"]
    if one.place in str(scope.get("what", "")).split(", "):
        return True
    kinds = scope.get("kinds")
    same = not one.kinds or not isinstance(kinds, list) or bool(set(map(str, kinds)) & set(one.kinds))
    return row.source == one.source and details.read["observed"] and same
