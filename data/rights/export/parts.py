"""The sealed pieces of an export. No plain byte of it is ever on disk: each piece is sealed before it is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from data import instants
from data.errors import Unreadable
from data.sealing import envelope
from data.sealing.durable import TEMPORARY
from data.sealing.vault import Vault

FOLDER = "exports"
DIRECT = "direct-"  # in the name of an export that no request asked for; the instant it began comes next


@dataclass(frozen=True)
class Part:
    """One piece: its place in the archive (stream, number), the object it is in, and its size unsealed, in bytes."""

    stream: int
    number: int
    object: str
    size: int


@dataclass(frozen=True)
class Parts:
    """Where the pieces of one export go. `name` is its folder, `key` opens them and nothing else does."""

    vault: Vault
    name: str
    key: bytes = field(repr=False)

    def put(self, stream: int, number: int, data: bytes) -> Part:
        """Seal and keep a piece; the same place again replaces what a crash left there."""
        target = f"{FOLDER}/{self.name}/{stream:02d}-{number:06d}"
        self.vault.objects.put(target, envelope.seal(self.key, data, self._binding(stream, number)))
        return Part(stream, number, target, len(data))

    def get(self, part: Part) -> bytes:
        """The piece as it was put. Raises Unreadable when it was altered, moved, or removed."""
        found = envelope.unseal(self.key, self.vault.objects.get(part.object), self._binding(part.stream, part.number))
        if len(found) != part.size:
            raise Unreadable(f"A piece of the export ({part.object}) has another size than it was made with.")
        return found

    def stream(self, parts: Sequence[Part]) -> Iterator[bytes]:
        """The archive, a piece at a time, in order."""
        for part in sorted(parts, key=lambda one: (one.stream, one.number)):
            yield self.get(part)

    def between(self, parts: Sequence[Part], start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end) of the streams, a piece at a time."""
        place = 0
        for part in sorted(parts, key=lambda one: (one.stream, one.number)):
            if place < end and place + part.size > start:
                data = self.get(part)
                yield data[max(start - place, 0) : end - place]
            place += part.size

    def _binding(self, stream: int, number: int) -> bytes:
        return self.vault.binding("export", name=self.name, stream=stream, number=number)


def remove(vault: Vault, name: str) -> int:
    """Delete every object of an export, also those a crash left unrecorded; returns how many there were."""
    found = vault.objects.list(f"{FOLDER}/{name}")
    for one in found:
        vault.objects.delete(one)
    return len(found)


def sweep(vault: Vault, name: str) -> int:
    """Delete what writes that were cut off left of an export that goes on; returns how many. Nobody else may be
    writing to it."""
    found = [one for one in vault.objects.list(f"{FOLDER}/{name}") if one.rpartition("/")[2].startswith(TEMPORARY)]
    for one in found:
        vault.objects.delete(one)
    return len(found)


def is_left_over(name: str, now: int) -> bool:
    """Whether `name` is of an export that no request asked for and that nobody can still be writing.

    None takes a day. What was killed in it left pieces that nothing opens, as their key was in its memory only.
    """
    began = name.removeprefix(DIRECT).partition("-")[0]
    return name.startswith(DIRECT) and (not began.isdecimal() or instants.over(int(began), instants.DAY, now))
