"""`work`: the background worker, until it is told to stop."""

from __future__ import annotations

import argparse
import os
import signal
from threading import Event, Thread

from data import upkeep
from data.commands import arguments
from data.rights import worker

_LOOK_SECONDS = 1.0


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    found = arguments.command(commands, "work")
    found.add_argument("--beside", type=arguments.number, metavar="PID", help="end when this parent process is gone")
    found.set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Work until SIGTERM, ctrl-C, or the end of the parent; the step in hand is brought to its end first."""
    store = arguments.store(args)
    stop = Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda _number, _frame: stop.set())
    if args.beside is not None:
        Thread(target=_follow, args=(args.beside, stop), daemon=True).start()
    with upkeep.running(store, stop):
        worker.work(store.database, store.vault, store.settings, stop)


def _follow(parent: int, stop: Event) -> None:
    """Set `stop` once the process `parent` is no longer this one's parent: killed, it could not say so."""
    while os.getppid() == parent and not stop.wait(_LOOK_SECONDS):
        pass
    stop.set()
