"""Carry out a request in a process of its own that is killed (SIGKILL) at a chosen moment."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from data.database import Database
from data.people.viewer import OPERATOR
from data.rights import pieces, steps
from data.sealing.objects import Objects
from data.sealing.vault import Vault
from data.settings import Settings

MOMENTS = ("before commit", "after commit", "before put", "after put", "before delete", "after delete")
ROWS = 100


@dataclass(frozen=True)
class Place:
    """Where a store is, as a process of its own can open it."""

    database_url: str
    folder: Path

    @property
    def settings(self) -> Settings:
        """Settings of that store."""
        return Settings(self.folder, self.database_url, str(self.folder / "segments"), self.folder / "keyring")


def run_and_die(place: Place, request_id: int, moment: str, number: int) -> int | None:
    """Run the request until `moment` happens for the `number`-th time; the exit code (0: it came to its end)."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_child, args=(place, request_id, moment, number))
    process.start()
    process.join(120)
    assert process.exitcode is not None
    return process.exitcode


def _child(place: Place, request_id: int, moment: str, number: int) -> None:
    pieces.ROWS = ROWS
    left = [number]

    def passing(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(place.database_url)
    when, what = moment.split()
    if what == "commit":
        # Readers commit too, and change nothing.
        event.listen(Session, f"{when}_commit", lambda one: passing() if one.get_bind() is database.engine else None)
    else:
        setattr(Objects, what, _wrapped(getattr(Objects, what), passing, before=when == "before"))
    settings = place.settings
    vault = Vault.open(settings.keyring, settings.segments_url)
    steps.run(database, vault, settings, OPERATOR, request_id)


def _wrapped(call: Callable[..., Any], passing: Callable[[], None], *, before: bool) -> Callable[..., Any]:
    def wrapped(*args: Any) -> Any:
        if before:
            passing()
        found = call(*args)
        if not before:
            passing()
        return found

    return wrapped
