"""Where devices report once a minute. No sign-in: each has a token of its own, which alone says which device it is.

Heartbeats are gathered for a moment and written together; each is answered once it is durable, so what a device was
told is kept is there after the machine loses its power.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
import time
from collections.abc import Callable, Sequence
from functools import partial

import orjson
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from data import instants
from data.errors import BadInput, Error
from data.programme import beat, heartbeats
from data.programme.heartbeats import BATCH, Outcome, Sent, Taken
from data.programme.pace import Pace
from data.programme.wanted import Asking, Wanted
from data.store import Store

_LOG = logging.getLogger("daylight.heartbeats")
PATH = "/heartbeat"
PATIENCE = 5.0  # seconds in which a heartbeat has to have come in whole
GATHER = 0.25  # seconds for which heartbeats are gathered
MOST_WAITING = 20_000  # heartbeats in memory; whoever sends one more is asked to come again
# One device: so many at once (after a time without a network, say), and then ten times as often as it is asked to.
BURST, APART = 60, beat.EVERY / instants.SECOND / 10
_LONGEST_TOKEN = 128
_ASK_EVERY = instants.SECOND  # how old the answer to what the programme wants may be

_SAID = {
    Outcome.UNKNOWN: (401, "This token belongs to no device that may report; have the device enrolled."),
    Outcome.REPLAYED: (409, "A heartbeat with this sequence, or a later one, was kept before; nothing was changed."),
}
_MORE = {401: {"www-authenticate": "Bearer"}, 405: {"allow": "POST"}, 503: {"retry-after": "60"}}

_Kept = tuple[Taken, Wanted] | None
_Waiting = tuple[Sent, "asyncio.Future[_Kept]"]


class Heartbeats:
    """ASGI middleware that answers PATH. It stands before the routes of the app, as these and what Streamlit puts
    around them (sessions, compression) take more of a heartbeat's time than all that is done with it.

    `store` is asked when a heartbeat comes, not before; `asking` what the programme wants.
    """

    def __init__(self, app: ASGIApp, store: Callable[[], Store], asking: Asking) -> None:
        self._app, self._store, self._asking = app, store, asking
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._wanted, self._asked_at = Wanted(), 0
        self._pace = Pace(BURST, APART)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Keep a heartbeat: 200 with what the programme wants. Otherwise one sentence: 400 not understood, 401 no
        such device, 405 no POST, 408 too slow, 409 replayed, 413 too long, 429 too often, 503 not kept."""
        if scope["type"] != "http" or scope["path"] != PATH:
            await self._app(scope, receive, send)
            return
        response = await self._answer(scope, receive)
        if response is not None:
            await response(scope, receive, send)

    async def _answer(self, scope: Scope, receive: Receive) -> Response | None:
        """None for a device that has gone before it said all."""
        if scope["method"] != "POST":
            return _refused(405, "A heartbeat is sent with POST.")
        token = _token_of(scope)
        if token is None:
            return _refused(*_SAID[Outcome.UNKNOWN])
        digest = hashlib.sha256(token).hexdigest()
        # By token and not by address: behind a proxy all devices have one, and one of them must not stop the others.
        if wait := math.ceil(self._pace.wait(digest, time.monotonic())):
            return _refused(429, f"This token reports far too often; come again in {wait} s.", wait)
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body_of(receive)
        except TimeoutError:
            return _refused(408, f"A heartbeat has to come in within {PATIENCE:.0f} seconds; send it again.")
        if body is None:
            return None
        received = instants.now()
        if len(body) > beat.MOST:
            return _refused(413, f"A heartbeat has at most {beat.MOST:,} bytes; send what is asked for and no more.")
        try:
            sent = Sent(digest, beat.parse(body), received)
        except BadInput as failure:
            return _refused(400, str(failure))
        kept = await self._kept(sent)
        if kept is None:
            return _refused(503, "This heartbeat was not kept; send it again in a minute.")
        taken, wanted = kept
        if taken.outcome is not Outcome.KEPT:
            return _refused(*_SAID[taken.outcome])
        return _accepted(wanted.since(taken.person_id))

    async def _kept(self, sent: Sent) -> _Kept:
        if len(self._waiting) >= MOST_WAITING:
            return None
        future: asyncio.Future[_Kept] = asyncio.get_running_loop().create_future()
        self._waiting.append((sent, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await future

    async def _write(self) -> None:
        """Write what was gathered, batch after batch, until nothing waits."""
        while self._waiting:
            await asyncio.sleep(GATHER)
            batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
            found: Sequence[Taken | None] = [None] * len(batch)
            try:
                # Not in the threads that routes of pages share: these must not wait for a slow page.
                found = await asyncio.to_thread(partial(self._take, [sent for sent, _ in batch]))
            except Exception as failure:
                # Whatever it was, devices are told. Its kind is enough to look for; the message may quote a row.
                _LOG.warning("%s heartbeats were not kept: %s", len(batch), type(failure).__name__)
            finally:
                for (_, future), taken in zip(batch, found, strict=True):
                    if not future.done():
                        future.set_result(None if taken is None else (taken, self._wanted))

    def _take(self, sent: Sequence[Sent]) -> list[Taken]:
        store, now = self._store(), instants.now()
        if instants.over(self._asked_at, _ASK_EVERY, now):
            self._wanted, self._asked_at = self._ask(store, now), now
        return heartbeats.take(store.database, sent)

    def _ask(self, store: Store, now: int) -> Wanted:
        try:
            with store.database.reading() as session:
                return self._asking(session, store.vault)
        except Error as failure:
            # Nobody can tell whether people may be captured now: then they are not to be.
            _LOG.warning("devices are told to pause: %s", failure)
            return Wanted(paused_since=now)


async def _body_of(receive: Receive) -> bytes | None:
    """The body, or of one that is too long as much as shows that; None when the device has gone."""
    body = b""
    while len(body) <= beat.MOST:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            break
    return body


def _token_of(scope: Scope) -> bytes | None:
    """The token of `Authorization: Bearer TOKEN` (RFC 6750, section 2.1)."""
    header: bytes = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, token = header.partition(b" ")
    token = token.strip()
    return token if scheme.lower() == b"bearer" and 0 < len(token) <= _LONGEST_TOKEN else None


def _accepted(paused_since: int | None) -> Response:
    told: dict[str, object] = {"wanted": "running", "every": beat.EVERY // instants.SECOND}
    if paused_since is not None:
        told |= {"wanted": "paused", "since": instants.iso(paused_since)}
    return Response(orjson.dumps(told), media_type="application/json")


def _refused(status: int, sentence: str, wait: int = 0) -> Response:
    more = {"retry-after": str(wait)} if wait else _MORE.get(status)
    return Response(f"{sentence}\n", status, more, media_type="text/plain")
