"""The proof of every look at the person's data, as files that verify.py checks offline, one a look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from data.accesses.tables import HISTORY, EntryRow, is_access
from data.errors import NotFound
from data.people.viewer import Viewer
from data.proofs import publishing, receipt, verify
from data.proofs.anchor import Anchor
from data.rights.export import pieces
from data.rights.export.pieces import RECEIPTS, File, Piece, Progress, Round, Source
from data.rights.export.zipped import Zip

VERIFIER_FILE = "verify.py"


def receipts(source: Source, progress: Progress, viewer: Viewer, anchor: Anchor | None) -> Iterator[Round]:
    """A receipt of every look at the person's data so far, or why there is none. `viewer` is that person; the log is
    signed first.

    Raises Conflict when the log cannot be published.
    """
    with source.database.reading() as session:
        signed = publishing.newest(session)
        is_signed = all(signed and one < signed.size for one in _positions(session, source.person_id))
    if not is_signed:
        # Only then: a process that is killed here again and again still comes further each time.
        with source.database.writing() as session:
            signed = publishing.publish(session, source.vault, anchor)
    size = signed.size if signed else 0
    with source.database.reading() as session:
        waiting = [one for one in _positions(session, source.person_id) if progress.last_receipt < one < size]
        while waiting:
            writer = Zip(progress.stamp, progress.writers[RECEIPTS])
            body, files = bytearray(), list[File]()
            while waiting and len(body) < pieces.BYTES:
                position = waiting.pop(0)
                named, proof = _proof(session, source, viewer, anchor, position)
                data, ended = pieces.file(writer, named, proof, packed=True)
                body += data
                files += ended
                progress = replace(progress, last_receipt=position)
            number = progress.numbers[RECEIPTS]
            progress = pieces.moved(progress, RECEIPTS, writer)
            yield (Piece(RECEIPTS, number, bytes(body), tuple(files)),), progress


def verifier() -> tuple[str, bytes]:
    """The program that receipts are checked with. The person's key to their tags is not beside it: an officer may take
    a copy too, and the key is for its person alone."""
    return VERIFIER_FILE, Path(verify.__file__).read_bytes()


def _proof(session: Session, source: Source, viewer: Viewer, anchor: Anchor | None, position: int) -> tuple[str, bytes]:
    """The file with the receipt of the look at `position`, or with why there is none: a row that somebody altered keeps
    nobody from their copy."""
    try:
        found = receipt.receipt(session, viewer, source.vault, anchor, source.person_id, position)
    except NotFound as missing:
        return f"{pieces.RECEIPT}{position}{pieces.UNPROVEN}", f"no receipt could be made: {missing}\n".encode()
    return f"{pieces.RECEIPT}{position}.json", found.as_json()


def _positions(session: Session, person_id: int) -> list[int]:
    query = (
        select(HISTORY.c.position)
        .join(EntryRow, EntryRow.position == HISTORY.c.position)
        .where(HISTORY.c.person_id == person_id, is_access())
    )
    return sorted(session.scalars(query))
