"""What `python -m tests.demo` says when it cannot run, and that nothing of it stays behind when it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from data.database import Database
from data.migrations import schema
from data.sealing.vault import Vault
from data.settings import Settings
from tests.demo import processes
from tests.demo.processes import ROOT


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A store that passes for a loaded one: nobody is in it, so that a start is quick."""
    store = tmp_path / "var" / "store"
    settings = Settings.from_environment({}, store=str(store))
    database = Database(settings.database_url)
    schema.create(database)
    Vault.create(settings.keyring, settings.segments_url)
    database.close()
    (store / "demo.json").write_text("{}")
    return store


def start(store: Path, port: str) -> subprocess.Popen[str]:
    """The demo in a session of its own, as a terminal would start it."""
    environ = {**os.environ, "DAYLIGHT_STORE": str(store), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tests.demo", "--port", port]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, env=environ, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def wait_until_it_answers(demo: subprocess.Popen[str]) -> None:
    assert demo.stdout is not None
    for line in demo.stdout:
        if "answers at" in line:
            return
    raise AssertionError(demo.communicate())


def mentioning(text: str) -> list[str]:
    """The command lines of running processes that were started with `text` in their environment."""
    found: list[str] = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and text.encode() in (entry / "environ").read_bytes():
                found.append((entry / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="needs Linux's /proc to see what stays behind")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_stays_behind_however_it_ends(place: Path, number: signal.Signals) -> None:
    demo = start(place, str(processes.free_port()))
    wait_until_it_answers(demo)
    assert len(mentioning(str(place))) >= 3
    os.kill(demo.pid, number)
    _, said = demo.communicate(timeout=30)
    until = time.monotonic() + 10
    while mentioning(str(place)) and time.monotonic() < until:
        time.sleep(0.1)
    assert not mentioning(str(place))
    assert demo.returncode == (0 if number != signal.SIGKILL else -signal.SIGKILL)
    assert not said


def test_a_taken_port_is_named_in_one_sentence(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        _, said = (demo := start(place, str(port))).communicate(timeout=60)
    assert demo.returncode == 1
    assert said.count("\n") == 1
    assert f"Port {port} is taken" in said


def test_a_port_that_is_none_is_named_in_one_sentence(place: Path) -> None:
    _, said = (demo := start(place, "eighty")).communicate(timeout=60)
    assert (demo.returncode, said) == (1, "PORT is 'eighty', not a number from 1 to 65535.\n")


def test_a_store_that_is_not_the_demos_is_left_alone(place: Path) -> None:
    (place / "demo.json").unlink()
    _, said = (demo := start(place, str(processes.free_port()))).communicate(timeout=60)
    assert demo.returncode == 1
    assert "not the demo's" in said and said.count("\n") == 1
    assert (place / "daylight.db").exists()
