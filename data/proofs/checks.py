"""The log's upkeep: publishing it, reading all of it again once a day, and what the last such check found."""

from __future__ import annotations

import logging

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses.tables import CheckRow
from data.database import Database
from data.errors import Conflict, Unreadable, Unwritable
from data.proofs import check, publishing
from data.proofs.anchor import Anchor
from data.proofs.check import Checked
from data.proofs.findings import Finding, What
from data.proofs.publishing import Published
from data.sealing.vault import Vault

EVERY = instants.DAY
_SOON = instants.HOUR  # between two checks while something is wrong

_logger = logging.getLogger(__name__)


def keep_up(database: Database, vault: Vault, anchor: Anchor) -> Published | None:
    """Publish what is new and check the whole log when that is due; what the worker does every few seconds.

    A log that cannot be published, because its history was changed, is checked at once, so that everybody
    can read what is wrong.
    """
    with database.reading() as session:
        before = last(session)
    # A check from the future is one that a wrong clock or somebody else put there.
    waited = instants.now() - before.at if before is not None and before.at <= instants.now() else EVERY
    pause = EVERY if before is None or before.holds else _SOON
    published = None
    try:
        published = publishing.run(database, vault, anchor)
        due = waited >= pause
    except Unwritable:
        # The anchor's disk is full: the log itself is still read.
        if waited >= pause:
            run(database, vault, anchor)
        raise
    except (Conflict, Unreadable) as error:
        due = waited >= _SOON or (before is not None and before.holds)
        if due:
            _logger.error("The access log was not published: %s", error)
    if due:
        run(database, vault, anchor)
    return published


def run(database: Database, vault: Vault, anchor: Anchor, progress: check.Report | None = None) -> Checked:
    """Check the whole log and keep the result."""
    with database.reading() as session:
        found = check.check(session, vault, anchor, progress=progress)
    with database.writing() as session:
        session.add(
            CheckRow(
                at=found.at,
                took=found.took,
                entries=found.entries,
                size=found.size,
                with_details=found.with_details,
                findings=[[one.what.value, one.first, one.last, one.which] for one in found.findings],
            )
        )
    return found


def last(session: Session) -> Checked | None:
    """The newest check, or None when the log was never checked."""
    row = session.scalars(select(CheckRow).order_by(CheckRow.at.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    findings = tuple(Finding(What(what), *where) for what, *where in row.findings)
    return Checked(row.at, row.took, row.entries, row.size, row.with_details, findings)
