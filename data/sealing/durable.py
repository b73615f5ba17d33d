"""Durable writes of local files: whole or not at all, also when the power fails."""

from __future__ import annotations

import contextlib
import os
import uuid
from pathlib import Path

TEMPORARY = ".part-"


def write(path: Path, content: bytes, mode: int = 0o600, *, replace: bool = True) -> None:
    """Replace `path` with `content`: written beside it, synced, renamed, and the folder synced.

    Without `replace` a file that is there, also one that another process makes meanwhile, is kept: FileExistsError.
    """
    temporary = path.with_name(f"{TEMPORARY}{path.name}-{uuid.uuid4().hex}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        if replace:
            temporary.replace(path)
        else:
            path.hardlink_to(temporary)
            temporary.unlink()
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    _sync_folder(path.parent)


def blot_out(path: Path) -> int:
    """Overwrite the content of `path` with zeros through its own blocks and sync; returns how many bytes.

    As far as the file system allows: one that copies on write, or a disk that moves blocks, keeps older copies.
    """
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        file.write(bytes(size))
        file.flush()
        os.fsync(file.fileno())
    return size


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
