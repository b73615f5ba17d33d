"""The details of accesses go once they were kept for as long as was promised: who it was, on which ticket and what they
opened. That somebody looked stays, with its time, its proof and whose data it was.

A batch is one transaction: the entry that says which, and then their details and salts together, so that killed at any
point nothing is gone that the log does not say. Nothing goes that is still needed (needed.py), nothing that does not
open, and of no entry that is not an access: those are the record of what they say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, not_, select, update
from sqlalchemy.orm import Session

from data import instants
from data.accesses import keeping, keys, log, opening, tree
from data.accesses.destroyed import MARK, ROLE, Destroyed
from data.accesses.details import Details
from data.accesses.entry import SEEN_OUTSIDE
from data.accesses.keeping import Keeping
from data.accesses.tables import DetailsRow, EntryRow
from data.accesses.told import record_of
from data.database import Database, lock
from data.errors import BadInput, Unreadable
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.rights.retention import needed
from data.sealing.keys import leave_no_remnant
from data.sealing.vault import Vault
from data.settings import Settings

EVERY = 86_400.0  # seconds between two runs
_BATCH = 2_000
# What the columns beside an entry have to say as its details do, or nobody can tell how old it is.
_SAME = ("action", "at", "recorded_at", "source", "observed")


class _Step(NamedTuple):
    """How many details one transaction destroyed, and from which position to go on (None: nothing is left)."""

    destroyed: int
    following: int | None


def keep_up(database: Database, vault: Vault, settings: Settings) -> int:
    """Promise what the settings say, where the log does not say so yet, and destroy what was kept for long enough."""
    return run(database, vault, settings, OPERATOR)


def run(
    database: Database,
    vault: Vault,
    settings: Settings,
    viewer: Viewer,
    *,
    before: int | None = None,
    words: str = "",
) -> int:
    """The same, of how many accesses. `before`: only older ones than this instant; `words`: why. Permission RUN_STEPS.

    Raises BadInput when the instant lies within a span that was promised, Unreadable when nobody can tell what was
    promised or what is still needed: nothing is destroyed then.
    """
    require(viewer, Permission.RUN_STEPS)
    with database.writing() as session:
        lock(session, log.LOCK)
        keeping.promise(session, vault, viewer, settings.access_days)
        _refuse_younger(keeping.read(session, vault), before)
    total, step = 0, _Step(0, 0)
    while step.following is not None:
        with database.writing() as session:
            lock(session, log.LOCK)
            step = _batch(session, vault, viewer, step.following, before, words)
        total += step.destroyed
    if total:
        leave_no_remnant(database, "access_details")
    return total


def _refuse_younger(kept: Keeping, before: int | None) -> None:
    if kept.altered:
        raise Unreadable(
            f"{kept.altered:,} entries of the access log about how long accesses are kept no longer open, so nothing is"
            " destroyed before it is known what was promised; tell the auditor."
        )
    days = [days for *_, days in kept.spans() if days is not None]
    if before is not None and (not days or before > kept.now - min(days) * instants.DAY):
        span = f"for {min(days):,} days" if days else "for as long as there is a log"
        raise BadInput(f"The details of accesses are kept {span}, as was promised; name an earlier date.")


def _batch(session: Session, vault: Vault, viewer: Viewer, position: int, before: int | None, words: str) -> _Step:
    kept = keeping.read(session, vault)
    spared = needed.of(session, vault)
    is_due = not_(spared.spared())
    for first, end, days in kept.spans():
        if days is None or kept.altered or (end is not None and end <= position):
            continue
        cutoff = kept.now - days * instants.DAY
        cutoff = cutoff if before is None else min(before, cutoff)
        last = min(kept.end(cutoff), tree.size(session), *([] if end is None else [end]))
        rows = _rows(session, max(first, position), last, cutoff, is_due)
        if rows:
            wanted = [row for row in rows if row.position not in spared.positions]
            count = _destroy(session, vault, viewer, wanted, cutoff, words)
            return _Step(count, rows[-1].position + 1)
    return _Step(0, None)


def _rows(session: Session, first: int, last: int, before: int, is_due: Any) -> Sequence[Any]:
    columns = EntryRow.position, EntryRow.commitment, *(getattr(EntryRow, name) for name in _SAME), DetailsRow.details
    return session.execute(
        select(*columns)
        .join(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(EntryRow.position >= first, EntryRow.position < last, EntryRow.action.in_(sorted(SEEN_OUTSIDE)))
        .where(EntryRow.at < before, EntryRow.recorded_at < before, is_due)
        .where(func.substr(DetailsRow.details, 1, len(MARK)) != MARK)
        .order_by(EntryRow.position)
        .limit(_BATCH)
    ).all()


def _destroy(session: Session, vault: Vault, viewer: Viewer, rows: Sequence[Any], before: int, words: str) -> int:
    """Say which, and put in the place of each one's details what stays of them."""
    log_keys = keys.find(session, vault)
    if log_keys is None:
        raise Unreadable("The key of the access log is gone; restore the database as a whole.")
    found = [(row, opening.details(log_keys, row, row.details)) for row in rows]
    good = [(row.position, one.read) for row, one in found if isinstance(one, Details) and _is_same(row, one)]
    if not good:
        return 0
    said = keeping.say(session, vault, viewer, before, [position for position, _ in good], words)
    at = instants.now()
    session.execute(
        update(DetailsRow),
        [
            {
                "position": position,
                "details": log_keys.seal_destroyed(position, _left(told, at, said)),
                "accessor_id": None,
                "who": "",
                "automated": False,
                "role": ROLE,
            }
            for position, told in good
        ],
    )
    return len(good)


def _is_same(row: Any, details: Details) -> bool:
    """Whether what is beside the details was not altered: evidence of that is not destroyed."""
    return all(details.read[name] == getattr(row, name) for name in _SAME)


def _left(told: Any, at: int, said: int) -> Destroyed:
    return Destroyed(at, said, told["purpose"], told["observed"], record_of(told["scope"]))
