"""Accepting a log that does not lead to the newest checkpoint kept beside the keyring: an operator's decision.

After a restore from a backup, history is lost for good, and the store stays shut until somebody says that this is so.
The log says it from then on, to everybody, and that nobody knows who looked in the time that is lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import coverage, events, log, opening, tree
from data.accesses.details import Details
from data.accesses.entry import Action
from data.accesses.tables import DetailsRow, EntryRow
from data.database import Database
from data.errors import BadInput, Conflict, Unreadable
from data.people.viewer import OPERATOR
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.proofs.publishing import Published
from data.sealing.vault import Vault

_LONGEST = 500  # characters of a reason


@dataclass(frozen=True)
class Accepted:
    """When (microseconds UTC) a log of `held` entries was accepted, whose file named `kept` (None: it was gone or not
    this log's), and why."""

    at: int
    held: int
    kept: int | None
    reason: str


def accept(database: Database, vault: Vault, anchor: Anchor, reason: str) -> Published:
    """Go on with the log as the database holds it, and keep its head beside the keyring. What was kept there stays as
    `checkpoint.1` and so on.

    Raises BadInput without a reason, and Conflict where nothing stands in the way or the database by itself does not
    hold together.
    """
    if not reason.strip() or len(reason) > _LONGEST:
        raise BadInput(f"Say in 1 to {_LONGEST} characters why this log is the one to go on with; everybody reads it.")
    if _leads(database, vault, anchor):
        raise Conflict("The database leads to the newest checkpoint beside the keyring; there is nothing to accept.")
    with database.writing() as session:
        held, kept, now = tree.end(session), _kept_size(session, vault, anchor), instants.now()
        why = coverage.UNSURE if kept is None else coverage.LOST
        coverage.lose(session, vault, OPERATOR, _last_left(session, vault, now), now, why)
        scope = {"held": held, "kept": kept, "reason": reason.strip()}
        log.append(
            session, vault, action=Action.ACCEPTED, people=[], accessor=OPERATOR, reason=None, scope=scope, count=held
        )
        published = publishing.publish(session, vault)
    if published is None:
        raise Conflict("The access log is empty; make the store with `python -m data init`.")
    anchor.replace(published.note)
    return published


def accepted(session: Session, vault: Vault) -> tuple[Accepted, ...]:
    """Every time that somebody did, the latest first."""
    found, _ = events.of(session, vault, Action.ACCEPTED)
    return tuple(
        Accepted(one.row.at, one.scope["held"], one.scope["kept"], one.scope["reason"]) for one in reversed(found)
    )


def _leads(database: Database, vault: Vault, anchor: Anchor) -> bool:
    try:
        publishing.check(database, vault, anchor)
    except (Conflict, Unreadable):
        return False
    return True


def _last_left(session: Session, vault: Vault, now: int) -> int:
    """When the newest entry was recorded that is surely older than the loss, by its own word and not after `now`.

    Only signed ones are: nothing is signed while the log does not lead to what is kept beside the keyring, but a
    program that went on while the database was put back may have logged. Where none was signed, only the first is. The
    beginning of all times (0) where nothing is left.
    """
    signed, log_keys = publishing.newest(session), opening.log_keys(session, vault)
    newest_first = (
        select(EntryRow.position, EntryRow.commitment, DetailsRow.details)
        .outerjoin(DetailsRow, DetailsRow.position == EntryRow.position)
        .where(EntryRow.position < (signed.size if signed is not None else 1))
        .order_by(EntryRow.position.desc())
        .execution_options(yield_per=100)
    )
    with session.execute(newest_first) as rows:
        for row in rows:
            found = opening.details(log_keys, row, row.details)
            if isinstance(found, Details) and found.read["recorded_at"] <= now:
                return found.read["recorded_at"]
    return 0


def _kept_size(session: Session, vault: Vault, anchor: Anchor) -> int | None:
    try:
        kept = anchor.read(publishing.verifier(session, vault))
    except Unreadable:
        return None
    return None if kept is None else kept.size
