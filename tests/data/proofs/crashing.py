"""Processes that log and publish as fast as they can, and are killed (SIGKILL) at a random moment."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from data.accesses import log
from data.accesses.entry import Action
from data.accesses.log import Entry
from data.database import Database
from data.proofs import publishing
from data.proofs.anchor import Anchor
from data.sealing.vault import Vault
from tests.data.accesses.logging import OFFICER
from tests.data.crashing import at_commit

WRITERS = 2


@dataclass(frozen=True)
class Place:
    """Where a store is, as a process of its own can open it."""

    database_url: str
    folder: Path

    @property
    def anchor(self) -> Anchor:
        return Anchor(self.folder / "checkpoint")

    @property
    def vault(self) -> Vault:
        return Vault.open(self.folder / "keyring", str(self.folder / "segments"))


def run_and_die(place: Place, seed: int, patience: float) -> tuple[dict[int, int], int]:
    """Let writers and a publisher work until they are killed, all at once, up to `patience` seconds after each
    writer acknowledged something. Acknowledged: {position: the entry's number}, and the largest size signed."""
    chance = random.Random(seed)
    jobs = [(_write, (place, chance.getrandbits(32))) for _ in range(WRITERS)] + [(_publish, (place,))]
    started = [_start(job, *args) for job, args in jobs]
    ends = [end for _, end in started]
    assert all(end.poll(60) for end in ends[:WRITERS]), "nothing was ever acknowledged"
    time.sleep(chance.random() * patience)
    for process, _ in started:
        os.kill(process.pid, signal.SIGKILL)
    for process, _ in started:
        process.join(60)
    told = [list(_told(end)) for end in ends]
    signed = max((size for size, _ in told.pop()), default=0)
    return {position: number for acknowledged in told for position, number in acknowledged}, signed


def publish_and_die(place: Place, moment: str) -> int | None:
    """Publish in a process that is killed at `moment` (`before commit`, `after commit` or `before anchor`); its exit
    code, which is 0 when it came to its end."""
    process, _ = _start(_publish_until, place, moment)
    process.join(60)
    return process.exitcode


def _start(job: Callable[..., None], *args: Any) -> tuple[Any, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    near, far = context.Pipe(duplex=False)
    process = context.Process(target=job, args=(*args, far))
    process.start()
    far.close()
    return process, near


def _told(end: Connection) -> Any:
    """What a process that is gone had sent; a message that the kill cut in two was never an acknowledgement."""
    try:
        while True:
            yield from end.recv()
    except (EOFError, OSError):
        return


def _write(place: Place, seed: int, acknowledge: Connection) -> None:
    """One to three entries a transaction; acknowledged is what committed."""
    chance, database, vault = random.Random(seed), Database(place.database_url), place.vault
    while True:
        numbers = [chance.getrandbits(40) for _ in range(chance.randint(1, 3))]
        entries = [Entry(Action.READ, (1, 2)[: 1 + number % 2], OFFICER, None, {}, number) for number in numbers]
        with database.writing() as session:
            positions = log.extend(session, vault, entries)
        acknowledge.send(list(zip(positions, numbers, strict=True)))


def _publish(place: Place, acknowledge: Connection) -> None:
    database, vault = Database(place.database_url), place.vault
    while True:
        if (published := publishing.run(database, vault, place.anchor)) is not None:
            acknowledge.send([(published.size, 0)])


def _publish_until(place: Place, moment: str, _: Connection) -> None:
    database = Database(place.database_url)

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def keep(self: Anchor, signed: str) -> None:
        die()

    if moment == "before anchor":
        Anchor.keep = keep
    else:
        at_commit(database, moment.split()[0], die)
    publishing.run(database, place.vault, place.anchor)
