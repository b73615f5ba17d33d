"""The log's upkeep: publishing it, reading all of it again once a day, and what the last such check found.

What a check found is kept in the database, so it is numbered and sealed with the log's key: a result that somebody
alters, puts there or dates ahead is named as that, and hides none that this program kept.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data import instants
from data.accesses import opening
from data.accesses.keys import LogKeys
from data.accesses.tables import CheckRow
from data.database import Database, insert
from data.errors import Error, Unwritable
from data.proofs import check, publishing
from data.proofs.anchor import Anchor
from data.proofs.check import Checked
from data.proofs.findings import Finding, What
from data.proofs.publishing import Published
from data.sealing.vault import Vault

EVERY = instants.DAY
LATE = EVERY + 2 * instants.HOUR  # how old the newest result may be before a page says so
_SOON = instants.HOUR  # between two checks while something is wrong
_SKEW = 5 * instants.MINUTE  # between the clocks of two machines
_LOOKED_AT = 20  # results, newest first: for how long an altered one is told
_LARGEST = 2**62  # of a number that this program gives, whatever stands there already

_logger = logging.getLogger(__name__)


def keep_up(database: Database, vault: Vault, anchor: Anchor) -> Published | None:
    """Publish what is new and check the whole log when that is due; what the worker does every few seconds.

    A log that cannot be published, whatever the reason, is checked at once, so that everybody can read what is wrong.
    Raises Unwritable when a disk does not take the anchor, and DBAPIError.
    """
    with database.reading() as session:
        before = last(session, vault)
    waited = EVERY if before is None else instants.now() - before.at
    pause = EVERY if before is None or before.holds else _SOON
    published, refused = None, ""
    try:
        published = publishing.run(database, vault, anchor)
        due = waited >= pause
    except (Unwritable, DBAPIError):
        # The anchor's disk is full, or the database is away for a moment: the log itself is still read.
        if waited >= pause:
            run(database, vault, anchor)
        raise
    except Exception as error:  # a row can be made into anything, and must not keep the log from being read
        refused = str(error) if isinstance(error, Error) else f"what is stored cannot be used ({type(error).__name__})."
        due = waited >= _SOON or (before is not None and before.holds)
        if due:
            _logger.error("The access log was not published: %s", refused)
    if due:
        run(database, vault, anchor, refused=refused)
    return published


def run(
    database: Database,
    vault: Vault,
    anchor: Anchor,
    progress: check.Report | None = None,
    *,
    refused: str = "",
    half: Callable[[Checked], None] | None = None,
) -> Checked:
    """Check the whole log and keep the result. `refused` says why it could not be published, if it could not: where
    nothing else is found, that is. `half` hears what is known before the details are opened."""
    with database.reading() as session:
        found = check.check(session, vault, anchor, progress=progress, half=half)
    if refused and found.holds:
        found = replace(found, findings=(Finding(What.NOT_PUBLISHED, found.size, found.size, refused),))
    with database.writing() as session:
        log_keys = opening.log_keys(session, vault)
        if log_keys is None and not found.entries:
            return found  # nothing was ever logged, so there is nothing to seal and nothing to tell
        newest = session.scalar(select(func.max(CheckRow.id)).where(CheckRow.id < _LARGEST)) or 0
        row: dict[str, Any] = {
            "id": max(newest, 0) + 1,
            "at": found.at,
            "took": found.took,
            "entries": found.entries,
            "size": found.size,
            "with_details": found.with_details,
            "findings": json.dumps([[one.what.value, one.first, one.last, one.which] for one in found.findings]),
        }
        row["seal"] = b"" if log_keys is None else log_keys.check_seal(_told(row))
        session.execute(insert(session, CheckRow).values(row).on_conflict_do_update(index_elements=["id"], set_=row))
    return found


def last(session: Session, vault: Vault) -> Checked | None:
    """The newest check that this program kept, or None when the log was never checked. Results that somebody altered or
    put there, and those dated ahead of the clock, are findings of it. Where there are no others, `at` is 0."""
    log_keys, until = opening.log_keys(session, vault), instants.now() + _SKEW
    rows = session.execute(
        select(*CheckRow.__table__.columns).order_by(CheckRow.id.desc()).limit(_LOOKED_AT)
    ).mappings()
    found, wrong = None, list[Finding]()
    for row in rows:
        one = _opened(log_keys, row)
        if one is None:
            wrong.append(Finding(What.CHECK_ALTERED, row["id"], row["id"]))
        elif one.at > until:
            wrong.append(Finding(What.CHECK_AHEAD, row["id"], row["id"]))
        elif found is None:
            found = one
    if found is None and not wrong:
        return None
    found = found or Checked(0, 0, 0, 0, False, ())
    if log_keys is None:
        wrong.append(Finding(What.KEY_GONE, 0, found.entries))
    return replace(found, findings=(*wrong, *(one for one in found.findings if one not in wrong)))


def failures(session: Session, vault: Vault) -> tuple[int, ...]:
    """When checks of this program's making began to find something wrong, each time anew after one that found nothing
    (microseconds UTC, oldest first)."""
    log_keys = opening.log_keys(session, vault)
    rows = session.execute(select(*CheckRow.__table__.columns).order_by(CheckRow.id)).mappings()
    found, held = list[int](), True
    for one in (each for row in rows if (each := _opened(log_keys, row)) is not None):
        if held and not one.holds:
            found.append(one.at)
        held = one.holds
    return tuple(found)


def _opened(log_keys: LogKeys | None, row: Any) -> Checked | None:
    """A result as it was kept; None when it is not what was kept. Without the log's key nothing tells."""
    try:
        if log_keys is not None and log_keys.check_seal(_told(row)) != row["seal"]:
            return None
        findings = tuple(Finding(What(what), *where) for what, *where in json.loads(row["findings"]))
        return Checked(row["at"] + 0, row["took"], row["entries"], row["size"], row["with_details"], findings)
    except (TypeError, ValueError):  # a column holds what no result can
        return None


def _told(row: Any) -> bytes:
    """What the seal of a result is made of."""
    names = ("id", "at", "took", "entries", "size", "with_details", "findings")
    return json.dumps([row[name] for name in names]).encode()
