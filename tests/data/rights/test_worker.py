"""The worker: a process that carries out what is approved, takes up what was interrupted, and ends when told."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

from data import instants
from data.captures import segments
from data.database import Database
from data.migrations import schema
from data.rights import request, worker
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from tests.data.rights.conftest import people
from tests.data.rights.crashing import Place, run_and_die
from tests.data.rights.holding import START, keep, kept, rows

ROOT = Path(__file__).resolve().parents[3]


def test_the_worker_process_takes_up_an_interrupted_request_and_stops_when_asked(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'daylight.db'}")
    schema.create(database)
    vault = Vault.create(tmp_path / "keyring", str(tmp_path / "segments"))
    roster = people(database)
    keep(database, vault, 1, rows(200))
    with database.writing() as session:
        number = request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT).id
        waiting = request.open_request(session, roster.cal, vault, 2, RequestKind.ERASURE).id
    assert run_and_die(Place(f"sqlite:///{tmp_path / 'daylight.db'}", tmp_path), number, "after commit", 3) == -9
    command = [sys.executable, "-m", "data", "work", "--store", str(tmp_path)]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with database.reading() as session:
                if request.show(session, roster.ana, vault, number).state is State.DONE:
                    break
            time.sleep(0.2)
        with database.reading() as session:
            assert request.show(session, roster.ana, vault, number).state is State.DONE
            assert request.show(session, roster.cal, vault, waiting).state is State.OPEN
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    finally:
        process.kill()
        process.wait()
    late = 1 << 62
    assert worker.tidy(database, vault, late) == 1
    assert vault.objects.list("exports") == ()
    database.close()


def test_many_small_segments_are_merged_unless_their_person_waits_for_something(
    database: Database, vault: Vault
) -> None:
    roster = people(database)
    for day in range(8):
        for person_id in (1, 2):
            keep(database, vault, person_id, rows(20, seed=day, start=START + day * instants.DAY), import_id=day)
    before = [kept(database, vault, person_id) for person_id in (1, 2)]
    with database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT)
    assert worker.merge_small(database, vault) == 7
    with database.reading() as session:
        assert [len(segments.listed(session, person_id)) for person_id in (1, 2)] == [8, 1]
    assert [kept(database, vault, person_id) for person_id in (1, 2)] == before
