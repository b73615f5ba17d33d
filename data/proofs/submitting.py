"""Submitting checkpoints to witnesses (c2sp.org/tlog-witness): ask, and keep what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

import httpx2
from sqlalchemy.orm import Session

from data import instants
from data.accesses import tree
from data.database import Database
from data.errors import BadInput, NotFound
from data.proofs import publishing, witnesses
from data.proofs.publishing import Published
from data.proofs.witnesses import ALARMS, Trouble, WitnessState
from data.settings import Witness
from data.tlog import checkpoint, submission
from data.tlog.submission import SIZE_TYPE, Submission

EVERY = 5.0  # seconds between two submissions at least; under load there is a new checkpoint every few seconds
FRESH = 10 * instants.MINUTE  # the same checkpoint is cosigned again after this, to know that the witness is there
PATIENCE = 5 * instants.MINUTE  # at most until a witness in trouble is asked again
_TIMEOUT = httpx2.Timeout(5.0)
_MOST_BYTES = 64 * 1024
_TRIES = 3  # each 409 names the size to go on from; a witness that names another each time is none

_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reply:
    """What came back: the status, the media type and the text."""

    status: int
    kind: str
    text: str


# Sends the body of an add-checkpoint request to an address; raises httpx2.HTTPError when there is no answer.
Post = Callable[[str, bytes], Reply]


def keep_up(database: Database, witness: Witness) -> Trouble | None:
    """Submit the newest checkpoint when `witness` has not cosigned it, or not lately; what the worker does again and
    again. Raises as `submit`."""
    with database.reading() as session:
        (state,) = witnesses.state(session, [witness])
        newest = publishing.newest(session)
    if newest is None or not is_due(state, instants.now()):
        return None
    with httpx2.Client(timeout=_TIMEOUT, follow_redirects=False) as client:
        trouble = submit(database, witness, lambda url, body: _post(client, url, body))
    if trouble is not None and trouble is not state.problem:
        _logger.warning("The witness %s did not cosign: %s", witness.name, trouble.value)
    return trouble


def submit(database: Database, witness: Witness, post: Post) -> Trouble | None:
    """Have `witness` cosign the newest checkpoint and keep what came of it; None when it did or nothing was signed yet.

    No transaction is open while the witness is asked.
    """
    with database.reading() as session:
        known = witnesses.last_size(session, witness.vkey)
        asked = _prepared(session, known)
    if asked is None:
        return None
    published, known, body = asked
    trouble: Trouble | None = Trouble.NOT_UNDERSTOOD
    reply: Reply | None = None
    for _ in range(_TRIES):
        try:
            reply = post(f"{witness.url}/add-checkpoint", body)
        except httpx2.HTTPError:
            return _ended(database, witness, Trouble.UNREACHABLE)
        named = _size_named(reply)
        if named is None or named == known:
            break
        with database.reading() as session:
            # Read anew: another process may have published and submitted meanwhile.
            asked = _prepared(session, named)
        if asked is None or asked[1] != named:
            return _ended(database, witness, Trouble.SHORTER, published, named)
        published, known, body = asked
    if reply is None:
        return _ended(database, witness, trouble)
    if reply.status == 200:
        with database.writing() as session:
            trouble = witnesses.keep(session, witness, published, reply.text)
            witnesses.prune(session, witness.vkey)
            witnesses.remember(session, witness, trouble)
        return trouble
    return _ended(database, witness, _meaning(reply), published, known)


def _prepared(session: Session, known: int) -> tuple[Published, int, bytes] | None:
    """The newest checkpoint, the size to submit it from and the request; from 0 when it is smaller than `known`."""
    published = publishing.newest(session)
    if published is None:
        return None
    if known > published.size:
        known = 0
    try:
        proof = tree.consistency(session, known, published.size)
    except NotFound:
        known, proof = 0, ()
    return published, known, submission.write(Submission(known, proof, published.note))


def _meaning(reply: Reply) -> Trouble:
    """What an answer other than a cosignature or another size means."""
    if reply.status in (409, 422):
        return Trouble.REFUSED
    if reply.status in (403, 404):
        return Trouble.NOT_TRUSTED
    return Trouble.UNREACHABLE if reply.status >= 500 else Trouble.NOT_UNDERSTOOD


def _size_named(reply: Reply) -> int | None:
    """The size that a 409 says the witness knows; None for any other answer."""
    if reply.status != 409 or reply.kind != SIZE_TYPE or not reply.text.endswith("\n"):
        return None
    try:
        return checkpoint.parse_size(reply.text[:-1])
    except BadInput:
        return None


def _ended(
    database: Database, witness: Witness, trouble: Trouble, published: Published | None = None, known: int = 0
) -> Trouble:
    with database.writing() as session:
        witnesses.remember(session, witness, trouble)
        if published is not None and trouble in ALARMS:
            witnesses.raise_alarm(session, witness, trouble, published, known)
    return trouble


def is_due(state: WitnessState, now: int) -> bool:
    """New entries, or nothing heard for long; while there is trouble, after a time that grows with it."""
    if state.tried_at is not None and state.problem is not None:
        waited = state.tried_at - (state.since or state.tried_at)
        return instants.over(state.tried_at, min(waited, PATIENCE), now)
    # The cosignature names the moment by the witness's clock, which may be ahead of the one here.
    heard = state.last_at if state.last_at is None or state.last_at <= now else state.tried_at
    return state.behind > 0 or heard is None or instants.over(heard, FRESH, now)


def _post(client: httpx2.Client, url: str, body: bytes) -> Reply:
    with client.stream("POST", url, content=body) as response:
        text = bytearray()
        for piece in response.iter_bytes():
            text += piece
            if len(text) > _MOST_BYTES:
                break
        kind = response.headers.get("content-type", "")
        return Reply(response.status_code, kind, bytes(text[:_MOST_BYTES]).decode(errors="replace"))
