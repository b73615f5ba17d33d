"""The processes that the demo starts: the app and its identity provider, in groups of their own, and how they end."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]
_END_WITH_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_PATIENCE = 8.0  # seconds from asking to insisting
# None twice, as nobody may listen at it yet; in each process from elsewhere on, and below those that Linux gives to
# connections, from 32768 on.
_ports = (10_000 + number % 22_000 for number in itertools.count(37 * os.getpid()))


class Failed(Exception):
    """A process did not start, or ended by itself. `str()` is a sentence with the end of its output."""


@contextmanager
def running(arguments: Sequence[str], environ: Mapping[str, str], log: Path) -> Generator[subprocess.Popen[bytes]]:
    """`python ARGUMENTS` while the block lasts, its output in `log`; at the end it and all it started are gone."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """Ask the process and whatever it started to end, and insist after a while."""
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()
    _signal(process, signal.SIGKILL)  # what it left behind in its group


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Return once `url` answers; Failed when the process ends first or `seconds` pass."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise Failed(f"It ended by itself; {log} says:\n{tail(log)}")
        try:
            with urlopen(url, timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.05)
    raise Failed(f"{url} did not answer within {seconds:.0f} seconds; {log} says:\n{tail(log)}")


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def is_free(port: int) -> bool:
    """Whether nobody listens at 127.0.0.1:`port`."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port(first: int = 0) -> int:
    """`first` when it is free, else any port that is."""
    if first and first < 65_536 and is_free(first):
        return first
    return next(port for port in _ports if is_free(port))


def _signal(process: subprocess.Popen[bytes], number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_with_parent() -> None:
    """Runs in the new process: have the kernel end it when the demo is killed without a chance to tidy up."""
    ctypes.CDLL(None).prctl(_END_WITH_PARENT, signal.SIGTERM)
