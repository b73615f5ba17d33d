"""Publishing: the entries since the last time are taken into the tree, and its head is signed as a checkpoint.

What was published once cannot be changed without somebody who kept a checkpoint noticing. The log's own key signs
nothing that does not lead on from what it signed before.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from data import instants
from data.accesses import keys, log, tree
from data.accesses.tables import CheckpointRow, EntryRow
from data.database import Database, lock
from data.errors import BadInput, Conflict, NotFound
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from data.tlog import checkpoint, note
from data.tlog.checkpoint import Checkpoint
from data.tlog.note import Signer, Verifier


@dataclass(frozen=True)
class Published:
    """A signed head of the log: `size` entries, their tree's `root`, when it was signed, and the signed note."""

    size: int
    root: bytes
    signed_at: int
    note: str

    @staticmethod
    def of(row: CheckpointRow) -> Published:
        """A checkpoint as it is stored; whether it is the log's is still to be asked (`is_signed`)."""
        return Published(row.size, row.root, row.signed_at, row.note)


def publish(session: Session, vault: Vault, anchor: Anchor | None = None) -> Published | None:
    """Sign the present head of the log when it is newer than the last one signed; the newest checkpoint, or None
    while nothing was ever logged. In the caller's writing transaction; `run` also keeps the anchor.

    Raises Conflict when the history no longer leads to what was signed before, and signs nothing then.
    """
    lock(session, log.LOCK)
    last = newest(session)
    require_signed(session, vault, last)
    if last is not None and not _is_longer(session, last.size):
        return last
    size = tree.grow(session)
    if size == 0:
        return None
    if last is not None:
        _require(session, Checkpoint("", last.size, last.root), "the checkpoint in the database")
    if anchor is not None and (kept := anchor.read()) is not None:
        _require(session, kept, "the checkpoint in the file beside the keyring")
    signed_at, root = instants.now(), tree.root(session, size)
    signer = _signer(session, vault)
    signed = note.sign(checkpoint.text(Checkpoint(signer.name, size, root)), [signer])
    session.add(CheckpointRow(size=size, root=root, signed_at=signed_at, note=signed))
    session.flush()
    return Published(size, root, signed_at, signed)


def run(database: Database, vault: Vault, anchor: Anchor) -> Published | None:
    """Publish in a transaction of its own and keep the anchor, as the worker does every few seconds.

    Raises Conflict as `publish` does, also where there is nothing new to sign: a database may have been put back,
    and what was signed since without the anchor must not replace it.
    """
    kept = anchor.read()
    with database.reading() as session:
        last = newest(session)
        require_signed(session, vault, last)
        if kept is not None and (last is None or (kept.size, kept.root) != (last.size, last.root)):
            _require(session, kept, "the checkpoint in the file beside the keyring")
        published = last if last is not None and not _is_longer(session, last.size) else None
    if published is None:
        with database.writing() as session:
            published = publish(session, vault, anchor)
    if published is not None:
        anchor.keep(published.note)
    return published


def newest(session: Session) -> Published | None:
    """The newest checkpoint, or None when none was signed yet."""
    row = session.scalars(select(CheckpointRow).order_by(CheckpointRow.size.desc()).limit(1)).one_or_none()
    return None if row is None else Published.of(row)


def check(database: Database, anchor: Anchor) -> None:
    """Raise Conflict when the database does not lead to the checkpoint in the anchor: it was put back to an older
    state, or its history was written anew."""
    kept = anchor.read()
    if kept is not None:
        with database.reading() as session:
            _require(session, kept, "the checkpoint in the file beside the keyring")


def verifier_key(session: Session, vault: Vault) -> str | None:
    """The line that others need to check this log's checkpoints (`name+hash+base64`); None while it has no key."""
    log_keys = keys.find(session, vault)
    return None if log_keys is None else Signer(origin(vault), log_keys.signing).vkey


def origin(vault: Vault) -> str:
    """The log's name, the same for as long as the store exists."""
    return f"daylight/{vault.keyring.store}"


def require_signed(session: Session, vault: Vault, last: Published | None) -> None:
    """Raise Conflict when a checkpoint of the database is somebody else's: whoever can write the database needs no key
    to put a row there, and what is signed next would follow it."""
    key = verifier_key(session, vault)
    if last is not None and (key is None or not is_signed(Verifier.parse(key), last)):
        raise Conflict(
            f"The checkpoint of {last.size} entries in the database is not signed by this log's key: somebody put it"
            " there; run `python -m data log check`, and tell the auditor."
        )


def _signer(session: Session, vault: Vault) -> Signer:
    return Signer(origin(vault), keys.make(session, vault).signing)


def _is_longer(session: Session, size: int) -> bool:
    return session.scalar(select(EntryRow.position).where(EntryRow.position >= size).limit(1)) is not None


def is_signed(verifier: Verifier, published: Published) -> bool:
    """Whether a checkpoint's note is signed by the log's key and says what its row says."""
    try:
        told = checkpoint.parse(note.open_note(published.note, [verifier]).text)
    except BadInput:
        return False
    return (told.origin, told.size, told.root) == (verifier.name, published.size, published.root)


def _require(session: Session, signed: Checkpoint, where: str) -> None:
    """Raise Conflict unless the tree begins with what was signed."""
    try:
        leads = tree.root(session, signed.size) == signed.root
    except NotFound:
        leads = False
    if not leads:
        raise Conflict(
            f"The access log does not lead to {where} ({signed.size} entries): the database was put back to an older"
            " state, or its history was changed; restore the newest backup, and tell the auditor."
        )
