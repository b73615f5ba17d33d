"""Do something with a store in a process of its own that is killed (SIGKILL): at a chosen moment, or at any time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from data.database import Database
from data.sealing.objects import Objects
from data.sealing.vault import Vault
from data.settings import Settings
from data.writer import Transaction

MOMENTS = ("before commit", "after commit", "before put", "after put", "before delete", "after delete")
_PATIENCE = 120  # seconds
# Loaded once, before the first process is made.
_DRAWING = "data.statistics.people.drawing"
_PRELOADED = ["data.connectors", "data.captures.ingest", "data.rights.steps", _DRAWING, __name__]

# What is done: a function of a module, with the store and this argument.
Act = Callable[[Database, Vault, "Place", Any], object]


@dataclass(frozen=True)
class Place:
    """Where a store is, as a process of its own can open it."""

    database_url: str
    folder: Path

    @property
    def settings(self) -> Settings:
        """Settings of that store."""
        folder = self.folder
        return Settings(folder, self.database_url, str(folder / "segments"), folder / "keyring", erasure_seconds=0)


def place_of(database: Database, folder: Path) -> Place:
    """The store of a test's `database`, with its vault in `folder`."""
    return Place(database.url.render_as_string(hide_password=False), folder)


def do_and_die(place: Place, act: Act, argument: object, moment: str, number: int) -> int | None:
    """Do it until `moment` happens for the `number`-th time; the exit code (0: it came to its end)."""
    process = _process(_at_moment, place, act, argument, moment, number)
    process.join(_PATIENCE)
    assert process.exitcode is not None
    return process.exitcode


def do_and_die_after(place: Place, act: Act, argument: object, seconds: float) -> tuple[int | None, float]:
    """Do it for so long; the exit code, and the seconds that it ran."""
    ours, theirs = multiprocessing.Pipe()
    process = _process(_told, place, act, argument, theirs)
    assert ours.poll(_PATIENCE), "the process never began"
    begun = time.perf_counter()
    process.join(seconds)
    if process.exitcode is None:
        process.kill()
    process.join(_PATIENCE)
    return process.exitcode, time.perf_counter() - begun


def _process(run: Callable[..., None], *args: object) -> Any:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    process = context.Process(target=run, args=args)
    process.start()
    return process


def _at_moment(place: Place, act: Act, argument: object, moment: str, number: int) -> None:
    left = [number]

    def passing(*_: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    database = Database(place.database_url)
    when, what = moment.split()
    if what == "commit":
        at_commit(database, when, passing)
    else:
        setattr(Objects, what, _wrapped(getattr(Objects, what), passing, before=when == "before"))
    act(database, _vault(place), place, argument)


def at_commit(database: Database, when: str, passing: Callable[[], None]) -> None:
    """Have `passing` happen "before" or "after" each commit of what was written to this database."""
    if database.is_sqlite:
        # Not by the mapper's events: it takes no part in a transaction that asked it for nothing.
        Transaction.end = _wrapped(Transaction.end, passing, before=when == "before")
        return
    # Readers commit too, and change nothing.
    event.listen(Session, f"{when}_commit", lambda one: passing() if one.get_bind() is database.engine else None)


def _told(place: Place, act: Act, argument: object, begun: Connection) -> None:
    database, vault = Database(place.database_url), _vault(place)
    begun.send(True)
    act(database, vault, place, argument)


def _vault(place: Place) -> Vault:
    return Vault.open(place.settings.keyring, place.settings.segments_url)


def _wrapped(call: Callable[..., Any], passing: Callable[[], None], *, before: bool) -> Callable[..., Any]:
    def wrapped(*args: Any) -> Any:
        if before:
            passing()
        found = call(*args)
        if not before:
            passing()
        return found

    return wrapped
