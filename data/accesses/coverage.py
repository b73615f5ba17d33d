"""Coverage: when a source of access evidence was really recording. Outside of it the answer is "unknown".

The log says it, in entries; there is no table beside it that somebody could change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import log, opening
from data.accesses.details import Details
from data.accesses.entry import DAYLIGHT, Action
from data.accesses.opening import Lost
from data.accesses.tables import DetailsRow, EntryRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault

NOT_YET = "it was not recording yet"
STOPPED = "it was not recording"
ALTERED = "what the log said about it was altered"
LOST = "its record was lost: an older database was put back"
UNSURE = "its record may be lost: nothing tells whether an older database was put back"
COVERS = "covers"  # in the scope of an entry: whose spans it tells


@dataclass(frozen=True)
class Span:
    """`source` was recording from `start` until `end` (None: it still is). `why` says why it stopped."""

    source: str
    start: int
    end: int | None
    why: str


@dataclass(frozen=True)
class Gap:
    """`source` was not recording in [start, end), microseconds UTC."""

    source: str
    start: int
    end: int
    why: str


@dataclass(frozen=True)
class Known:
    """What the log says of a source: its spans, by start, and how the logs that were read of it ended, as JSON that
    only its reader understands (None: nobody said)."""

    spans: tuple[Span, ...] = ()
    ended: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Coverage:
    """What the log says of each source that it ever named (None: that was altered)."""

    held: Mapping[str, Known | None]

    def spans(self, start: int, end: int) -> tuple[Span, ...]:
        """The spans that touch [start, end), by source and time."""
        every = (one for _, held in sorted(self.held.items()) for one in (held or Known()).spans)
        return tuple(one for one in every if one.start < end and (one.end is None or one.end > start))

    def gaps(self, start: int, end: int) -> tuple[Gap, ...]:
        """Where in [start, end) each source was not recording, by source and time.

        The time before this store was made is no gap of this app's own record: nobody could look through it.
        """
        found: list[Gap] = []
        for source, held in sorted(self.held.items()):
            if held is None:
                found += [Gap(source, start, end, ALTERED)] if start < end else []
            elif held.spans:
                found += between(held.spans, start, end)
        return tuple(one for one in found if not (one.source == DAYLIGHT and one.why == NOT_YET))


def record(session: Session, vault: Vault, viewer: Viewer, spans: Iterable[Span]) -> int:
    """Keep spans; one with the same source and start is replaced. How many of them changed anything.

    One that reaches across time whose record was lost claims nothing of that time: what was imported of it before is
    gone. One that begins in such a time is about it, and kept as it is.
    """
    every, changed = read(session, vault).held, 0
    losses = _losses(every.get(DAYLIGHT))
    spans = [part for one in spans for part in _beside(one, losses)]
    for source, group in groupby(sorted(spans, key=lambda one: one.source), key=lambda one: one.source):
        held = every.get(source) or Known()
        new = {one.start: one for one in held.spans} | {one.start: one for one in group}
        changed += replace(session, vault, viewer, source, held, Known(tuple(new.values()), held.ended))
    return changed


def replace(session: Session, vault: Vault, viewer: Viewer, source: str, held: Known, new: Known) -> int:
    """Keep what is known of a source now, beside what was `held`. How many spans changed.

    The log gets an entry, which says of all of its spans how they are from then on: what no entry says, no screen
    rests on.
    """
    if new.ended != held.ended or set(new.spans) != set(held.spans):
        told = [[one.start, one.end, one.why] for one in sorted(new.spans, key=lambda one: one.start)]
        ended = {} if new.ended is None else {"ended": new.ended}
        _say(session, vault, viewer, source, {"spans": told, **ended}, len(told))
    after, before = {one.start: one for one in new.spans}, {one.start: one for one in held.spans}
    return sum(after.get(start) != before.get(start) for start in after.keys() | before.keys())


def lose(session: Session, vault: Vault, viewer: Viewer, start: int, end: int, why: str) -> None:
    """Say that no record of [start, end) is left, of no source: of this app there is one again from `end`, and whether
    another went on only its next import can tell. What was altered stays unknown at all times."""
    for source, held in ({DAYLIGHT: Known()} | dict(read(session, vault).held)).items():
        if held is None:
            continue
        spans = [_until(one, start, why) for one in held.spans]
        if source == DAYLIGHT:
            # Without a span before it, the time would pass for one in which there was no store yet.
            spans += [] if any(one.start <= start for one in spans) else [Span(DAYLIGHT, start, start, why)]
            spans.append(Span(DAYLIGHT, end, None, ""))
        replace(session, vault, viewer, source, held, Known(tuple(spans), held.ended))


def _until(span: Span, end: int, why: str) -> Span:
    """What is left of a span when nothing after `end` is; nothing of one that began later, but for its reason."""
    return Span(span.source, span.start, max(span.start, end), why) if span.end is None or span.end > end else span


def _losses(held: Known | None) -> list[Gap]:
    """The time of which no record is left, as this app's own spans tell."""
    spans = held.spans if held is not None else ()
    every = between(spans, instants.EARLIEST, instants.LATEST) if spans else []
    return [one for one in every if one.why in (LOST, UNSURE)]


def _beside(span: Span, losses: Sequence[Gap]) -> list[Span]:
    """What a span may claim beside losses, sorted by time. Pure."""
    found = [span]
    for loss in losses:
        last = found[-1]
        if last.start < loss.start and (last.end is None or last.end > loss.start):
            found[-1] = _until(last, loss.start, loss.why)
            if last.end is None or last.end > loss.end:
                found.append(Span(last.source, loss.end, last.end, last.why))
    return found


def known(session: Session, vault: Vault, source: str) -> Known:
    """What the log says of a source; nothing when that was altered."""
    return read(session, vault).held.get(source) or Known()


def since(session: Session, vault: Vault, source: str) -> int | None:
    """When `source` was first recording, or None when it never was, or nobody can say."""
    return min((one.start for one in known(session, vault, source).spans), default=None)


def _say(session: Session, vault: Vault, viewer: Viewer, source: str, told: Mapping[str, object], count: int) -> None:
    log.append(
        session,
        vault,
        action=Action.COVERAGE,
        people=[],
        accessor=viewer,
        reason=None,
        scope={COVERS: source, **told},
        count=count,
        source=source,
    )


def read(session: Session, vault: Vault) -> Coverage:
    """What the newest entry about each source says."""
    newest = select(func.max(EntryRow.position)).where(EntryRow.action == Action.COVERAGE).group_by(EntryRow.source)
    made = select(func.min(EntryRow.position)).where(EntryRow.action == Action.STORE_MADE)
    rows = session.execute(
        select(EntryRow.position, EntryRow.source, EntryRow.action, EntryRow.commitment, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(or_(EntryRow.position.in_(newest), EntryRow.position.in_(made)))
        .order_by(EntryRow.position)
    ).all()
    log_keys = opening.log_keys(session, vault) if rows else None
    return Coverage({row.source: _told(row, opening.details(log_keys, row, row.details)) for row in rows})


def _told(row: Any, details: Details | Lost) -> Known | None:
    if isinstance(details, Lost):
        return None
    if row.action == Action.STORE_MADE:
        # From the moment that there is a store, this app writes down each look through it.
        return Known((Span(DAYLIGHT, details.read["recorded_at"], None, ""),))
    scope = details.read["scope"]
    # An entry of another source, or of another kind, that was made to look like one of this source.
    if scope.get(COVERS) != row.source:
        return None
    return Known(tuple(Span(row.source, start, end, why) for start, end, why in scope["spans"]), scope.get("ended"))


def between(spans: Sequence[Span], start: int, end: int) -> list[Gap]:
    """The gaps that one source's spans, sorted by start, leave in [start, end). Spans may overlap. Pure."""
    found: list[Gap] = []
    reached, why = start, NOT_YET
    for number, span in enumerate(spans):
        if number == 0 or span.start > reached:
            found.append(Gap(span.source, reached, span.start, why))
        until = max(end, span.start) if span.end is None else span.end
        if number == 0 or until > reached:
            reached, why = until, span.why or STOPPED
    found.append(Gap(spans[-1].source, reached, end, why))
    clipped = (Gap(gap.source, max(gap.start, start), min(gap.end, end), gap.why) for gap in found)
    return [gap for gap in clipped if gap.start < gap.end]
