"""A worker whose app was killed ends by itself, and what it left is taken up by the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from data.database import Database
from data.people.viewer import OPERATOR
from data.rights import request, steps
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster
from tests.data.rights.crashing import Place
from tests.data.rights.export.test_export import assert_whole, taken
from tests.data.rights.holding import keep, kept, rows

ROOT = Path(__file__).resolve().parents[4]
# What the app does: start the worker as its child, and say who it is itself.
APP = (
    "import os, subprocess, sys, time; "
    "one = subprocess.Popen([sys.executable, '-m', 'data', 'work', '--beside', str(os.getpid()), *sys.argv[1:]]); "
    "print(one.pid, flush=True); time.sleep(120)"
)


def wait(met: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether it was met in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not met():
        time.sleep(0.1)
    return met()


def lives(process_id: int) -> bool:
    """Whether it is there, and more than a process that ended and that nobody has asked after."""
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_worker_ends_when_its_app_was_killed(tmp_path: Path) -> None:
    store = ("--store", str(tmp_path / "store"))
    subprocess.run([sys.executable, "-m", "data", "init", *store], cwd=ROOT, check=True, capture_output=True)
    with subprocess.Popen([sys.executable, "-c", APP, *store], cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        worker = int(app.stdout.readline())
        try:
            time.sleep(4)  # it has looked at its parent by then
            assert lives(worker), "as long as the app lives"
            app.kill()
            assert wait(lambda: not lives(worker))
        finally:
            app.kill()
            if lives(worker):
                os.kill(worker, signal.SIGKILL)


def test_a_request_that_is_left_after_a_step_is_free_and_taken_up_where_it_stopped(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path
) -> None:
    keep(database, vault, 1, rows(250))
    settings = Place(database.url.render_as_string(hide_password=False), tmp_path).settings
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
    asked = iter([False, False, False, True])
    left = steps.run(database, vault, settings, OPERATOR, number, until=lambda: next(asked))
    assert (left.state, left.next_step, left.failure) == (State.RUNNING, "screens", "")
    done = steps.run(database, vault, settings, OPERATOR, number)
    assert done.state is State.DONE
    assert_whole(taken(database, vault, roster.ana, number), kept(database, vault, 1))
