"""An archive under a password: each file's packed bytes encrypted as they pass, so that no copy is made anew or kept.

Source: WinZip, "AES Encryption Information: Encryption Specification AE-1 and AE-2" (AE-2, AES-256), and PKWARE APPNOTE
6.3.10. The password is in memory while the archive is taken, and nowhere else.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from data.errors import BadInput
from data.rights.export.zipped import Entry, Zip

LEAST, MOST = 12, 99  # characters; the form derives its key by 1,000 rounds only, and some programs take no more
_SALT, _CHECK, _MAC = 16, 2, 10  # bytes around each encrypted file
_ROUNDS, _KEY = 1000, 32
_METHOD, _ENCRYPTED, _FOLLOWS = 99, 0x1, 0x8
_LOCAL = 30  # bytes of a local header before its name


def checked(password: str) -> bytes:
    """The password as bytes. Raises BadInput, without quoting it, where some program could not take it."""
    if not LEAST <= len(password) <= MOST:
        raise BadInput(f"The password has to have {LEAST} to {MOST} characters; choose a longer or a shorter one.")
    if not all(" " <= one <= "~" for one in password):
        raise BadInput(
            "Programs do not agree on letters beyond A to Z in a password; use letters without accents, digits, signs."
        )
    return password.encode()


def size(entries: Sequence[Entry], stamp: tuple[int, int]) -> int:
    """The bytes of the archive that `stream` gives."""
    out = Zip(stamp)
    placed = [_placed(out, entry) for entry in entries]
    out.finish(placed)
    return out.offset


def stream(
    plain: Iterator[bytes], entries: Sequence[Entry], stamp: tuple[int, int], password: bytes
) -> Iterator[bytes]:
    """The archive `plain`, whose files are `entries` in order, with every file under the password. Names and sizes of
    files stay readable, as the form has it."""
    source, out, placed = _Source(plain), Zip(stamp), list[Entry]()
    for entry in entries:
        source.skip(entry.offset)
        head = b"".join(source.take(_LOCAL))
        source.skip(source.place + sum(struct.unpack("<HH", head[26:])))
        placed.append(_placed(out, entry))
        yield out.header(placed[-1])
        yield from _encrypted(source.take(entry.packed), password)
    yield out.finish(placed)


def _placed(out: Zip, entry: Entry) -> Entry:
    """The entry where it comes to be in `out`, which moves on behind it."""
    longer = entry.packed + _SALT + _CHECK + _MAC
    flags = entry.flags & ~_FOLLOWS | _ENCRYPTED
    # AE-2 keeps no sum of the plain bytes; the code at the end of each file takes its place.
    found = replace(entry, offset=out.offset, method=_METHOD, inner=entry.method, flags=flags, crc=0, packed=longer)
    out.offset += len(Zip(out.stamp).header(found)) + longer
    return found


def _encrypted(data: Iterator[bytes], password: bytes) -> Iterator[bytes]:
    salt = os.urandom(_SALT)
    derived = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, 2 * _KEY + _CHECK)
    cipher = Cipher(algorithms.AES(derived[:_KEY]), modes.ECB()).encryptor()  # noqa: S305 (of counters: CTR mode, which the form counts from the other end than libraries do)
    code = hmac.new(derived[_KEY : 2 * _KEY], digestmod="sha1")
    yield salt + derived[2 * _KEY :]
    place = 0
    for piece in data:
        first, ahead = divmod(place, 16)
        counters = np.zeros((-(-(ahead + len(piece)) // 16), 2), "<u8")
        counters[:, 0] = np.arange(first + 1, first + 1 + len(counters), dtype=np.uint64)
        keys = np.frombuffer(cipher.update(counters.tobytes()), np.uint8)[ahead : ahead + len(piece)]
        done = (np.frombuffer(piece, np.uint8) ^ keys).tobytes()
        code.update(done)
        place += len(piece)
        yield done
    yield code.digest()[:_MAC]


class _Source:
    """Bytes that arrive in pieces, taken in the order in which they come."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held, self.place = pieces, memoryview(b""), 0

    def take(self, count: int) -> Iterator[bytes]:
        """The next `count` bytes. Raises ValueError where there are not as many."""
        while count:
            if not self._held:
                self._held = memoryview(next(self._pieces, b""))
                if not self._held:
                    raise ValueError("the archive ends before its last file")
            some, self._held = self._held[:count], self._held[count:]
            count -= len(some)
            self.place += len(some)
            yield bytes(some)

    def skip(self, place: int) -> None:
        """Go on at `place`."""
        for _ in self.take(place - self.place):
            pass
