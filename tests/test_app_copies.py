"""The route where holders of copies confirm: open to whoever signs, and to nobody else."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
from collections.abc import Generator
from pathlib import Path

import pyarrow as pa
import pytest

from data import instants
from data.accesses.entry import Purpose
from data.captures import segments
from data.captures.schema import SCHEMA
from data.copies import consumer, tasks
from data.copies.confirming import MOST
from data.copies.extract import Wanted, extract
from data.copies.tasks import Outcome
from data.people.viewer import OPERATOR
from tests.auth.running import Site, make_site, running
from tests.data.captures.rows import row


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running(make_site(tmp_path_factory.mktemp("copies"))) as found:
        yield found


def post(site: Site, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection(site.url.removeprefix("http://"), timeout=30)
    try:
        connection.request("POST", "/copies/confirm", body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def test_a_holder_confirms_once_with_its_signature_and_without_a_session(site: Site) -> None:
    ana = site.ids["ana"]
    with site.database.writing() as session:
        segments.write(session, site.vault, ana, 1, pa.Table.from_pylist([row(10)], SCHEMA))
        made = consumer.register(session, OPERATOR, site.vault, "set", "A training set.")
    wanted = Wanted(Purpose.TRAINING, "RUN-7", consumer="set")
    out = site.database.url.database
    assert out is not None
    extract(site.database, site.vault, OPERATOR, wanted, _beside(out), lambda _: {})
    with site.database.writing() as session:
        assert tasks.fan_out(session, site.vault, ana, 1, {}) == 1
        (task,) = tasks.of_request(session, ana, 1)
    body = json.dumps({"task": task.name, "outcome": "done", "digest": "ab"}).encode()
    stamp = str(instants.now() // instants.SECOND)
    content = f"{stamp}.{task.name}.".encode() + body
    signature = hmac.digest(bytes.fromhex(made.secret), content, hashlib.sha256).hex()
    headers = {"Daylight-Task": task.name, "Daylight-Timestamp": stamp, "Daylight-Signature": signature}
    assert post(site, body, {})[0] == 403
    assert post(site, body, {**headers, "Daylight-Signature": "0" * 64})[0] == 403
    assert post(site, b"x" * (MOST + 1), headers)[0] == 413
    assert post(site, body, headers) == (204, "")
    assert post(site, body, headers)[0] == 409
    with site.database.reading() as session:
        (task,) = tasks.of_request(session, ana, 1)
    assert (task.outcome, task.closed_by) == (Outcome.DONE, "set")


def _beside(database: str) -> Path:
    return Path(database).with_name("set.parquet")
