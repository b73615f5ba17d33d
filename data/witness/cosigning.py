"""The witness's one decision (c2sp.org/tlog-witness, add-checkpoint): cosign what extends what it knows."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from data.errors import BadInput
from data.tlog import checkpoint, merkle, note, submission
from data.tlog.checkpoint import Checkpoint
from data.tlog.cosignature import Cosigner
from data.tlog.submission import Submission
from data.witness import record
from data.witness.record import Doubt, Head, Refusal


@dataclass(frozen=True)
class Answer:
    """An HTTP status, the body, and whether the body is a size (`text/x.tlog.size`) instead of text."""

    status: HTTPStatus
    text: str
    is_size: bool = False


def add_checkpoint(folder: Path, cosigner: Cosigner, body: bytes, seconds: int) -> Answer:
    """Answer one request; `seconds` is the present since 1970-01-01 UTC.

    What is known, the check and the new head are one transaction, which is on the disk before the cosignature leaves:
    of any two heads this key ever cosigns for a log, the larger extends the smaller.
    """
    try:
        asked = submission.parse(body)
        text, _ = note.split(asked.note)
        head = checkpoint.parse(text)
    except BadInput as error:
        return _says(HTTPStatus.BAD_REQUEST, str(error))
    with record.opened(folder) as connection:
        verifier = record.verifier_of(connection, head.origin)
        if verifier is None:
            return _says(HTTPStatus.NOT_FOUND, f"This witness was not told to trust {head.origin}.")
        try:
            note.open_note(asked.note, [verifier])
        except BadInput as error:
            return _says(HTTPStatus.FORBIDDEN, str(error))
        if asked.old > head.size:
            sentence = f"The old size {asked.old} is larger than the checkpoint's, which is {head.size}."
            return _says(HTTPStatus.BAD_REQUEST, sentence)
        return _decide(connection, cosigner, asked, text, head, seconds)


def _decide(
    connection: sqlite3.Connection, cosigner: Cosigner, asked: Submission, text: str, head: Checkpoint, seconds: int
) -> Answer:
    known = record.newest(connection, head.origin)
    size, root = (known.size, known.root) if known else (0, merkle.EMPTY)
    extends = merkle.is_consistent(size, root, head.size, head.root, asked.proof)
    if known:
        _remember_doubt(connection, asked, head, known, extends, seconds)
    if asked.old != size:
        return Answer(HTTPStatus.CONFLICT, f"{size}\n", is_size=True)
    if head.size == size and head.root != root:
        return _says(HTTPStatus.CONFLICT, f"This witness knows another root for size {size} of {head.origin}.")
    if not extends:
        sentence = f"The proof does not show that the log of {head.size} entries extends the one of {size}."
        return _says(HTTPStatus.UNPROCESSABLE_ENTITY, sentence)
    # A clock that goes back must not make the witness say that an earlier head was the newest at a later time.
    seconds = max(seconds, known.seconds if known else 0)
    record.keep(connection, head.origin, Head(head.size, head.root, asked.note, seconds))
    return Answer(HTTPStatus.OK, cosigner.cosign(text, seconds).line)


def _remember_doubt(
    connection: sqlite3.Connection, asked: Submission, head: Checkpoint, known: Head, extends: bool, seconds: int
) -> None:
    """Keep what a signed head says against its log, whatever else the answer will be."""
    same = record.at(connection, head.origin, head.size)
    if same is not None:
        doubt = Doubt.FORK if same.root != head.root else None
    elif head.size < known.size:
        doubt = Doubt.OLDER
    else:
        doubt = Doubt.BROKEN if asked.old == known.size and not extends else None
    if doubt is None:
        return
    held = same or known
    refused = Refusal(head.origin, doubt, head.size, head.root, asked.note, held.size, held.note, seconds, seconds, 1)
    record.refuse(connection, refused)


def _says(status: HTTPStatus, sentence: str) -> Answer:
    return Answer(status, sentence + "\n")
