"""The archives of an export: one, or where that would be too large several, each a ZIP file that opens by itself.

Each holds whole files that follow each other in the streams, and a directory of its own. The first also holds the index
and the lists, and says what is in the others.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import accumulate
from typing import Any

from data.rights.export import pieces
from data.rights.export.parts import Part, Parts
from data.rights.export.pieces import REST, File, Piece
from data.rights.export.zipped import Entry, Zip

_NONE = hashlib.sha256().hexdigest()


@dataclass(frozen=True)
class Volume:
    """One archive: the bytes [start, end) of the streams and what closes it, `size` bytes in all with this SHA-256."""

    start: int
    end: int
    size: int = 0
    sha256: str = _NONE

    def as_json(self) -> dict[str, Any]:
        """A JSON object from which it can be made again."""
        return asdict(self)


@dataclass(frozen=True)
class Cut:
    """What of the streams is to be one archive, and the files in it, placed from its first byte."""

    start: int
    end: int
    files: tuple[File, ...] = field(repr=False)

    @property
    def entries(self) -> list[Entry]:
        """Its files as a directory lists them."""
        return [file.entry for file in self.files]


def sizes(made: Iterable[Part]) -> list[int]:
    """The bytes of each stream."""
    found = Counter[int]()
    for part in made:
        found[part.stream] += part.size
    return [found[stream] for stream in pieces.STREAMS]


def cut(files: Sequence[File], sizes: Sequence[int], most: int) -> list[Cut]:
    """The streams (of these sizes) as archives of at most `most` bytes. A file that is larger is one by itself."""
    base = _begins(sizes)
    placed = [(base[pieces.stream_of(file)] + file.entry.offset, file) for file in files]
    placed.sort(key=lambda one: one[0])
    ends = [*(start for start, _ in placed), base[REST]][1:]
    found, begin, held = list[Cut](), 0, list[File]()
    for (start, file), end in zip(placed, ends, strict=True):
        if held and end - begin > pieces.room(most):
            found.append(Cut(begin, start, tuple(held)))
            begin, held = start, []
        held.append(replace(file, entry=replace(file.entry, offset=start - begin)))
    return [*found, Cut(begin, base[REST], tuple(held))]


def others(
    box: Parts, made: Sequence[Part], cuts: Sequence[Cut], stamp: tuple[int, int], alive: Callable[[], None]
) -> Iterator[tuple[Piece, Volume]]:
    """Every archive but the first: the piece that closes it, and itself. `alive` is called after each."""
    for number, one in enumerate(cuts[1:], 1):
        writer = Zip(stamp)
        writer.offset = one.end - one.start
        yield _closed(one, number, writer.finish(one.entries), (), summed(box, made, one))
        alive()


def first(
    one: Cut, stamp: tuple[int, int], documents: Iterable[tuple[str, bytes]], digest: Any
) -> tuple[Piece, Volume]:
    """The first archive: the piece with the documents and its directory, and itself. `digest` is what `summed` gave."""
    writer = Zip(stamp)
    writer.offset = one.end - one.start
    body, own = bytearray(), list[File]()
    for name, data in documents:
        packed, ended = pieces.file(writer, name, data, packed=True)
        body += packed
        own += ended
    body += writer.finish([*one.entries, *(file.entry for file in own)])
    return _closed(one, 0, bytes(body), tuple(own), digest)


def summed(box: Parts, made: Sequence[Part], one: Cut | Volume) -> Any:
    """The SHA-256 of an archive's part of the streams, to go on with."""
    digest = hashlib.sha256()
    for data in box.between(made, one.start, one.end):
        digest.update(data)
    return digest


def stream(box: Parts, made: Sequence[Part], found: Sequence[Volume], number: int) -> Iterator[bytes]:
    """The archive of that number (from 1), a piece at a time."""
    one = found[number - 1]
    yield from box.between(made, one.start, one.end)
    yield from box.stream([part for part in made if (part.stream, part.number) == (REST, number - 1)])


def name(whole: str, number: int, count: int) -> str:
    """The name of one archive of several: which of how many stands in it."""
    stem, _, ending = whole.rpartition(".")
    return whole if count == 1 else f"{stem or whole}-part-{number}-of-{count}.{ending if stem else 'zip'}"


def entries(found: Sequence[Volume], number: int, sizes: Sequence[int], files: Sequence[File]) -> list[Entry]:
    """The files of the archive of that number (from 1), placed from its first byte, in order."""
    one = found[number - 1]
    base = _begins(sizes)
    held = list[Entry]()
    for file in files:
        stream = pieces.stream_of(file)
        if stream == REST:
            held += [file.entry] if number == 1 else []
        elif one.start <= (start := base[stream] + file.entry.offset) < one.end:
            held.append(replace(file.entry, offset=start - one.start))
    return sorted(held, key=lambda entry: entry.offset)


def _begins(sizes: Sequence[int]) -> list[int]:
    """Where each stream begins when they stand one after the other, up to the last."""
    return list(accumulate(sizes[:REST], initial=0))


def _closed(one: Cut, number: int, body: bytes, files: tuple[File, ...], digest: Any) -> tuple[Piece, Volume]:
    digest.update(body)
    volume = Volume(one.start, one.end, one.end - one.start + len(body), digest.hexdigest())
    return Piece(REST, number, body, files), volume
