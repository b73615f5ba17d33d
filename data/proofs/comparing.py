"""Comparing what somebody kept with the log of today: whether it still begins with what they were shown.

They keep a checkpoint or a receipt outside; here it is held against the newest checkpoint by a consistency proof
(RFC 9162, section 2.1.4). verify.py --against does the same without this program.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from data.accesses import tree
from data.errors import BadInput, NotFound
from data.proofs import publishing, verify
from data.sealing.vault import Vault
from data.tlog import checkpoint, merkle, note
from data.tlog.note import Verifier

LONGEST = 1_000_000  # characters that are taken


class Verdict(StrEnum):
    """What the comparison shows."""

    LEADS_ON = "leads on"
    CHANGED = "changed"  # this log signed it, and the log of today does not begin with it
    SHORTER = "shorter"  # this log signed more entries than there are today
    UNSIGNED = "unsigned"  # not signed by this log's key: it is another log's, or was altered


@dataclass(frozen=True)
class Compared:
    """What was kept, `size` entries, held against `now` entries that are signed today; `hashes` is the length of the
    consistency proof that shows it, and `is_receipt` says that the one access in it is in the log as it was."""

    verdict: Verdict
    size: int = 0
    now: int = 0
    hashes: int = 0
    is_receipt: bool = False


def compare(session: Session, vault: Vault, kept: str) -> Compared:
    """Hold a checkpoint (a signed note) or a receipt (JSON) against the newest checkpoint. It names nobody, so whoever
    has one may ask. Raises BadInput when it is neither, NotFound while this log has signed nothing."""
    key, published = publishing.verifier(session, vault), publishing.newest(session)
    if key is None or published is None:
        raise NotFound("This log has signed nothing yet, so there is nothing to compare with.")
    is_receipt, signed = _note_of(kept, key)
    try:
        told = None if signed is None else checkpoint.parse(note.open_note(signed, [key]).text)
    except note.Unverified:
        told = None
    if told is None:
        return Compared(Verdict.UNSIGNED, now=published.size, is_receipt=is_receipt)
    if told.size > published.size:
        return Compared(Verdict.SHORTER, told.size, published.size, is_receipt=is_receipt)
    try:
        proof = tree.consistency(session, told.size, published.size)
    except NotFound:  # a tile is gone
        return Compared(Verdict.CHANGED, told.size, published.size, is_receipt=is_receipt)
    leads = publishing.is_signed(key, published) and merkle.is_consistent(
        told.size, told.root, published.size, published.root, proof
    )
    verdict = Verdict.LEADS_ON if leads else Verdict.CHANGED
    return Compared(verdict, told.size, published.size, len(proof), is_receipt)


def _note_of(kept: str, key: Verifier) -> tuple[bool, str | None]:
    """Whether it is a receipt, and the signed note in it; None of a receipt that does not hold under this key."""
    if len(kept) > LONGEST:
        raise BadInput(f"That is longer than {LONGEST:,} characters, so it is no checkpoint and no receipt.")
    # What a field of a form, or a mail, makes of line ends.
    text = "\n".join(line.rstrip("\r") for line in kept.strip().split("\n"))
    if not text.startswith("{"):
        return False, text + "\n"
    try:
        signed = json.loads(text)["checkpoint"]
        verify.verify(text, key=key.vkey)
    except verify.Wrong:
        return True, None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadInput("That is no receipt of Daylight; paste the whole file as you saved it.") from None
    return True, str(signed)
