"""What a log sends to a witness (c2sp.org/tlog-witness, add-checkpoint), written and read. Pure.

old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q...
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from data.errors import BadInput
from data.tlog import checkpoint, note

LONGEST_PROOF = 63  # hashes
SIZE_TYPE = "text/x.tlog.size"
_OLD = "old "


@dataclass(frozen=True)
class Submission:
    """The size the log believes the witness to know, the consistency proof from there, and the signed note."""

    old: int
    proof: tuple[bytes, ...]
    note: str


def write(submission: Submission) -> bytes:
    """The body of the request."""
    proof = "".join(f"{b64encode(one).decode()}\n" for one in submission.proof)
    return f"{_OLD}{submission.old}\n{proof}\n{submission.note}".encode()


def parse(body: bytes) -> Submission:
    """The request that a body holds, its note not opened. BadInput naming the line that is not as it should be."""
    try:
        head, found, signed = body.decode().partition("\n\n")
    except UnicodeError:
        raise BadInput("The request is not UTF-8.") from None
    first, *proof = head.split("\n")
    if not found or not first.startswith(_OLD):
        raise BadInput("The request has to begin with 'old SIZE', then proof lines, an empty line and the checkpoint.")
    if len(proof) > LONGEST_PROOF:
        raise BadInput(f"The proof has {len(proof)} lines; no proof is longer than {LONGEST_PROOF}.")
    hashes = tuple(note.decode(line) for line in proof)
    if any(len(one) != 32 for one in hashes):
        raise BadInput("A line of the proof does not hold 32 bytes.")
    return Submission(checkpoint.parse_size(first.removeprefix(_OLD)), hashes, signed)
