"""Where holders of copies say what they deleted. No sign-in: each message is signed, and nothing is shown for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data.copies import confirming
from data.copies.confirming import MOST, Signed
from data.errors import Conflict, Error, NotAllowed
from data.store import Store


def routes(store: Callable[[], Store]) -> list[Route]:
    """The one route. `store` is asked when a request comes, not before."""
    return [Route("/copies/confirm", _Confirming(store).confirm, methods=["POST"])]


@dataclass(frozen=True)
class _Confirming:
    store: Callable[[], Store]

    async def confirm(self, request: Request) -> Response:
        """Believe a signed message what came of a task: 204. Otherwise one sentence: 403 not signed, 409 closed
        already, 400 not understood, 413 too long."""
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > MOST:
                return PlainTextResponse(f"A message has at most {MOST:,} bytes.\n", 413)
        task, timestamp, signature = (
            request.headers.get(f"daylight-{name}", "") for name in ("task", "timestamp", "signature")
        )
        message = Signed(task, timestamp, signature, bytes(body))
        try:
            await run_in_threadpool(self._keep, message)
        except Error as failure:
            status = 403 if isinstance(failure, NotAllowed) else 409 if isinstance(failure, Conflict) else 400
            return PlainTextResponse(f"{failure}\n", status)
        return Response(status_code=204)

    def _keep(self, message: Signed) -> None:
        store = self.store()
        with store.database.writing() as session:
            confirming.confirm(session, store.vault, message)
