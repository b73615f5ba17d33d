"""Checkpoints (c2sp.org/tlog-checkpoint v1): the head of a log at one size, as the text of a signed note. Pure.

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass

from data.errors import BadInput
from data.tlog import note

LARGEST = 2**63 - 1
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """A log's name (`origin`), how many leaves it has (`size`), their 32-byte tree hash (`root`), and further lines."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()


def text(checkpoint: Checkpoint) -> str:
    """The text to sign. BadInput when it could not be read back as it is."""
    lines = (
        checkpoint.origin,
        str(checkpoint.size),
        b64encode(checkpoint.root).decode(),
        *checkpoint.extensions,
    )
    written = "".join(f"{line}\n" for line in lines)
    if parse(written) != checkpoint:
        raise BadInput("A line of the checkpoint holds a newline.")
    return written


def parse(text: str) -> Checkpoint:
    """The checkpoint a note's text holds; BadInput naming the line that is not as the specification writes it."""
    note.check_text(text)
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise BadInput("A checkpoint has at least three lines and none is empty: its origin, its size and its root.")
    root = note.decode(lines[2])
    if len(root) != 32:
        raise BadInput(f"The root in line 3 of the checkpoint has {len(root)} bytes, not 32.")
    return Checkpoint(lines[0], parse_size(lines[1]), root, tuple(lines[3:]))


def parse_size(written: str) -> int:
    """A number of leaves in decimal, without sign, spaces or leading zeros, up to 2^63 - 1. BadInput otherwise."""
    if not _DECIMAL.fullmatch(written) or int(written) > LARGEST:
        raise BadInput(f"{written[:40]!r} is not a size: decimal digits without leading zeros, below 2^63.")
    return int(written)
