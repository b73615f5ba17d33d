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
from data.tlog.note import Verifier


@dataclass(frozen=True)
class Anchor:
    """A file beside the keyring that holds one signed checkpoint."""

    path: Path

    def read(self, verifier: Verifier | None) -> Checkpoint | None:
        """The checkpoint kept, or None when there is no file. Raises Unreadable when the file cannot be read, or is
        no checkpoint that `verifier`, the log's key, has signed (None: the log has no key, so nothing tells)."""
        text = self._text()
        if text is None:
            return None
        try:
            told = checkpoint.parse(note.split(text)[0] if verifier is None else note.open_note(text, [verifier]).text)
        except BadInput:
            told = None
        if told is None or (verifier is not None and told.origin != verifier.name):
            raise Unreadable(
                f"{self.path} does not hold the log's newest checkpoint as this log signed it; put a copy of it back,"
                " or run `python -m data log accept`, which everybody reads."
            )
        return told

    def keep(self, signed: str) -> None:
        """Keep a checkpoint that leads on from the one kept: the file is replaced whole, or not at all.

        Raises Unreadable as `read` does, and Unwritable where that fails: the next call makes up for it.
        """
        kept = self.read(None)
        if kept is None or checkpoint.parse(note.split(signed)[0]).size > kept.size:
            self._write(signed)

    def replace(self, signed: str) -> None:
        """Keep a checkpoint whatever is kept: for whoever accepts a log that does not lead to it. What was kept stays
        beside it, as evidence. Raises Unwritable."""
        if self.path.exists():
            number = 1
            while (aside := self.path.with_name(f"{self.path.name}.{number}")).exists():
                number += 1
            self.path.rename(aside)
        self._write(signed)

    def _text(self) -> str | None:
        try:
            return self.path.read_bytes().decode()
        except FileNotFoundError:
            return None
        except (OSError, UnicodeDecodeError):
            return ""  # is no checkpoint, either

    def _write(self, signed: str) -> None:
        try:
            durable.write(self.path, signed.encode())
        except OSError as error:
            raise Unwritable(
                f"{self.path}, the proof of the log's newest checkpoint, cannot be written: {error.strerror}; "
                "make room on that disk, or replace it."
            ) from error
