"""`work`: the background worker, until it is told to stop."""

from __future__ import annotations

import argparse
import signal
from threading import Event

from data import upkeep
from data.commands import arguments
from data.rights import worker


def add(commands: arguments.Commands) -> None:
    """Add the command."""
    arguments.command(commands, "work").set_defaults(run=run)


def run(args: argparse.Namespace) -> None:
    """Work until SIGTERM or ctrl-C; a request in hand is brought to its end first."""
    store = arguments.store(args)
    stop = Event()
    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, lambda _number, _frame: stop.set())
    with upkeep.running(store, stop):
        worker.work(store.database, store.vault, store.settings, stop)
