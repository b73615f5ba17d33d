"""What one log shows about when its source was recording, joined with what earlier imports showed."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from data import instants
from data.accesses import coverage
from data.accesses.coverage import Known, Span
from data.connectors.holdings import Holdings
from data.connectors.watching import LOG_ENDS, OFF_IN_SESSION, SWITCHED_OFF, Begins, Cut, Loss, Stretch, Watch
from data.people.viewer import Viewer
from data.sealing.vault import Vault


def watch(session: Session, vault: Vault, holdings: Holdings) -> Watch:
    """What gathers the signs of one log of the source; it knows how the log before it ended."""
    ended = coverage.known(session, vault, holdings.source).ended if holdings.heartbeat is not None else None
    return Watch(holdings.heartbeat, ended=ended)


def keep(session: Session, vault: Vault, viewer: Viewer, source: str, watch: Watch) -> int:
    """Record the stretches of a log; how many spans that changed.

    Two logs of which one ends at most a heartbeat before the other begins are one span. Where the log before ended with
    the source switched off, nothing is claimed until a line shows that it was switched on (or, when it was off in one
    session only, that the server was started).
    """
    before = coverage.known(session, vault, source)
    return coverage.replace(session, vault, viewer, source, before, after(before, source, watch))


def after(before: Known, source: str, watch: Watch) -> Known:
    """What is known of a source once a log was read, beside what was known before. Pure."""
    held = list(before.spans)
    for loss in watch.losses:
        held = [left for span in held for left in without(span, loss)]
    for one in watch.stretches():
        found = joined(held, one, source, watch.reach)
        if found is not None:
            held = sorted([*(span for span in held if span.start != found.start), found], key=lambda span: span.start)
    for cut in watch.cuts():
        held = closed(held, cut)
    return Known(tuple(held), watch.ends)


def closed(held: list[Span], cut: Cut) -> list[Span]:
    """The spans (sorted by start), where something came to light after one ended as its log did: no log that follows
    goes on with it across that."""
    number = next((number for number, span in reversed(list(enumerate(held))) if span.start <= cut.start), None)
    if number is None or cut.start == cut.end or held[number].why != LOG_ENDS or _end(held[number]) > cut.start:
        return held
    # Only what was not switched on again holds back what follows.
    why = cut.why if cut.end == instants.LATEST or not cut.why.startswith(SWITCHED_OFF) else f"for a time {cut.why}"
    return [*held[:number], replace(held[number], why=why), *held[number + 1 :]]


def without(span: Span, loss: Loss) -> list[Span]:
    """What is left of a span once lines turn out to be missing from it. One that ended with the source switched off
    holds back what follows it all the same."""
    start, end = max(span.start, loss.start), min(_end(span), loss.end)
    if start >= end:
        return [span]
    left = [Span(span.source, span.start, start, loss.why)] if span.start < start else []
    if end < _end(span):
        return [*left, Span(span.source, end, span.end, span.why)]
    if _needed(span.why) > Begins.LOG:
        return [Span(span.source, span.start, start, span.why)]
    return left


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
        if start <= last or (one.follows and before.why == LOG_ENDS and start <= last + reach):
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
