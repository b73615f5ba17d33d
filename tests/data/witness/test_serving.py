"""The witness as its own process: the protocol over HTTP, many at once, and killed at any moment."""

from __future__ import annotations

import http.client
import os
import random
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from data.tlog import note
from data.tlog.cosignature import Verifier
from data.witness import identity, record, web
from tests.data.witness.history import FORKED, LOG, LONG, LONG_FORKED, TRUE, History

ROOT = Path(__file__).resolve().parents[3]
ROUNDS = 12


def run(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "data", "witness", *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A witness that trusts LOG."""
    folder = tmp_path / "witness"
    folder.mkdir()
    record.make(folder)
    identity.make(folder, "council.example")
    with record.opened(folder) as connection:
        record.trust(connection, LOG.verifier, 0)
    return folder


class Serving:
    """A running witness."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "data", "witness", "serve", "--store", str(folder), "--port", "0"]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        said = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", said)
        assert found, said
        self.port = int(found[1])

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str, str]:
        """Status, media type and text of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.headers["content-type"] or "", answer.read().decode()
        finally:
            connection.close()

    def add(self, body: bytes) -> tuple[int, str, str]:
        """Submit a checkpoint."""
        return self.ask("POST", "/add-checkpoint", body)

    def end(self, how: signal.Signals) -> int:
        """Send the signal and wait."""
        self.process.send_signal(how)
        code = self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()
        return code


@contextmanager
def serving(folder: Path) -> Generator[Serving]:
    found = Serving(folder)
    try:
        yield found
    finally:
        found.end(signal.SIGKILL)


def test_the_protocol_over_http(tmp_path: Path) -> None:
    folder = tmp_path / "witness"
    assert run("init", "--store", str(folder), "--name", "council.example").returncode == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert "from now on" in run("trust", LOG.vkey, "--store", str(folder)).stdout
    key = identity.load(folder).verifier
    with serving(folder) as witness:
        status, kind, text = witness.add(TRUE.body(0, 5))
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        assert key.accepts(TRUE.text(5), note.parse_line(text[:-1]).raw)
        assert witness.add(TRUE.body(0, 9)) == (409, "text/x.tlog.size", "5\n")
        assert witness.add(TRUE.body(5, 9))[0] == 200
        status, kind, text = witness.add(FORKED.body(9, 20))
        assert status == 200, "at nine entries both histories are still the same"
        assert witness.add(TRUE.body(20, 20))[0] == 409
        assert witness.add(TRUE.body(20, 30))[0] == 422
        assert witness.add(b"nonsense")[0] == 400
        assert witness.add(b"old 0\n" * web.MOST_BYTES)[0] == 413
        assert witness.ask("GET", "/add-checkpoint")[0] == 405
        assert witness.ask("GET", "/witness.key")[0] == 404
        status, _, text = witness.ask("GET", "/")
        assert status == 200
        assert key.vkey in text
        assert "20 entries" in text
        assert "refused: 1 fork, 1 broken" in text
        assert identity.FILE not in text
        assert witness.end(signal.SIGTERM) == 0
    shown = run("show", "--store", str(folder))
    assert shown.returncode == 0
    assert all(line in shown.stdout for line in TRUE.note(20).splitlines()), "the evidence, with both notes"
    assert all(line in shown.stdout for line in FORKED.note(20).splitlines())


def test_told_to_end_before_it_has_begun_it_ends(folder: Path) -> None:
    assert Serving(folder).end(signal.SIGTERM) == 0


def test_of_many_requests_at_once_no_two_contradict(folder: Path) -> None:
    with serving(folder) as witness:
        cosigned = storm(witness, rounds=40)
    check(folder, cosigned)
    assert cosigned


def test_killed_at_any_moment_it_never_cosigns_two_histories(folder: Path) -> None:
    """And it knows every head whose cosignature it has given out."""
    cosigned: list[tuple[History, int, str]] = []
    chance = random.Random(3)
    for _ in range(ROUNDS):
        witness = Serving(folder)
        killer = threading.Timer(chance.uniform(0.0, 0.6), witness.process.kill)
        killer.start()
        cosigned += storm(witness, rounds=1000)
        killer.join()
        assert witness.end(signal.SIGKILL) == -signal.SIGKILL
    check(folder, cosigned)
    assert len({size for _, size, _ in cosigned}) > ROUNDS


def storm(witness: Serving, rounds: int) -> list[tuple[History, int, str]]:
    """Four at once submit one size after the other, of both histories, until `rounds` or the process is dead."""
    cosigned: list[tuple[History, int, str]] = []

    def submit(history: History, seed: int) -> None:
        chance = random.Random(seed)
        known = 0
        for _ in range(rounds):
            size = min(2000, known + chance.randint(0, 3))
            try:
                status, kind, text = witness.add(history.body(known, size))
            except (OSError, http.client.HTTPException):
                return
            assert status in (200, 409, 422), text
            if status == 200:
                cosigned.append((history, size, text))
                known = size
            elif kind == "text/x.tlog.size":
                known = int(text)

    threads = [
        threading.Thread(target=submit, args=(history, seed)) for history in (LONG, LONG_FORKED) for seed in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return cosigned


def check(folder: Path, cosigned: list[tuple[History, int, str]]) -> None:
    """Every cosignature is genuine, all are of one history, and the witness still knows each of them."""
    key = identity.load(folder).verifier
    roots: dict[int, bytes] = {}
    for history, size, line in cosigned:
        assert key.accepts(history.text(size), note.parse_line(line[:-1]).raw)
        assert roots.setdefault(size, history.root(size)) == history.root(size)
    assert any(all(root == history.root(size) for size, root in roots.items()) for history in (LONG, LONG_FORKED))
    with record.opened(folder, reading=True) as connection:
        for size, root in roots.items():
            head = record.at(connection, LOG.name, size)
            assert head is not None
            assert head.root == root


def test_its_key_is_for_its_owner_only_and_made_once(folder: Path) -> None:
    file = folder / identity.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = file.read_bytes()
    again = run("init", "--store", str(folder), "--name", "council.example")
    assert (again.returncode, file.read_bytes()) == (1, before)
    assert "already" in again.stderr
    file.chmod(0o640)
    refused = run("show", "--store", str(folder))
    assert refused.returncode == 1
    assert "chmod 600" in refused.stderr


def test_the_key_it_shows_is_the_one_it_signs_with(folder: Path) -> None:
    shown = run("show", "--store", str(folder)).stdout.splitlines()
    assert Verifier.parse(shown[1]) == identity.load(folder).verifier
    assert shown[0] == "Witness council.example"


def test_a_damaged_key_and_a_lost_record_are_said_in_words(folder: Path) -> None:
    (folder / record.FILE).rename(folder / "elsewhere.db")
    for action in (("show",), ("serve", "--port", "0"), ("trust", LOG.vkey)):
        done = run(*action, "--store", str(folder))
        assert done.returncode == 1
        assert "no longer knows what it cosigned" in done.stderr
    (folder / identity.FILE).write_text("PRIVATE+KEY+council.example+00000000+AAAA\n")
    done = run("show", "--store", str(folder))
    assert done.returncode == 1
    assert "damaged" in done.stderr


def test_an_interrupted_init_is_finished_by_the_next(tmp_path: Path) -> None:
    record.make(tmp_path)
    assert run("init", "--store", str(tmp_path), "--name", "council.example").returncode == 0
    assert run("show", "--store", str(tmp_path)).returncode == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("init", "--name", "x"), 2),
        (("init", "--store", "DIR", "--name", "a b"), 1),
        (("init", "--store", "DIR", "--name", ""), 1),
        (("trust", "nonsense", "--store", "WITNESS"), 1),
        (("trust", LOG.vkey, "--store", "DIR"), 1),
        (("serve", "--store", "DIR"), 1),
        (("serve", "--store", "WITNESS", "--port", "99999"), 1),
        (("serve", "--store", "WITNESS", "--port", "x"), 2),
        (("show", "--store", "DIR"), 1),
        ((), 2),
    ],
)
def test_mistakes_on_the_command_line_are_one_sentence(
    folder: Path, tmp_path: Path, words: tuple[str, ...], code: int
) -> None:
    places = {"DIR": str(tmp_path / "none"), "WITNESS": str(folder)}
    done = run(*(places.get(word, word) for word in words))
    assert done.returncode == code
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "none" / identity.FILE).exists()


def test_another_key_under_a_name_that_is_trusted_is_refused(folder: Path) -> None:
    other = note.Signer(LOG.name, bytes(32))
    done = run("trust", other.vkey, "--store", str(folder))
    assert done.returncode == 1
    assert "another key" in done.stderr
    assert "already" in run("trust", LOG.vkey, "--store", str(folder)).stdout


def test_a_store_of_the_environment_is_never_taken_for_the_witness_s(tmp_path: Path) -> None:
    environ = {**os.environ, "DAYLIGHT_STORE": str(tmp_path)}
    command = [sys.executable, "-m", "data", "witness", "init", "--name", "x"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_body_that_does_not_come_does_not_hold_the_witness_up(folder: Path) -> None:
    with serving(folder) as witness:
        slow = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=20)
        slow.putrequest("POST", "/add-checkpoint")
        slow.putheader("content-length", "1000")
        slow.endheaders()
        begun = time.monotonic()
        assert witness.add(TRUE.body(0, 5))[0] == 200
        assert time.monotonic() - begun < 5
        slow.close()
