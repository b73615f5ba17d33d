"""Captures dated ahead: a clock that was wrong puts them after the deletion that takes them.

What is stored when a deletion begins goes, whatever instant it bears, and does not come back. So that no more than that
is refused from then on, what lies ahead is named by the spans of time that such captures are in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
import pyarrow as pa
from sqlalchemy.orm import Session

from data import instants
from data.captures import quarantine, segments
from data.captures.scope import Scope
from data.errors import Unreadable
from data.sealing import keys
from data.sealing.vault import Vault

GAP = instants.DAY  # without a capture, and a span ends: a clock that was a year ahead does not refuse that year

_Span = tuple[int, int]


def taken(session: Session, vault: Vault, person_id: int, scope: Scope, at: int) -> tuple[Scope, ...]:
    """What a deletion of `scope` that began at `at` takes and refuses, as scopes that end: what is before `at`, and
    the spans after it that captures of an earlier import are in."""
    start = at if scope.start is None else max(at, scope.start)
    if scope.end is not None and scope.end <= start:
        return (scope.until(at),)
    later = replace(scope, start=start)
    found = [*_stored(session, vault, person_id, later, at), *_apart(session, vault, person_id, later, at)]
    return (scope.until(at), *(replace(scope, start=first, end=last + 1) for first, last in _joined(found)))


def _stored(session: Session, vault: Vault, person_id: int, later: Scope, at: int) -> Iterator[_Span]:
    live = keys.live(session, person_id)
    for one in segments.listed(session, person_id, later.start, later.end):
        # What is under a destroyed key was taken, and refused, before.
        if segments.made_at(one.import_id) > at or one.key_version not in live:
            continue
        try:
            yield from _spans(segments.open_one(session, vault, one), later)
        except Unreadable:  # nobody can tell what it holds, and damage does not keep anybody from deleting it
            yield _within(later, one.first_at, one.last_at)


def _apart(session: Session, vault: Vault, person_id: int, later: Scope, at: int) -> Iterator[_Span]:
    """The same of what is in quarantine."""
    for batch in quarantine.listed(session, vault, person_id):
        if segments.made_at(batch.import_id) > at or not later.overlaps(batch.first_at, batch.last_at):
            continue
        try:
            yield from _spans(quarantine.opened(vault, batch), later)
        except Unreadable:
            yield _within(later, batch.first_at, batch.last_at)


def _spans(table: pa.Table, later: Scope) -> Iterable[_Span]:
    at = np.unique(table.filter(later.mask(table))["at"].to_numpy())
    return [(int(part[0]), int(part[-1])) for part in np.split(at, np.flatnonzero(np.diff(at) > GAP) + 1) if part.size]


def _within(later: Scope, first: int, last: int) -> _Span:
    low = first if later.start is None else max(first, later.start)
    return low, last if later.end is None else min(last, later.end - 1)


def _joined(spans: Iterable[_Span]) -> list[_Span]:
    found: list[_Span] = []
    for first, last in sorted(spans):
        if found and first - found[-1][1] <= GAP:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found
