"""Spill: what does not fit in memory during an import, in an unnamed temporary file, sealed under a key that is
only ever in memory."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from types import TracebackType

from data.sealing import envelope


@dataclass(frozen=True)
class Place:
    """Where a piece of the spill stands, in bytes."""

    start: int
    size: int


class Spill:
    """Pieces of bytes, written once and read in any order until the `with` block ends."""

    def __init__(self) -> None:
        self._key = envelope.new_key()
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self._size = 0

    def __enter__(self) -> Spill:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._file.close()

    def put(self, piece: bytes) -> Place:
        """Keep a piece; returns where."""
        place = Place(self._size, len(sealed := envelope.seal(self._key, piece, self._size.to_bytes(8, "big"))))
        self._file.seek(place.start)
        self._file.write(sealed)
        self._size += place.size
        return place

    def get(self, place: Place) -> bytes:
        """The piece at `place`."""
        self._file.seek(place.start)
        return envelope.unseal(self._key, self._file.read(place.size), place.start.to_bytes(8, "big"))
