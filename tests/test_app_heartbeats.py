"""The route where devices report, as a collector uses it: real HTTP to the app as operators start it."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from data import instants
from data.programme.beat import MOST
from data.programme.device_tables import DeviceStepRow, HeartbeatRow
from tests.auth.running import Site, ended, make_site, running
from tests.data.programme.reporting import enrolled, revoked
from tests.demo.processes import free_port

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running(make_site(tmp_path_factory.mktemp("heartbeats"))) as found:
        yield found


def beat(sequence: int, state: str = "capturing", ahead: int = 0) -> bytes:
    at = instants.iso(instants.now() + ahead)
    return json.dumps({"at": at, "state": state, "version": "1.4.2", "sequence": sequence}).encode()


def post(url: str, token: str | None, body: bytes, method: str = "POST") -> tuple[int, str]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=30)
    try:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        connection.request(method, "/heartbeat", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def kept(site: Site, name: str = "ana") -> HeartbeatRow | None:
    with site.database.reading() as session:
        query = select(HeartbeatRow).where(HeartbeatRow.person_id == site.ids[name])
        return session.scalars(query.order_by(HeartbeatRow.number.desc())).first()


def test_a_device_reports_with_its_token_and_is_told_what_is_wanted(site: Site) -> None:
    token = enrolled(site.database, site.vault, site.ids["ana"])
    before = instants.now()
    status, said = post(site.url, token, beat(1, ahead=3 * instants.HOUR))
    assert (status, json.loads(said)) == (200, {"wanted": "running", "every": 60})
    row = kept(site)
    assert row is not None
    assert (row.sequence, row.state, row.version) == (1, "capturing", "1.4.2")
    # The server's own time counts, and how far the device's clock is off is kept.
    assert before <= row.at <= instants.now()
    assert abs(row.clock_offset - 3 * instants.HOUR) < instants.MINUTE
    assert post(site.url, token, beat(1, "paused"))[0] == 409
    assert post(site.url, token, beat(2, "paused"))[0] == 200
    revoked(site.database, site.vault, site.ids["ana"])
    assert post(site.url, token, beat(3))[0] == 401
    row = kept(site)
    assert row is not None and (row.sequence, row.state) == (2, "paused")


def test_whatever_else_is_sent_is_refused_in_one_sentence_and_leaves_nothing(site: Site) -> None:
    token = enrolled(site.database, site.vault, site.ids["wei"])
    cases: list[tuple[int, str | None, bytes, str]] = [
        (401, None, beat(1), "POST"),
        (401, "daylight-device-forged", beat(1), "POST"),
        (401, token[:-1], beat(1), "POST"),
        (401, "x" * 129, beat(1), "POST"),
        (400, token, b"{", "POST"),
        (400, token, beat(0), "POST"),
        (413, token, b" " * (MOST + 1), "POST"),
        (405, token, b"", "GET"),
    ]
    for status, given, body, method in cases:
        found, said = post(site.url, given, body, method)
        assert (found, said.count("\n"), said.endswith(".\n")) == (status, 1, True), said
    assert kept(site, "wei") is None


def test_a_heartbeat_that_does_not_end_is_refused_while_it_comes(site: Site) -> None:
    """Nobody fills the memory of the app with one request: more than is allowed is never read."""
    token = enrolled(site.database, site.vault, site.ids["wei"], "Endless")
    host, port = site.url.removeprefix("http://").split(":")
    head = f"POST /heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 1000000000\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=30) as endless:
        endless.sendall(head.encode() + b" " * (MOST + 1))
        assert endless.recv(100).split(b" ")[1] == b"413"


def test_a_slow_device_is_put_off_and_holds_up_nobody(site: Site) -> None:
    """A device that sends a byte now and then costs a socket and no more, for a few seconds."""
    token = enrolled(site.database, site.vault, site.ids["ingrid"])
    host, port = site.url.removeprefix("http://").split(":")
    head = f"POST /heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: 100\r\n\r\n{{"
    assert post(site.url, token, beat(1))[0] == 200  # the first opens the store
    slow = [socket.create_connection((host, int(port)), timeout=30) for _ in range(50)]
    try:
        for one in slow:
            one.sendall(head.encode())
        begun = time.monotonic()
        assert post(site.url, token, beat(2))[0] == 200
        assert time.monotonic() - begun < 4
        assert {one.recv(100).split(b" ")[1] for one in slow} == {b"408"}
    finally:
        for one in slow:
            one.close()


def test_two_processes_of_the_app_keep_a_sequence_once(site: Site) -> None:
    """Behind a load balancer the same heartbeat may reach two processes; neither remembers
    anything, so both are right."""
    token = enrolled(site.database, site.vault, site.ids["olu"])
    with app(site) as (_, other):
        assert post(site.url, token, beat(1))[0] == 200
        assert post(other, token, beat(1, "paused"))[0] == 409
        assert post(other, token, beat(2, "paused"))[0] == 200
        assert post(site.url, token, beat(2))[0] == 409
        answers = together([(url, token, beat(3)) for url in (site.url, other) * 4])
        assert sorted(answers) == [200] + [409] * 7
        revoked(site.database, site.vault, site.ids["olu"])
        assert {post(url, token, beat(4))[0] for url in (site.url, other)} == {401}
    with site.database.reading() as session:
        steps = session.scalars(select(DeviceStepRow.state).where(DeviceStepRow.person_id == site.ids["olu"]))
        assert list(steps) == ["capturing", "paused", "capturing"]


def test_what_a_device_was_told_is_kept_is_there_after_the_process_is_killed(tmp_path: Path) -> None:
    """kill -9 at any moment: each 200 that arrived stands for a heartbeat that is durable, also one that changed
    nothing but the sequence."""
    site = make_site(tmp_path)
    tokens = [enrolled(site.database, site.vault, site.ids["ana"], f"Laptop {number}") for number in range(12)]
    acknowledged = [0] * len(tokens)

    def report(which: int, url: str) -> None:
        for sequence in range(1, 1000):
            try:
                status, _ = post(url, tokens[which], beat(sequence, ["capturing", "paused"][sequence // 3 % 2]))
            except (OSError, http.client.HTTPException):
                return
            assert status == 200
            acknowledged[which] = sequence

    with app(site) as (process, url):
        threads = [threading.Thread(target=report, args=(which, url)) for which in range(len(tokens))]
        for one in threads:
            one.start()
        while min(acknowledged) < 4 and all(one.is_alive() for one in threads):
            time.sleep(0.01)
        assert min(acknowledged) >= 4, acknowledged
        os.kill(process.pid, signal.SIGKILL)
        for one in threads:
            one.join()
    with site.database.reading() as session:
        rows = {row.number: row for row in session.scalars(select(HeartbeatRow))}
    for number, sequence in enumerate(acknowledged, 1):
        assert rows[number].sequence in (sequence, sequence + 1)
        assert rows[number].state == ["capturing", "paused"][rows[number].sequence // 3 % 2]


def together(sent: Sequence[tuple[str, str, bytes]]) -> list[int]:
    """The statuses of heartbeats that are sent at the same time."""
    found: list[int] = []
    threads = [threading.Thread(target=lambda one=one: found.append(post(*one)[0])) for one in sent]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


@contextmanager
def app(site: Site) -> Generator[tuple[subprocess.Popen[bytes], str]]:
    """One more process of the app over the same store, and its address."""
    url = f"http://127.0.0.1:{free_port()}"
    command = [sys.executable, "-m", "streamlit", "run", str(ROOT / "app.py"), "--server.address", "127.0.0.1"]
    environ = {**os.environ, **site.environ, "DAYLIGHT_PUBLIC_URL": url, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "--server.port", url.rsplit(":", 1)[1]],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(600):
            with suppress(OSError):
                post(url, None, b"")
                break
            time.sleep(0.1)
        yield process, url
    finally:
        ended(process)
