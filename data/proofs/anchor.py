"""The anchor: the newest checkpoint this machine has signed, in a file outside of the database.

A database that was put back to an older state, or whose history was written anew, does not lead to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from data.errors import BadInput, Unreadable, Unwritable
from data.sealing import durable
from data.tlog import checkpoint, note
from data.tlog.checkpoint import Checkpoint


@dataclass(frozen=True)
class Anchor:
    """A file beside the keyring that holds one signed checkpoint."""

    path: Path

    def read(self) -> Checkpoint | None:
        """The checkpoint kept, or None when none ever was. Raises Unreadable when the file is no checkpoint."""
        try:
            return checkpoint.parse(note.split(self.path.read_bytes())[0])
        except FileNotFoundError:
            return None
        except BadInput:
            raise Unreadable(
                f"{self.path} does not hold the log's newest checkpoint as it was written; put a copy of it back."
            ) from None

    def keep(self, signed: str) -> None:
        """Keep a checkpoint that leads on from the one kept: the file is replaced whole, or not at all.

        Raises Unwritable where that fails: the next call makes up for it.
        """
        kept = self.read()
        if kept is None or checkpoint.parse(note.split(signed)[0]).size > kept.size:
            try:
                durable.write(self.path, signed.encode())
            except OSError as error:
                raise Unwritable(
                    f"{self.path}, the proof of the log's newest checkpoint, cannot be written: {error.strerror}; "
                    "make room on that disk, or replace it."
                ) from error
