"""Replaying: a database from before an erasure has it carried out again, before it serves anybody."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses import log
from data.accesses.entry import Action, Purpose, Reason
from data.accesses.tables import HISTORY, EntryRow
from data.captures import erase
from data.captures.removed import Removed
from data.captures.scope import Scope
from data.database import Database
from data.people.permissions import Permission, require
from data.people.viewer import OPERATOR, Viewer
from data.rights import epochs, record
from data.rights.erasure import tombstones
from data.rights.erasure.tombstones import Erased, Tombstone
from data.rights.export import offer
from data.rights.redaction import marks
from data.rights.retention import running
from data.rights.tables import RequestRow
from data.sealing import keys
from data.sealing.vault import Vault
from data.settings import Settings

_NOTE = (
    "The database was put back from a backup, so what had been deleted was deleted again before anybody could open it."
)


def replay(database: Database, vault: Vault, settings: Settings) -> int:
    """Carry out again every erasure on the list beside the keyring that this database knows nothing of; returns how
    many those were. Each is logged, and the keyring's epoch turned, as the keyring may have been put back too.

    Cut off at any point it begins again: what marks an erasure as done here is written last.
    Raises Unreadable when the list, or what is to be erased, cannot be read; then nothing may be served.
    """
    path = settings.tombstones
    with tombstones.alone(path):
        done = [_again(database, vault, stone) for stone in tombstones.missing(database, path)]
        if done:
            epochs.turn(database, vault, OPERATOR)
            tombstones.add(path, done)
        return len(done)


def about(session: Session, viewer: Viewer, person_id: int) -> tuple[int, ...]:
    """When erasures of this person were carried out again, newest first (microseconds UTC)."""
    require(viewer, Permission.SEE_REQUESTS, person_id)
    mine = HISTORY.c.person_id == person_id, EntryRow.action == Action.ERASURE_REPLAYED.value
    query = select(EntryRow.at).join(HISTORY, HISTORY.c.position == EntryRow.position).where(*mine)
    return tuple(session.scalars(query.order_by(EntryRow.at.desc())))


def _again(database: Database, vault: Vault, stone: Tombstone) -> Tombstone:
    with database.reading() as session:
        erased = tombstones.opened(session, vault, stone)
    if "retention" in erased.scope:
        return _retained(database, vault, stone, erased)
    with database.reading() as session:
        # Captured since, under a key of its own: that was never erased.
        newer = set(keys.live(session, erased.person_id)) - set(keys.made_before(session, erased.person_id, erased.at))
    scope = Scope.from_json(erased.scope)
    if scope.everything and not newer:
        with database.writing() as session:
            erase.destroy_keys(session, vault, erased.person_id, erased.at)
        with database.writing() as session:
            removed = erase.remove_rows(session, vault, erased.person_id)
    else:
        removed = erase.rewrite_without(database, vault, erased.person_id, [scope], erased.at)
    erase.settle(database, vault, erased.person_id)
    with database.writing() as session:
        # The backup's copies hold it as well, under keys of their own.
        offer.discard_all(session, erased.person_id, offer.GONE_WITH.format(erased.request_id))
    with database.reading() as session:
        offer.sweep(session, vault, erased.person_id)
    with database.writing() as session:
        marks.erase(session, vault, erased.person_id, [scope])
        position = _log(session, vault, stone, erased, removed)
        return tombstones.make(session, vault, stone.erasure, position, erased)


def _retained(database: Database, vault: Vault, stone: Tombstone, erased: Erased) -> Tombstone:
    """What a run of retention took of everybody."""
    scopes = [Scope.from_json(one) for one in erased.scope["retention"]]
    spared = {int(who): [Scope.from_json(one) for one in left] for who, left in erased.scope["spared"].items()}
    removed = running.again(database, vault, erased.at, scopes, spared)
    with database.writing() as session:
        position = log.append(
            session,
            vault,
            action=Action.ERASURE_REPLAYED,
            people=(),
            accessor=None,
            reason=None,
            scope={"logged": stone.position, **erased.scope},
            count=removed,
        )
        return tombstones.make(session, vault, stone.erasure, position, erased)


def _log(session: Session, vault: Vault, stone: Tombstone, erased: Erased, removed: Removed) -> int:
    row = session.get(RequestRow, (erased.person_id, erased.request_id))
    if row is not None:
        record.note(session, row, None, "carried out again", _NOTE)
    return log.append(
        session,
        vault,
        action=Action.ERASURE_REPLAYED,
        people=[erased.person_id],
        accessor=None,
        reason=Reason(Purpose.REQUEST, f"request {erased.request_id}"),
        scope={"request": erased.request_id, "logged": stone.position, **erased.scope},
        count=removed.captures,
    )
