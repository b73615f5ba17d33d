"""What the route tells devices: what is wanted of them, asked anew, and a pause where nobody can tell."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from starlette.types import Message, Scope

from data import instants
from data.database import Database
from data.errors import Unreadable
from data.programme.device_tables import HeartbeatRow
from data.programme.pace import Pace
from data.programme.wanted import Wanted
from data.sealing.vault import Vault
from data.settings import Settings
from data.store import Store
from pages.downloads import heartbeats
from pages.downloads.heartbeats import Heartbeats
from tests.data.programme.reporting import enrolled
from tests.data.rights.conftest import Roster, roster

__all__ = ["roster"]

ANA, CAL = 1, 2
SINCE = instants.parse("2026-11-27T09:00:00Z")


async def _nobody(*_: object) -> None:
    raise AssertionError("a heartbeat is answered before the app's own routes")


def answers(database: Database, vault: Vault, asking: Callable[..., Wanted], *beats: tuple[str, int]) -> list[Any]:
    """Status and JSON (or None) of heartbeats that are sent one after the other, by token and sequence."""
    store: Any = Store(Settings.from_environment({}), database, vault)
    app = Heartbeats(_nobody, lambda: store, asking)

    async def one(token: str, sequence: int) -> Any:
        told = {"at": "2026-11-27T09:00:00Z", "state": "paused", "version": "1", "sequence": sequence}
        scope: Scope = {"type": "http", "method": "POST", "path": "/heartbeat"}
        scope["headers"] = [(b"authorization", f"Bearer {token}".encode())]
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": json.dumps(told).encode()}

        async def send(message: Message) -> None:
            sent.append(message)

        await app(scope, receive, send)
        body = sent[1]["body"]
        return sent[0]["status"], json.loads(body) if body.startswith(b"{") else None

    async def everything() -> list[Any]:
        return [await one(*each) for each in beats]

    with ThreadPoolExecutor(1) as pool:  # a browser of another test may have a loop in this thread
        return pool.submit(lambda: asyncio.run(everything())).result()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeats, "GATHER", 0)
    monkeypatch.setattr(heartbeats, "_ASK_EVERY", 0)


def test_each_device_is_told_what_is_wanted_of_it(database: Database, vault: Vault, roster: Roster) -> None:
    ana, cal = enrolled(database, vault, ANA), enrolled(database, vault, CAL)
    wanted = iter([Wanted(), Wanted(SINCE), Wanted(own={ANA: SINCE}), Wanted(own={ANA: SINCE})])
    found = answers(database, vault, lambda *_: next(wanted), (ana, 1), (ana, 2), (ana, 3), (cal, 1))
    running, paused = (
        {"wanted": "running", "every": 60},
        {"wanted": "paused", "since": instants.iso(SINCE), "every": 60},
    )
    assert found == [(200, running), (200, paused), (200, paused), (200, running)]


def test_one_token_cannot_flood_the_keeper_and_others_do_not_wait_for_it(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A collector that is broken, or a stolen token, is told to come later, before anything is read or looked up."""
    ana, cal = enrolled(database, vault, ANA), enrolled(database, vault, CAL)
    monkeypatch.setattr(heartbeats, "BURST", 3)
    found = answers(database, vault, lambda *_: Wanted(), *((ana, number) for number in range(1, 7)), (cal, 1))
    assert [status for status, _ in found] == [200, 200, 200, 429, 429, 429, 200]
    with database.reading() as session:
        assert session.scalar(select(HeartbeatRow.sequence).where(HeartbeatRow.person_id == ANA)) == 3


def test_a_device_that_reports_once_a_minute_is_never_kept_waiting_and_one_that_does_not_is() -> None:
    """Not after hours, not when it sends all at once what it could not send, and not for long after a flood."""
    pace = Pace(heartbeats.BURST, heartbeats.APART)
    assert not any(pace.wait("honest", minute * 60.0 + jitter) for minute in range(600) for jitter in (0.0, 1.5))
    after = 40_000.0
    assert [bool(pace.wait("honest", after)) for _ in range(heartbeats.BURST + 1)] == [False] * heartbeats.BURST + [
        True
    ]
    wait = pace.wait("honest", after)
    assert 0 < wait <= heartbeats.APART and not pace.wait("honest", after + wait)
    flood = sum(not pace.wait("flood", second / 100) for second in range(360_000))
    assert flood <= heartbeats.BURST + 3_600 / heartbeats.APART + 1


def test_where_nobody_can_tell_whether_it_is_paused_devices_are_told_to_pause(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """An altered record of the pauses must not start capturing, nor stop devices from reporting."""

    def asking(*_: object) -> Wanted:
        raise Unreadable("The record of the pauses was altered.")

    ((status, told),) = answers(database, vault, asking, (enrolled(database, vault, ANA), 1))
    assert (status, told["wanted"]) == (200, "paused")


def test_what_is_not_kept_is_said_so(
    database: Database, vault: Vault, roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, or a database that is away, or too many at once: the device is never told that it was kept."""
    token = enrolled(database, vault, ANA)

    def full(*_: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr("data.programme.heartbeats.take", full)
        assert answers(database, vault, lambda *_: Wanted(), (token, 1)) == [(503, None)]
    with monkeypatch.context() as patch:
        patch.setattr(heartbeats, "MOST_WAITING", 0)
        assert answers(database, vault, lambda *_: Wanted(), (token, 1)) == [(503, None)]
    assert answers(database, vault, lambda *_: Wanted(), (token, 1))[0][0] == 200
