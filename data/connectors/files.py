"""A file on its way in: is it what it claims to be, what is its digest, what are its lines."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from data.errors import BadInput

_CHUNK = 1 << 20
_LONGEST_LINE = 64 << 20  # bytes; a longer "line" is a file of another kind, and would not fit in memory
_SIGNATURES = (
    (b"PK\x03\x04", "a zip archive; unpack it first"),
    (b"PK\x05\x06", "a zip archive; unpack it first"),
    (b"\x1f\x8b", "compressed with gzip; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
    (b"BZh", "compressed with bzip2; unpack it first"),
    (b"\xfd7zXZ", "compressed with xz; unpack it first"),
    (b"7z\xbc\xaf", "a 7-zip archive; unpack it first"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\xff\xfe", "text in UTF-16, not UTF-8"),
    (b"\xfe\xff", "text in UTF-16, not UTF-8"),
)


# What is left when a decoder raises and it is neither malformed nor NotAllowedHere: Python's own limit on the digits
# of a whole number, whose own words speak to programmers.
TOO_MANY_DIGITS = "a whole number has more digits than any capture needs"


class NotAllowedHere(ValueError):
    """What JSON, or a form in it, does not allow, in words for people; raised inside of a decoder."""


def signature(path: Path) -> str | None:
    """What the first bytes of the file say it is, when that is a format that is never plain text; else None."""
    with path.open("rb") as file:
        head = file.read(16)
    return next((name for magic, name in _SIGNATURES if head.startswith(magic)), None)


def require_file(path: Path, wanted: str) -> None:
    """BadInput unless `path` is a readable regular file with at least one byte. `wanted` names what belongs there."""
    try:
        if path.is_dir():
            raise BadInput(f"{path} is a folder; name {wanted}.")
        if not path.exists():
            raise BadInput(f"{path} does not exist; name {wanted}.")
        if not path.is_file():
            raise BadInput(f"{path} is not a regular file; name {wanted}.")
        if path.stat().st_size == 0:
            raise BadInput(f"{path} is empty; name {wanted}.")
        with path.open("rb"):
            pass
    except OSError as error:
        raise BadInput(f"{path} cannot be read ({error.strerror}); name {wanted}.") from None


def require_text(path: Path, wanted: str) -> None:
    """BadInput unless `path` is a regular file that can be text in UTF-8 (archives and databases are named)."""
    require_file(path, wanted)
    if found := signature(path):
        raise BadInput(f"{path} is {found}; name {wanted}.")


def require_log(path: Path, wanted: str) -> None:
    """As `require_text`, for files that may also be compressed with gzip, as logs are delivered."""
    require_file(path, wanted)
    if not _is_gzip(path) and (found := signature(path)):
        raise BadInput(f"{path} is {found}; name {wanted}.")


def opened(path: Path) -> BinaryIO:
    """The bytes of a file; of what was compressed with gzip, those that were. BadInput where that was cut."""
    return cast("BinaryIO", _Unzipped(path)) if _is_gzip(path) else path.open("rb")


def require_folder(path: Path, wanted: str) -> None:
    """BadInput unless `path` is a folder."""
    if path.is_dir():
        return
    if not path.exists():
        raise BadInput(f"{path} does not exist; name {wanted}.")
    found = (path.is_file() and path.stat().st_size and signature(path)) or "a file"
    raise BadInput(f"{path} is {found}; name {wanted}.")


def digest(paths: list[Path], *also: str) -> str:
    """SHA-256 (hex) over the files' names and bytes, in the order given, and over what else decides their meaning (a
    zone). One file alone, with nothing else, has the digest that sha256sum prints."""
    if len(paths) == 1 and not also:
        return _sha256(paths[0])
    whole = hashlib.sha256()
    for path in paths:
        whole.update(f"{_sha256(path)} {path.name}\n".encode())
    for part in also:
        whole.update(f"{part}\n".encode())
    return whole.hexdigest()


def lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a UTF-8 file with their numbers from 1, line ends included; a byte order mark is dropped."""
    number = 0
    with opened(path) as file:
        while raw := file.readline(_LONGEST_LINE):
            number += 1
            if len(raw) == _LONGEST_LINE:
                raise BadInput(f"{path}, line {number}: longer than {_LONGEST_LINE >> 20} MB.")
            try:
                yield number, raw.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise BadInput(f"{path}, line {number}: byte {error.start + 1} is not UTF-8.") from None


class Unchanged:
    """Notices a file that is written to while it is read: size and time of change as they were at the start."""

    def __init__(self, *paths: Path) -> None:
        self._seen = [(path, self._state(path)) for path in paths]

    @staticmethod
    def _state(path: Path) -> tuple[int, int]:
        stat = path.stat()
        return stat.st_size, stat.st_mtime_ns

    def require(self) -> None:
        """BadInput when one of the files is no longer what it was."""
        for path, state in self._seen:
            if self._state(path) != state:
                raise BadInput(f"{path} changed while it was read; import it again when it is no longer written to.")


class _Unzipped(gzip.GzipFile):
    """A gzip file that says in a sentence what is wrong with it."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "rb")
        self._path = path

    def read(self, size: int | None = -1) -> bytes:
        try:
            return super().read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise self._refusal(error) from None

    def readline(self, size: int | None = -1) -> bytes:
        try:
            return super().readline(size)
        except (EOFError, OSError, zlib.error) as error:
            raise self._refusal(error) from None

    def _refusal(self, error: Exception) -> BadInput:
        if isinstance(error, EOFError):
            return BadInput(f"{self._path}: the compressed file ends in the middle, so it was cut.")
        return BadInput(f"{self._path}: the compressed file is damaged ({error}).")


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _sha256(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
