"""Objects: sealed bytes by name, in a folder or any object store that fsspec knows by URL."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec

from data.errors import Unreadable
from data.sealing import durable


@dataclass(frozen=True)
class Objects:
    """Objects under one root. Names are relative, with `/` between folders."""

    system: Any  # fsspec's AbstractFileSystem
    root: str
    local: bool

    @staticmethod
    def at(url: str) -> Objects:
        """The objects of a folder's path or a URL such as s3://bucket/prefix."""
        system, root = fsspec.core.url_to_fs(url)
        return Objects(system, str(root).rstrip("/"), "file" in system.protocol)

    def put(self, name: str, content: bytes) -> None:
        """Keep `content` under `name`; it is there for good when this returns."""
        if not self.local:
            self.system.pipe_file(f"{self.root}/{name}", content)
            return
        path = Path(self.root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        durable.write(path, content)

    def get(self, name: str) -> bytes:
        """The content of `name`. Raises Unreadable when it is not there."""
        try:
            if self.local:
                return Path(self.root, name).read_bytes()
            return self.system.cat_file(f"{self.root}/{name}")
        except FileNotFoundError as error:
            raise Unreadable(f"The sealed object {name} is not there: it was removed meanwhile, or lost.") from error

    def delete(self, name: str) -> None:
        """Remove `name`; nothing happens when it is not there."""
        with contextlib.suppress(FileNotFoundError):
            if self.local:
                Path(self.root, name).unlink()
            else:
                self.system.rm_file(f"{self.root}/{name}")

    def exists(self, name: str) -> bool:
        """Whether `name` is there now."""
        self._look_again()
        return bool(self.system.exists(f"{self.root}/{name}"))

    def list(self, folder: str) -> tuple[str, ...]:
        """The names in `folder`, whatever left them there (unfinished writes too), sorted."""
        self._look_again()
        try:
            found: Any = self.system.find(f"{self.root}/{folder}")
        except FileNotFoundError:
            return ()
        return tuple(sorted(str(path).removeprefix(f"{self.root}/") for path in found))

    def _look_again(self) -> None:
        self.system.invalidate_cache()
