"""A holder confirms what it did with a copy: a signed message, checked before anything of it is believed.

It signs "TIMESTAMP.TASK." and the body, so a message is good for one task, for a few minutes, and only once, because a
task that is closed takes no other outcome.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy.orm import Session

from data import instants
from data.copies import consumer, tasks
from data.copies.consumer import Algorithm
from data.copies.tables import ConsumerRow, CopyRow, CopyTaskRow
from data.copies.tasks import Outcome, Task
from data.errors import BadInput, NotAllowed, NotFound
from data.sealing.vault import Vault

MOST = 16_384  # bytes of a message
FRESH = 5 * instants.MINUTE


@dataclass(frozen=True)
class Signed:
    """A message as it arrived: which task, when it says it was signed (seconds since 1970), by what, and the body."""

    task: str
    timestamp: str
    signature: str
    body: bytes


def confirm(session: Session, vault: Vault, message: Signed) -> Task:
    """Believe a holder what came of its task. The body is JSON: {"task", "outcome": "done" or "impossible", "digest",
    "reason"}.

    Raises NotAllowed, in the same words whether the task, its key, its time or its signature is wrong; BadInput for a
    body that says nothing, Conflict when the task is closed already.
    """
    row, holder = _row(session, message.task)
    if row is None or holder is None or not _is_fresh(message.timestamp) or not _is_signed(vault, holder, message):
        raise NotAllowed("This message is not signed by whoever holds the copy, or not now; nothing was changed.")
    said = _said(message)
    return tasks.close(
        session,
        vault,
        row,
        Outcome(said["outcome"]),
        reason=said.get("reason", ""),
        digest=said.get("digest", ""),
        by=holder.name,
        viewer=None,
    )


def _row(session: Session, name: str) -> tuple[CopyTaskRow | None, ConsumerRow | None]:
    try:
        row = tasks.find(session, name)
    except NotFound:
        return None, None
    copy = session.get_one(CopyRow, row.copy_id)
    return row, None if copy.consumer_id is None else session.get(ConsumerRow, copy.consumer_id)


def _is_fresh(timestamp: str) -> bool:
    if not timestamp.isascii() or not timestamp.isdecimal() or len(timestamp) > 12:
        return False
    return abs(instants.now() - int(timestamp) * instants.SECOND) <= FRESH


def _is_signed(vault: Vault, holder: ConsumerRow, message: Signed) -> bool:
    content = f"{message.timestamp}.{message.task}.".encode() + message.body
    key = consumer.key(vault, holder)
    if holder.algorithm == Algorithm.HMAC:
        wanted = hmac.digest(key, content, hashlib.sha256).hex()
        return hmac.compare_digest(wanted.encode(), message.signature.encode())
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(message.signature, validate=True), content)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _said(message: Signed) -> dict[str, Any]:
    try:
        found = json.loads(message.body)
    except ValueError:
        found = None
    texts = isinstance(found, dict) and all(isinstance(one, str) for one in found.values())
    if not isinstance(found, dict) or not texts or found.get("outcome") not in (Outcome.DONE, Outcome.IMPOSSIBLE):
        raise BadInput('A confirmation is JSON with texts: {"task", "outcome": "done" or "impossible", "digest"}.')
    if found.get("task") != message.task:
        raise BadInput("The body names another task than the header; nothing was changed.")
    if found["outcome"] == Outcome.DONE and not found.get("digest", "").strip():
        raise BadInput("What was erased is confirmed with the digest of what is left of the copy.")
    return found
