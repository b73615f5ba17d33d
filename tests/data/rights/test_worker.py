"""The worker: a process that carries out what is approved, takes up what was interrupted, and ends when told."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from data import instants
from data.captures import segments
from data.database import Database
from data.migrations import schema
from data.rights import request, worker
from data.rights.states import RequestKind, State
from data.sealing.vault import Vault
from tests.data.rights.conftest import Roster, people
from tests.data.rights.crashing import Place, run_and_die
from tests.data.rights.holding import START, keep, kept, rows

ROOT = Path(__file__).resolve().parents[3]


class Pauses(Event):
    """Says to stop at the worker's pause of this number, and makes none last."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002
        self.left -= 1
        if self.left == 0:
            self.set()
        return self.is_set()


def small_segments(database: Database, vault: Vault) -> None:
    """So many of Ana and of Cal that they are merged."""
    for day in range(8):
        for person_id in (1, 2):
            keep(database, vault, person_id, rows(20, seed=day, start=START + day * instants.DAY), import_id=day)


def how_many(database: Database) -> list[int]:
    with database.reading() as session:
        return [len(segments.listed(session, person_id)) for person_id in (1, 2)]


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
    small_segments(database, vault)
    before = [kept(database, vault, person_id) for person_id in (1, 2)]
    with database.writing() as session:
        request.open_request(session, roster.ana, vault, 1, RequestKind.EXPORT)
    assert worker.merge_small(database, vault) == 7
    assert how_many(database) == [8, 1]
    assert [kept(database, vault, person_id) for person_id in (1, 2)] == before


def test_a_sealed_file_that_does_not_open_stops_neither_the_worker_nor_the_merging_of_others(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    small_segments(database, vault)
    with database.reading() as session:
        vault.objects.delete(segments.name_of(segments.listed(session, 1)[3]))
    settings = Place(database.url.render_as_string(hide_password=False), tmp_path).settings
    worker.work(database, vault, settings, Pauses(3))
    assert how_many(database) == [8, 1]
    said = [one.getMessage() for one in caplog.records if "Merging segments of person 1 stopped" in one.getMessage()]
    assert len(said) == 1, "what fails is not tried again at each pause"


@pytest.mark.parametrize("what", ["waiting", "tidy"])
def test_a_database_that_is_away_for_a_moment_does_not_end_the_worker(
    database: Database, vault: Vault, roster: Roster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    settings = Place(database.url.render_as_string(hide_password=False), tmp_path).settings
    small_segments(database, vault)
    real, times = getattr(worker, what), list[int]()

    def away_at_first(*given: object) -> object:
        times.append(1)
        if len(times) == 1:
            raise OperationalError("", None, Exception("the server closed the connection"))
        return real(*given)

    monkeypatch.setattr(worker, what, away_at_first)
    with database.writing() as session:
        number = request.open_request(session, roster.cal, vault, 2, RequestKind.EXPORT).id
    worker.work(database, vault, settings, Pauses(3))
    with database.reading() as session:
        assert request.show(session, roster.cal, vault, number).state is State.DONE
    assert how_many(database) == [1, 1], "what is tidied beside it goes on too"
