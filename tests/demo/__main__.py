"""What `make run` starts: a store with the invented company, its sign-in, and the app. Ctrl-C ends all of it.

`python -m tests.demo [--port N]`. The store is where DAYLIGHT_STORE says (var/store); a second start keeps it.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from data import instants
from data.errors import Error
from data.scenarios.company import PEOPLE
from data.settings import Settings
from data.store import open_store
from tests.demo import collectors, company, loading, processes, workforce
from tests.demo.processes import Failed
from tests.demo.site import Site, open_site


class Ended(BaseException):
    """Somebody asked for the end, by ctrl-C or SIGTERM."""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 after ctrl-C or SIGTERM, 1 with one sentence when it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--port", default="8501", help="where the app answers on 127.0.0.1 (default: 8501)")
    given = parser.parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    try:
        run(_port(given.port), Settings.from_environment().store)
    except Failed as failure:
        print(failure, file=sys.stderr)
        return 1
    except Ended:
        print("\nStopped; the store stays for the next start.", flush=True)
    return 0


def run(port: int, store: Path) -> None:
    """Load the store when there is none, then serve until Ended. Raises Failed."""
    _load_once(store)
    loading.remove_left_over(store)
    logs = store.parent / "log"
    with open_site(store, logs, port, processes.free_port(port + 1)) as site, collectors.running(site):
        _tell(site)
        while site.app.poll() is None and site.provider.poll() is None:
            time.sleep(0.2)
        raise Failed(f"The app or its sign-in ended by itself; {site.app_log} says:\n{processes.tail(site.app_log)}")


def _load_once(store: Path) -> None:
    if store.exists():
        is_demo = (store / loading.MARK).is_file()
        try:
            found = open_store(Settings.from_environment({}, store=str(store)))
        except Error as error:
            again = f"\nThe demo's is made anew after: rm -r {os.path.relpath(store)}" if is_demo else ""
            raise Failed(f"{error}{again}") from None
        if not is_demo and not found.scenario:
            raise Failed(f"{store} holds a store that is not the demo's; name another place with DAYLIGHT_STORE=...")
        return
    began = time.monotonic()
    everybody, others = company.people(), workforce.others()
    with _alone(store.parent / "load.lock"):
        print(
            f"Loading {company.NAME}, an invented company of {len(everybody) + len(others)} people (once)", flush=True
        )
        loading.load(store, everybody, until=instants.now(), progress=_progress, others=others)
    print(f"Loaded in {time.monotonic() - began:.0f} s", flush=True)


@contextmanager
def _alone(path: Path) -> Generator[None]:
    """Hold a lock file, so that two starts at once do not build the same store."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Failed(f"Another start is loading into {path.parent}; wait for it or end it first.") from None
        yield


def _progress(done: int, total: int) -> None:
    if sys.stdout.isatty():
        print(f"\r{done} of {total} people", end="\n" if done == total else "", flush=True)


def _tell(site: Site) -> None:
    found = open_store(Settings.from_environment({}, store=str(site.store)))
    there = {one.name for one in (PEOPLE if found.scenario else company.people())}
    guide = [(name, why) for name, why in company.GUIDE if name in there]
    width = max(len(name) for name, _ in guide)
    print(f"\nDaylight answers at {site.url}  (ctrl-C stops it)\n")
    print("Sign in there as anybody whom it lists; it asks for no password. Worth beginning with:")
    for name, why in guide:
        print(f"  {name:<{width}}  {why}")
    print(
        f"\nThe store is {os.path.relpath(site.store)}; `python -m data --help` shows how to ask it yourself.",
        flush=True,
    )


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise Failed(f"PORT is {text!r}, not a number from 1 to 65535.")
    if not processes.is_free(int(text)):
        raise Failed(f"Port {text} is taken by another program; end that one or choose another: make run PORT=8601")
    return int(text)


def _end(number: int, frame: FrameType | None) -> None:
    # The end takes a moment; a second ctrl-C must not interrupt it and leave a process behind.
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    raise Ended


if __name__ == "__main__":
    sys.exit(main())
