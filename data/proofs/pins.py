"""Pins: the checkpoint that somebody saw last. The next one they see must lead on from it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from data import instants
from data.accesses import tree
from data.accesses.tables import PinRow
from data.database import insert
from data.errors import NotFound
from data.people.viewer import Viewer
from data.proofs import publishing
from data.proofs.publishing import Published
from data.sealing.vault import Vault


@dataclass(frozen=True)
class Pin:
    """What somebody saw last: `size` entries with `root`, `seen_at` microseconds UTC; whether the log still `leads_on`
    from it, and whether there is a newer checkpoint to pin (`is_behind`)."""

    size: int
    root: bytes
    seen_at: int
    leads_on: bool
    is_behind: bool


def find(session: Session, viewer: Viewer, published: Published | None) -> Pin | None:
    """The viewer's pin, held against the newest checkpoint; None when they never saw one."""
    row = None if viewer.person_id is None else session.get(PinRow, viewer.person_id)
    if row is None:
        return None
    try:
        leads_on = published is not None and tree.root(session, row.size) == row.root
    except NotFound:
        leads_on = False
    return Pin(row.size, row.root, row.seen_at, leads_on, published is not None and published.size != row.size)


def keep(session: Session, viewer: Viewer, vault: Vault, published: Published) -> None:
    """Pin what the viewer sees now, where it is the log's own word: signed by its key, and the root of its entries.
    A pin from which the log does not lead on is kept as it is: it is the evidence."""
    found = find(session, viewer, published)
    if viewer.person_id is None or (found is not None and not found.leads_on):
        return
    if not _is_the_logs(session, vault, published):
        return
    seen = {"size": published.size, "root": published.root, "seen_at": instants.now()}
    row = insert(session, PinRow).values(person_id=viewer.person_id, **seen)
    session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=seen))


def _is_the_logs(session: Session, vault: Vault, published: Published) -> bool:
    verifier = publishing.verifier(session, vault)
    try:
        root = tree.root(session, published.size)
    except NotFound:
        return False
    return verifier is not None and root == published.root and publishing.is_signed(verifier, published)
