"""Evidence of accesses outside Daylight, from a file of JSON Lines (see access_lines.py for its form) into the log."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import coverage, log
from data.accesses.tables import EvidenceRow
from data.canonical import canonical
from data.connectors import access_lines, evidence, files
from data.connectors.access_lines import Access, Span, Wrong
from data.database import lock
from data.errors import BadInput
from data.people.permissions import Permission, require
from data.people.tables import PersonRow
from data.people.viewer import Viewer
from data.sealing.vault import Vault

WANTED = "a file of JSON Lines: accesses and coverage spans"
_SHOWN = 20


@dataclass(frozen=True)
class Evidence:
    """How many accesses a file added, how many were known already, and how many spans of coverage it changed."""

    added: int
    duplicates: int
    spans: int


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
    known = {(row.source, row.id) for row in session.scalars(select(EvidenceRow))}
    seen: Counter[str] = Counter()
    bad: list[str] = []
    added = duplicates = spans = lines = 0
    first: int | None = None
    files.require_text(path, WANTED)
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
        if bad:
            continue
        if isinstance(found, Span):
            spans += coverage.record(session, found.source, found.start, found.end, found.why)
            continue
        key = _key(found, seen)
        if (found.source, key) in known:
            duplicates += 1
            continue
        known.add((found.source, key))
        position = _append(session, vault, found)
        first = position if first is None else first
        session.add(EvidenceRow(source=found.source, id=key, position=position))
        added += 1
    _refuse(path, bad, lines)
    evidence.conclude(session, vault, viewer, first, added, spans, {})
    return Evidence(added, duplicates, spans)


def _append(session: Session, vault: Vault, found: Access) -> int:
    return log.append(
        session,
        vault,
        action=found.action,
        people=found.people,
        accessor=found.accessor,
        reason=found.reason,
        scope=found.scope,
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


def _key(found: Access, seen: Counter[str]) -> str:
    """The source's own id, or a digest of the access with its number among the equal ones of this file."""
    if found.key:
        return f"id {found.key}"
    who = [found.accessor.label, found.accessor.role, found.accessor.team, found.accessor.automated]
    why = [found.reason.purpose.value, found.reason.ticket]
    parts = [found.at, found.action.value, who, why, list(found.people), found.count, found.scope, found.observed]
    digest = hashlib.sha256(canonical([found.source, parts])).hexdigest()
    seen[digest] += 1
    return f"{digest} {seen[digest]}"
