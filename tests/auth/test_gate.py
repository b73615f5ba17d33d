"""The gate by itself: what it lets through when something behind it fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from auth.gate import Gate
from tests.auth.conftest import INDEX, Desk

CANARY = "salary list of Ana"


def fail(_request: Request) -> Response:
    raise RuntimeError(CANARY)


async def half() -> AsyncGenerator[bytes]:
    yield b"the first half"
    raise RuntimeError(CANARY)


def stream(_request: Request) -> Response:
    return StreamingResponse(half())


def client(desk: Desk, recorded: list[Exception]) -> TestClient:
    def record(failure: Exception) -> str:
        recorded.append(failure)
        return "A1B2C3"

    app = Starlette(
        routes=[Route("/fail", fail), Route("/half", stream)],
        middleware=[Middleware(Gate, settings=desk.settings, index=INDEX, record=record)],
    )
    return TestClient(app, base_url=desk.settings.public_url)


def test_a_failure_gives_a_number_to_quote_and_none_of_its_message(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    recorded: list[Exception] = []
    answer = client(desk, recorded).get("/fail")
    assert answer.status_code == 500
    assert "A1B2C3" in answer.text
    assert CANARY not in answer.text + caplog.text
    assert len(recorded) == 1
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_answer_that_fails_half_way_is_broken_off(desk: Desk) -> None:
    recorded: list[Exception] = []
    with pytest.raises(ConnectionAbortedError) as broken:
        client(desk, recorded).get("/half")
    assert CANARY not in str(broken.value)
    assert broken.value.__suppress_context__
    assert len(recorded) == 1
