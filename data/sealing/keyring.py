"""The keyring: key-encryption keys by epoch, behind wrap, unwrap and destroy. Kept apart from the data."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import uuid
from base64 import b64decode, b64encode
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from data.errors import Conflict, StoreMissing, Unreadable
from data.sealing import durable
from data.sealing.envelope import new_key, seal, unseal

_FORM = 1


class Keyring(Protocol):
    """Where key-encryption keys live: a file here, a key service elsewhere."""

    @property
    def store(self) -> str:
        """The store's own random name, part of every binding."""
        ...

    def wrap(self, plain: bytes, aad: bytes) -> tuple[int, bytes]:
        """Seal a key under the newest epoch: (epoch, sealed)."""
        ...

    def unwrap(self, epoch: int, wrapped: bytes, aad: bytes) -> bytes:
        """What `wrap` sealed. Raises Unreadable, also when the epoch was destroyed."""
        ...

    def turn(self) -> int:
        """Begin a new epoch, under which `wrap` seals from now on; returns its number."""
        ...

    def destroy(self, epoch: int) -> None:
        """Make everything wrapped under `epoch` unreadable for good. The newest epoch is refused with Conflict."""
        ...

    def epochs(self) -> tuple[int, ...]:
        """Those that can still be used, oldest first."""
        ...

    def keeps(self, epoch: int) -> bool:
        """Whether this one can still be used; asked at each use of a key that was opened before."""
        ...


@dataclass(frozen=True)
class FileKeyring:
    """A keyring in one file that only its owner may read (0600). Looked at anew at each use, so that an epoch
    destroyed by another process is gone here too."""

    path: Path
    store: str
    # The content by the mark of the file it was read from: every change puts another file in its place.
    _seen: dict[tuple[int, ...], dict[str, Any]] = field(
        default_factory=dict[tuple[int, ...], dict[str, Any]], compare=False, repr=False
    )

    @staticmethod
    def create(path: Path) -> FileKeyring:
        """A new keyring with its first epoch. Raises Conflict where a file is: a keyring is never overwritten."""
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"form": _FORM, "store": uuid.uuid4().hex, "newest": 1, "epochs": {"1": _text(new_key())}}
        try:
            durable.write(path, json.dumps(content).encode(), replace=False)
        except FileExistsError:
            raise Conflict(
                f"{path} exists already and is not overwritten, because it may hold the keys of a store."
            ) from None
        return FileKeyring.open(path)

    @staticmethod
    def open(path: Path) -> FileKeyring:
        """An existing keyring. Raises StoreMissing."""
        return FileKeyring(path, str(_load(path)["store"]))

    def wrap(self, plain: bytes, aad: bytes) -> tuple[int, bytes]:
        content = self._content()
        epoch = int(content["newest"])
        return epoch, seal(b64decode(content["epochs"][str(epoch)]), plain, aad)

    def unwrap(self, epoch: int, wrapped: bytes, aad: bytes) -> bytes:
        key = self._content()["epochs"].get(str(epoch))
        if key is None:
            raise Unreadable(f"The key of epoch {epoch} was destroyed, and what it sealed with it.")
        return unseal(b64decode(key), wrapped, aad)

    def turn(self) -> int:
        with self._changing() as content:
            content["newest"] = int(content["newest"]) + 1
            content["epochs"][str(content["newest"])] = _text(new_key())
            return int(content["newest"])

    def destroy(self, epoch: int) -> None:
        with self._changing() as content:
            if epoch == content["newest"]:
                raise Conflict(f"Epoch {epoch} is in use; turn to a new one before destroying it.")
            content["epochs"].pop(str(epoch), None)

    def epochs(self) -> tuple[int, ...]:
        return tuple(sorted(int(epoch) for epoch in self._content()["epochs"]))

    def keeps(self, epoch: int) -> bool:
        return str(epoch) in self._content()["epochs"]

    def _content(self) -> dict[str, Any]:
        """What the file holds, read again when it is another file. Not to be changed."""
        try:
            found = os.stat(self.path)  # noqa: PTH116 (the path's own takes longer, once an append)
        except FileNotFoundError:
            return _load(self.path)
        mark = (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        content = self._seen.get(mark)
        if content is None:
            content = _load(self.path)
            self._seen.clear()
            self._seen[mark] = content
        return content

    @contextlib.contextmanager
    def _changing(self) -> Generator[dict[str, Any]]:
        """Change the file's content alone, and leave nothing of the old file behind."""
        guard = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(guard, fcntl.LOCK_EX)
            content = _load(self.path)
            yield content
            self._clear()
            old = self.path.with_name(f"{self._leftover}{uuid.uuid4().hex}")
            old.hardlink_to(self.path)
            try:
                durable.write(self.path, json.dumps(content).encode())
                durable.blot_out(old)
            finally:
                # Where the write failed, `old` is the keyring itself under a second name: only the name goes.
                old.unlink()
        finally:
            os.close(guard)

    @property
    def _leftover(self) -> str:
        """How the names of a change that is not finished begin."""
        return f"{durable.TEMPORARY}{self.path.name}-"

    def _clear(self) -> None:
        """Blot out what a crash in the middle of an earlier change left: it holds keys that may be destroyed."""
        for path in self.path.parent.iterdir():
            if not path.name.startswith(self._leftover):
                continue
            if not path.samefile(self.path):
                durable.blot_out(path)
            path.unlink()


def _load(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise StoreMissing(f"There is no keyring at {path}; make the store with `python -m data init`.") from error
    except ValueError as error:
        raise StoreMissing(f"{path} is not a keyring of Daylight; restore it from where you keep it safe.") from error
    if not isinstance(content, dict) or content.get("form") != _FORM:
        raise StoreMissing(f"{path} is a keyring of another version of Daylight.")
    return content


def _text(key: bytes) -> str:
    return b64encode(key).decode()
