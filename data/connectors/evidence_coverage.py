"""What one log shows about when its source was recording, joined with what earlier imports showed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from data import instants
from data.accesses import coverage
from data.accesses.coverage import Span
from data.connectors.watching import LOG_ENDS, OFF_IN_SESSION, SWITCHED_OFF, Begins, Stretch, Watch
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def keep(session: Session, vault: Vault, viewer: Viewer, source: str, watch: Watch) -> int:
    """Record the stretches of a log; how many spans that changed.

    Two logs of which one ends at most a heartbeat before the other begins are one span. Where the log before ended with
    the source switched off, nothing is claimed until a line shows that it was switched on (or, when it was off in one
    session only, that the server was started).
    """
    every = coverage.spans(session, vault, instants.EARLIEST, instants.LATEST)
    held = [one for one in every if one.source == source]
    changed: dict[int, Span] = {}
    for one in watch.stretches():
        found = joined(held, one, source, watch.reach)
        if found is None:
            continue
        changed[found.start] = found
        held = sorted([*(span for span in held if span.start != found.start), found], key=lambda span: span.start)
    return coverage.record(session, vault, viewer, changed.values())


def joined(held: list[Span], one: Stretch, source: str, reach: int) -> Span | None:
    """The span to record for a stretch, beside those held (sorted by start); None when nothing new may be claimed."""
    start, end, why = one.start, one.end, one.why
    before = next((span for span in reversed(held) if span.start <= start), None)
    if before is not None:
        last = _end(before)
        if end <= last:
            return None
        if last <= start and one.begins < _needed(before.why):
            return None
        if start <= last or (before.why == LOG_ENDS and start <= last + reach):
            start = before.start
    for span in held:
        if span.start <= one.start:
            continue
        if not (span.start <= end or (why == LOG_ENDS and span.start <= end + reach)):
            break
        if _end(span) > end:
            end, why = _end(span), span.why
    return Span(source, start, None if end == instants.LATEST else end, why)


def _needed(why: str) -> Begins:
    if why.startswith(OFF_IN_SESSION):
        return Begins.START
    return Begins.SWITCH if why.startswith(SWITCHED_OFF) else Begins.LOG


def _end(span: Span) -> int:
    return instants.LATEST if span.end is None else span.end
