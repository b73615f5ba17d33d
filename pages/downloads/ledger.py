"""The access log for the world (c2sp.org/tlog-tiles): its newest checkpoint, its tiles, its entries and its key.

No sign-in is asked for, on purpose: whoever watches the log must not need the operator's leave, nor be known to the
operator. What is served names nobody and opens nothing: hashes, salted commitments, and blinded tags, which link
nothing (data/proofs/tags.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from data.accesses import tree
from data.errors import NotFound
from data.proofs import publishing, tags, verify, witnesses
from data.store import Store
from data.tlog import tiles
from data.tlog.tiles import WIDTH

_TILES, _TAGS = "/log/tile/", "/log/tags/"
_ONE = re.compile(r"of/(0|[1-9][0-9]{0,14})", re.ASCII)
# A full tile never changes again; one that is not full is another address once it has grown, but soon of no use.
_FULL = {"cache-control": "public, max-age=31536000, immutable"}
_PARTIAL = {"cache-control": "public, max-age=600"}
_NEWEST = {"cache-control": "no-store"}


def routes(store: Callable[[], Store]) -> list[Route]:
    """The routes of the log. `store` is asked when a request comes, not before."""
    ledger = _Ledger(store)
    return [
        Route("/log/checkpoint", ledger.checkpoint, methods=["GET"]),
        Route("/log/key", ledger.key, methods=["GET"]),
        Route("/log/verify.py", ledger.verifier, methods=["GET"]),
        Route(_TILES + "{tile:path}", ledger.tile, methods=["GET"]),
        Route(_TAGS + "{tile:path}", ledger.tags, methods=["GET"]),
    ]


@dataclass(frozen=True)
class _Ledger:
    store: Callable[[], Store]

    def checkpoint(self, _request: Request) -> Response:
        """The newest signed head with every cosignature of it."""
        with self.store().database.reading() as session:
            signed = witnesses.cosigned_note(session)
        return _nothing() if signed is None else PlainTextResponse(signed, headers=_NEWEST)

    def key(self, _request: Request) -> Response:
        """The verifier key that checkpoints are checked with."""
        store = self.store()
        with store.database.reading() as session:
            key = publishing.verifier_key(session, store.vault)
        return _nothing() if key is None else PlainTextResponse(f"{key}\n", headers=_NEWEST)

    def verifier(self, _request: Request) -> Response:
        """The one file that checks receipts."""
        return PlainTextResponse(Path(verify.__file__).read_text(encoding="utf-8"), headers=_NEWEST)

    def tile(self, request: Request) -> Response:
        """A tile's hashes or a bundle of entries, at exactly the one address that the specification gives it."""
        asked = tiles.parse(_address(request, _TILES))
        if asked is None:
            return _nothing()
        try:
            with self.store().database.reading() as session:
                if asked.level is None:
                    found = tree.bundle(session, asked.index, asked.width)
                else:
                    found = tree.tile(session, asked.level, asked.index, asked.width)
        except NotFound:
            return _nothing()
        headers = _FULL if asked.width == WIDTH else _PARTIAL
        return Response(found, media_type="application/octet-stream", headers=headers)

    def tags(self, request: Request) -> Response:
        """The blinded tags of a bundle's entries, at the bundle's own address, or those `of/` a single entry."""
        address, store = _address(request, _TAGS), self.store()
        one, asked = _ONE.fullmatch(address), tiles.parse(f"entries/{address}")
        try:
            with store.database.reading() as session:
                if one is not None:
                    found = tags.of(session, store.vault, int(one[1]))
                elif asked is not None:
                    found = tags.bundle(session, store.vault, asked.index, asked.width)
                else:
                    return _nothing()
        except NotFound:
            return _nothing()
        # Made of what lies beside the log, which may be damaged and put right.
        return Response(found, media_type="application/octet-stream", headers=_PARTIAL)


def _address(request: Request, below: str) -> str:
    """What was asked for; nothing, where it was sent with escapes, as that would be a second address of the same."""
    address, raw = str(request.path_params["tile"]), request.scope.get("raw_path") or b""
    return address if raw.partition(b"?")[0] == f"{below}{address}".encode() else ""


def _nothing() -> Response:
    return PlainTextResponse("There is nothing here.\n", 404, _NEWEST)
