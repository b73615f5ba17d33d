"""The witness on the network: POST /add-checkpoint for logs, GET / for whoever wants to know what it has seen."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data import instants
from data.errors import BadInput, Error
from data.tlog import submission
from data.tlog.cosignature import Cosigner
from data.witness import cosigning, record, report

MOST_BYTES = 256 * 1024  # a proof of 63 hashes and a note of dozens of signatures fit many times over
SECONDS = 10  # for a body to arrive
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}


def app(folder: Path, cosigner: Cosigner, clock: Callable[[], int] = instants.now) -> Starlette:
    """The witness in `folder` as an ASGI app; `clock` gives microseconds UTC."""

    async def add_checkpoint(request: Request) -> Response:
        try:
            async with asyncio.timeout(SECONDS):
                body = await _body(request)
        except TimeoutError:
            return _text(f"The request did not arrive within {SECONDS} seconds.\n", 408)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return _text(f"The request has more than {MOST_BYTES:,} bytes.\n", 413)
        seconds = clock() // instants.SECOND
        answer = await run_in_threadpool(cosigning.add_checkpoint, folder, cosigner, body, seconds)
        if answer.is_size:
            # Not as media type: Starlette would add a charset to it.
            return Response(answer.text, answer.status, {**_HEADERS, "content-type": submission.SIZE_TYPE})
        return _text(answer.text, answer.status)

    def seen(_request: Request) -> Response:
        with record.opened(folder, reading=True) as connection:
            logs, refusals = record.logs(connection), record.refusals(connection)
        return _text(report.public(cosigner, logs, refusals))

    def fail(_request: Request, error: Exception) -> Response:
        return _text(f"{error}\n", 503)

    routes = [Route("/add-checkpoint", add_checkpoint, methods=["POST"]), Route("/", seen, methods=["GET"])]
    return Starlette(routes=routes, exception_handlers={Error: fail})


def serve(folder: Path, cosigner: Cosigner, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Answer at `host` and `port` until SIGTERM or ctrl-C; `ready` is told the address. BadInput when it is taken."""
    try:
        listening = socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise BadInput(f"{host}:{port} cannot be listened at ({reason}); choose another --host or --port.") from None
    with listening:
        config = uvicorn.Config(
            app(folder, cosigner),
            log_level="warning",
            access_log=False,
            limit_concurrency=100,
            timeout_keep_alive=30,
            server_header=False,
        )
        server = uvicorn.Server(config)

        def end(_number: int, _frame: object) -> None:
            """Before uvicorn listens to signals itself, and once more when it has ended: it raises them again."""
            server.should_exit = True

        signal.signal(signal.SIGTERM, end)
        ready(f"http://{host}:{listening.getsockname()[1]}")
        server.run(sockets=[listening])


async def _body(request: Request) -> bytes | None:
    """The whole body; None when it is too large, without reading on."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BYTES:
            return None
    return bytes(body)


def _text(text: str, status: int = 200) -> Response:
    return PlainTextResponse(text, status, _HEADERS)
