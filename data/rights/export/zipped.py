"""A ZIP file written piece by piece, whose state between two pieces is a small JSON object.

The standard library's writer keeps its state in memory; an export has to go on after a crash, in the middle
of an entry of many gigabytes. Source: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5 (ZIP64), RFC 1951 (deflate).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from isal import isal_zlib

_LEVEL = 1  # of isal, which packs 6 times as fast as zlib at its fastest, and smaller
_DEFLATED, _STORED = 8, 0
_UTF8, _SIZES_FOLLOW = 0x800, 0x8
_VERSION, _UNIX = 45, 3 << 8
_FULL = 0xFFFFFFFF
_ZIP64_EXTRA = 1
_MODE = 0o100644 << 16


@dataclass(frozen=True)
class Entry:
    """One file inside: where it begins, its CRC-32 and its sizes in bytes, plain and packed. Of one that is encrypted
    (WinZip's method 99) `inner` is the method below that."""

    name: str
    offset: int
    method: int
    flags: int
    crc: int = 0
    plain: int = 0
    packed: int = 0
    inner: int | None = None


class Zip:
    """A writer whose methods return the bytes to append. `state()` may be asked for after `flush`, `end` or `add`."""

    def __init__(self, stamp: tuple[int, int], state: dict[str, Any] | None = None) -> None:
        """`stamp` is the DOS time and date of every entry (see `dos`); `state` goes on where another writer stopped."""
        self.stamp = stamp
        self._deflate = _compressor()
        self._ended: list[Entry] = []
        self.offset: int = state["offset"] if state else 0
        self.open: Entry | None = Entry(**state["open"]) if state and state["open"] else None

    def state(self) -> dict[str, Any]:
        """What another writer needs to go on from here."""
        return {"offset": self.offset, "open": asdict(self.open) if self.open else None}

    def ended(self) -> list[Entry]:
        """The files that were closed since this was last asked; the caller keeps them for `finish`."""
        found, self._ended = self._ended, []
        return found

    def add(self, name: str, data: bytes, *, packed: bool = True) -> bytes:
        """A whole small file at once; `packed` False for what is compressed already."""
        deflate = _compressor()
        body = deflate.compress(data) + deflate.flush() if packed else data
        entry = Entry(
            name, self.offset, _DEFLATED if packed else _STORED, _UTF8, isal_zlib.crc32(data), len(data), len(body)
        )
        self._ended.append(entry)
        return self._moved(self.header(entry) + body)

    def begin(self, name: str) -> bytes:
        """Begin a file of unknown size, to be continued with `write` and closed with `end`."""
        self._deflate = _compressor()
        self.open = Entry(name, self.offset, _DEFLATED, _UTF8 | _SIZES_FOLLOW)
        return self._moved(self.header(self.open))

    def write(self, data: bytes | memoryview) -> bytes:
        """More of the open file."""
        entry = self._current()
        self.open = replace(entry, crc=isal_zlib.crc32(data, entry.crc), plain=entry.plain + len(data))
        return self._packed(self._deflate.compress(data))

    def flush(self) -> bytes:
        """Bring the open file to a byte boundary without any reference back, so that a new writer can go on."""
        return self._packed(self._deflate.flush(isal_zlib.Z_FULL_FLUSH)) if self.open else b""

    def end(self) -> bytes:
        """Close the open file."""
        last = self._packed(self._deflate.flush(isal_zlib.Z_FINISH))
        entry = self._current()
        self._ended.append(entry)
        self.open = None
        return last + self._moved(struct.pack("<4sLQQ", b"PK\x07\x08", entry.crc, entry.packed, entry.plain))

    def finish(self, entries: Sequence[Entry]) -> bytes:
        """The directory of all files (every one that `ended` gave out, in order), with which the archive ends."""
        start = self.offset
        directory = b"".join(self._central(entry) for entry in entries)
        count, size = len(entries), len(directory)
        where = start + size
        end64 = struct.pack(
            "<4sQHHLLQQQQ", b"PK\x06\x06", 44, _VERSION | _UNIX, _VERSION, 0, 0, count, count, size, start
        )
        locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, where, 1)
        few, short, near = min(count, 0xFFFF), min(size, _FULL), min(start, _FULL)
        end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, few, few, short, near, 0)
        large = few == 0xFFFF or short == _FULL or near == _FULL
        return self._moved(directory + (end64 + locator if large else b"") + end)

    def _current(self) -> Entry:
        if self.open is None:
            raise ValueError("no file is open in the archive")
        return self.open

    def _packed(self, data: bytes) -> bytes:
        entry = self._current()
        self.open = replace(entry, packed=entry.packed + len(data))
        return self._moved(data)

    def _moved(self, data: bytes) -> bytes:
        self.offset += len(data)
        return data

    def header(self, entry: Entry) -> bytes:
        """What stands before the bytes of a file."""
        name = entry.name.encode()
        streamed = bool(entry.flags & _SIZES_FOLLOW)
        # The extra field announces that the sizes which follow the data have 8 bytes each.
        wide = streamed or max(entry.plain, entry.packed) >= _FULL
        sizes = (0, 0) if streamed else (entry.plain, entry.packed)
        extra = (struct.pack("<HHQQ", _ZIP64_EXTRA, 16, *sizes) if wide else b"") + _aes(entry)
        packed, plain = (_FULL, _FULL) if wide else (entry.packed, entry.plain)
        head = (_VERSION, entry.flags, entry.method, *self.stamp, entry.crc, packed, plain, len(name), len(extra))
        return struct.pack("<4sHHHHHLLLHH", b"PK\x03\x04", *head) + name + extra

    def _central(self, entry: Entry) -> bytes:
        name = entry.name.encode()
        wide = [size for size in (entry.plain, entry.packed, entry.offset) if size >= _FULL]
        extra = struct.pack(f"<HH{len(wide)}Q", _ZIP64_EXTRA, 8 * len(wide), *wide) if wide else b""
        extra += _aes(entry)
        sizes = (min(entry.packed, _FULL), min(entry.plain, _FULL))
        head = (_VERSION | _UNIX, _VERSION, entry.flags, entry.method, *self.stamp, entry.crc, *sizes)
        tail = (len(name), len(extra), 0, 0, 0, _MODE, min(entry.offset, _FULL))
        return struct.pack("<4sHHHHHHLLLHHHHHLL", b"PK\x01\x02", *head, *tail) + name + extra


def _aes(entry: Entry) -> bytes:
    """The extra field of a file under AES-256 (AE-2)."""
    return b"" if entry.inner is None else struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, entry.inner)


def dos(year: int, month: int, day: int, hour: int, minute: int, second: int) -> tuple[int, int]:
    """A time as ZIP keeps it: (time, date), two seconds apart, years 1980 to 2107."""
    return hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day


def _compressor() -> Any:
    return isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
