"""Evidence of accesses outside Daylight, from a file of JSON Lines (see access_lines.py for its form) into the log."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import coverage, log
from data.accesses.coverage import Span
from data.accesses.log import Entry
from data.accesses.told import RECORD
from data.canonical import canonical
from data.connectors import access_lines, evidence, files, known
from data.connectors.access_lines import Access, Wrong
from data.connectors.known import Record
from data.database import lock
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault

WANTED = "a file of JSON Lines: accesses and coverage spans"
_SHOWN = 20
_BATCH = 500  # accesses


@dataclass(frozen=True)
class Evidence:
    """How many accesses a file added, how many were known already, and how many spans of coverage it changed;
    `conflicts` were added although another record of that id is known, `unfounded` although a table called them known,
    which no entry says."""

    added: int
    duplicates: int
    spans: int
    conflicts: int = 0
    unfounded: int = 0


def load(
    session: Session, viewer: Viewer, vault: Vault, path: Path, progress: Callable[[int, int], None] | None = None
) -> Evidence:
    """Add a file of evidence in the caller's transaction. Permission IMPORT.

    `progress` hears (lines read, 0). Raises BadInput naming every bad line (the first twenty in words);
    the transaction must then be left, as lines before it were added.
    """
    require(viewer, Permission.IMPORT)
    lock(session, "access evidence")
    emails = dict(session.execute(select(PersonRow.email, PersonRow.id)).all())
    seen: Counter[str] = Counter()
    bad: list[str] = []
    waiting: list[tuple[Record, Access]] = []
    spans: list[Span] = []
    writing = _Writing(session, vault)
    lines = 0
    files.require_text(path, WANTED)
    unchanged, digest = files.Unchanged(path), files.digest([path])
    for line, text in files.lines(path):
        if not text.strip():
            continue
        lines += 1
        if progress is not None:
            progress(lines, 0)
        try:
            found = access_lines.parse(text, emails)
        except Wrong as wrong:
            bad.append(f"line {line}: {wrong}")
            continue
        if isinstance(found, access_lines.Span):
            spans.append(Span(found.source, found.start, found.end, found.why))
        else:
            waiting.append((_record(found, seen), found))
        if len(waiting) >= _BATCH and not bad:
            writing.write(waiting)
            waiting = []
    _refuse(path, bad, lines)
    writing.write(waiting)
    unchanged.require()
    changed = coverage.record(session, vault, viewer, spans)
    scope = {"file": digest, "conflicts": writing.conflicts, "unfounded": writing.unfounded}
    evidence.conclude(session, vault, viewer, writing.first, writing.added, changed, scope)
    return Evidence(writing.added, writing.duplicates, changed, writing.conflicts, writing.unfounded)


class _Writing:
    """Accesses on their way into the log, in batches."""

    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault
        self.added = self.duplicates = self.conflicts = self.unfounded = 0
        self.first: int | None = None

    def write(self, batch: Sequence[tuple[Record, Access]]) -> None:
        """Write those that are not known yet."""
        found = known.sort(self._session, self._vault, [record for record, _ in batch])
        self.duplicates += found.duplicates
        self.conflicts += found.conflicts
        self.unfounded += found.unfounded
        if not found.new:
            return
        entries = [_entry(batch[number][1], record) for number, record in found.new.items()]
        positions = log.extend(self._session, self._vault, entries)
        known.keep(self._session, found.new.values(), positions)
        self.added += len(entries)
        self.first = positions.start if self.first is None else self.first


def _entry(found: Access, record: Record) -> Entry:
    return Entry(
        action=found.action,
        people=found.people,
        accessor=found.accessor,
        reason=found.reason,
        scope={**found.scope, RECORD: record.committed},
        count=found.count,
        at=found.at,
        source=found.source,
        observed=found.observed,
    )


def _refuse(path: Path, bad: list[str], lines: int) -> None:
    if bad:
        more = f"; and {len(bad) - _SHOWN} more" if len(bad) > _SHOWN else ""
        raise BadInput(f"{path.name} was not imported: {'; '.join(bad[:_SHOWN])}{more}.")
    if not lines:
        raise BadInput(f"{path.name} is empty; it should hold one access or coverage span a line.")


def _record(found: Access, seen: Counter[str]) -> Record:
    """The source's own id, or a digest of the access with its number among the equal ones of this file."""
    who = [found.accessor.label, found.accessor.role, found.accessor.team, found.accessor.automated]
    why = [found.reason.purpose.value, found.reason.ticket]
    parts = [found.at, found.action.value, who, why, list(found.people), found.count, found.scope, found.observed]
    if found.key:
        return Record.of(found.source, f"id {found.key}", parts)
    digest = hashlib.sha256(canonical([found.source, parts])).hexdigest()
    seen[digest] += 1
    return Record.of(found.source, f"{digest} {seen[digest]}", parts)
