"""Epochs: everything that the keyring wraps, wrapped anew under a new epoch, and the older ones destroyed.

Afterwards the keyring of today opens nothing of a copy of the database from before: not what was erased since, and
nothing else either. That is what keeps a restored backup from undoing an erasure, and why a new backup is due then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from data.accesses import keys as access_keys
from data.accesses import log
from data.accesses.entry import Action
from data.captures import quarantine, refusals
from data.copies import consumer, snapshot, tasks
from data.database import Database, lock
from data.people.permissions import Permission, require
from data.people.viewer import Viewer
from data.programme import rules, unpromised
from data.rights import keys as rights_keys
from data.sealing import epochs
from data.sealing import keys as person_keys
from data.sealing.vault import EPOCH, Vault

# All that wraps something with the keyring. What is missing here keeps its epoch alive.
_WRAPPING: tuple[Callable[[Session, Vault], None], ...] = (
    person_keys.rewrap,
    access_keys.rewrap,
    rights_keys.rewrap,
    refusals.rewrap,
    quarantine.rewrap,
    rules.rewrap,
    unpromised.rewrap,
    consumer.rewrap,
    snapshot.rewrap,
    tasks.rewrap,
)


@dataclass(frozen=True)
class Turned:
    """The epoch that everything is under now, and those that were destroyed."""

    epoch: int
    destroyed: tuple[int, ...]


def turn(database: Database, vault: Vault, viewer: Viewer) -> Turned:
    """Begin a new epoch, wrap everything under it in one transaction, then destroy the older ones. Logged.

    Permission RUN_STEPS. A crash before the transaction leaves the older epoch valid, and one after it two; turning
    again ends with one either way.
    """
    require(viewer, Permission.RUN_STEPS)
    vault.keyring.turn()
    with database.writing() as session:
        # Whoever wrapped under an older epoch has committed now, and nobody wraps until this has.
        lock(session, EPOCH)
        for rewrap in _WRAPPING:
            rewrap(session, vault)
        log.append(
            session, vault, action=Action.KEYS_TURNED, people=[], accessor=viewer, reason=None, scope={}, count=0
        )
        oldest = min(epochs.used(session))
    gone = tuple(epoch for epoch in vault.keyring.epochs() if epoch < oldest)
    for epoch in gone:
        vault.keyring.destroy(epoch)
    return Turned(oldest, gone)
