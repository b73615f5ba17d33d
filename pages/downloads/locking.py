"""A copy under a password: the page that asks for one, and the file. The password comes in the body of a message, so
that no address and no log of addresses holds it, and is forgotten with the download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from auth.notes import passwords
from data.errors import BadInput, NotFound
from data.people.viewer import Viewer
from data.rights.export import locked, offer
from data.store import Store
from pages.downloads import desk

_MOST = 4096  # bytes of a message
_FORM = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
_ASKED = (
    "Choose a password for the file. It is not kept anywhere: without it nobody opens the file, we neither. The names"
    " and sizes of the files inside stay readable. Windows opens such a file with 7-Zip or WinZip, macOS with Keka,"
    " Linux with 7z."
)


def routes(store: Callable[[], Store]) -> list[Route]:
    """The one address. `store` is asked when a request comes, not before."""
    locking = _Locking(store)
    return [Route("/download/export/{request:int}/lock", locking.answer, methods=["GET", "POST"])]


@dataclass(frozen=True)
class _Locking:
    store: Callable[[], Store]

    async def answer(self, request: Request) -> Response:
        """The form, or what it asks for."""
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST:
                raise BadInput(f"The form has at most {_MOST:,} bytes.")
        return await run_in_threadpool(self._give, request, bytes(body))

    def _give(self, request: Request, body: bytes) -> Response:
        store = self.store()
        viewer = desk.viewer_of(store, request)
        if viewer is None:
            return desk.to_sign_in(request)
        if request.method == "POST":
            response = self._file(request, viewer, body)
        elif request.method == "GET":
            response = self._form(request, viewer)
        else:
            return Response(status_code=405)
        policy = _FORM if request.method == "GET" else desk.HEADERS["content-security-policy"]
        response.headers.update(desk.HEADERS | {"content-security-policy": policy})
        return response

    def _form(self, request: Request, viewer: Viewer) -> Response:
        store, number = self.store(), desk.number_of(request, "request")
        with store.database.reading() as session:
            parts = len(offer.parts_of(session, viewer, store.vault, number))
        if not parts:
            raise NotFound(f"Request {number} has no file to take.")
        return passwords("A copy under a password", _ASKED, request.url.path, parts, locked.LEAST, locked.MOST)

    def _file(self, request: Request, viewer: Viewer, body: bytes) -> Response:
        given = {name: values[0] for name, values in parse_qs(body.decode(errors="replace")).items()}
        password = given.get("password", "")
        if not password:
            raise BadInput("There is no password; go back and choose one.")
        if password != given.get("again"):
            raise BadInput("The two passwords are not the same; go back and type them again.")
        part = desk.part_of(given.get("part", "1"), "go back and choose one")
        store = self.store()
        with store.database.writing() as session:
            name, size, pieces = offer.open_export(
                session,
                viewer,
                store.vault,
                desk.number_of(request, "request"),
                part=part,
                password=password,
            )
        headers = {**desk.attached(name), "content-length": str(size)}
        return StreamingResponse(pieces, media_type="application/zip", headers=headers)
