"""The gate every request passes first: what browsers are told to forbid, what is closed, who may open a socket."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from auth import cookies, sessions
from auth.notes import note
from data.settings import Settings

# Streamlit's own ways in and out that Daylight does not use. /media would give anybody what a page once drew there.
_CLOSED = ("/media", "/auth/", "/oauth2callback", "/_stcore/upload_file", "/_stcore/metrics", "/_stcore/agent")

# Set here for each socket, whatever the client sent; .streamlit/config.toml has Streamlit compare it
# (server.trustedUserHeaders), so that a browser that signed out, or in as somebody else, resumes nothing of before.
SESSION_HEADER = b"x-daylight-session"


class Gate:
    """ASGI middleware. `index` is the page that starts Streamlit, whose inline scripts are allowed by their hash.

    `record` writes a failure down without its message, which may quote a person's data, and gives its number.
    """

    def __init__(self, app: ASGIApp, settings: Settings, index: Path, record: Callable[[Exception], str]) -> None:
        self._app = app
        self._settings = settings
        self._record = record
        self._headers = _headers(settings, index)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is closed, else pass on."""
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            if not _is_own_origin(headers, self._settings):
                await send({"type": "websocket.close", "code": 1008})
                return
            scope = {**scope, "headers": [*_without_ours(scope), (SESSION_HEADER, self._whose(headers))]}
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        begun = False

        async def send_with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in self._headers:
                    headers.setdefault(name, value)
            await send(message)

        if _is_closed(scope["path"]):
            await send_with_headers({"type": "http.response.start", "status": 404, "headers": []})
            await send_with_headers({"type": "http.response.body", "body": b""})
            return
        try:
            await self._app({**scope, "headers": _without_ours(scope)}, receive, send_with_headers)
        except Exception as failure:
            number = self._record(failure)
            # An answer that has begun is broken off: the browser sees that it is not whole.
            if begun:
                raise ConnectionAbortedError(f"failure {number} while answering") from None
            sentence = f"It was written down as {number}; nothing of yours was lost. Try again, or quote the number."
            await note("Something failed", sentence, (("Back", "/"),), status=500)(scope, receive, send_with_headers)

    def _whose(self, headers: Headers) -> bytes:
        # As pages read them: another reader may stumble over some cookie of the parent domain, and find no session.
        found = cookies.session_of(cookie_parser(headers.get("cookie", "")), self._settings)
        return sessions.digest_of(found).encode() if found else b""


def _is_closed(path: str) -> bool:
    return path.startswith(_CLOSED)


def _without_ours(scope: Scope) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in scope["headers"] if name.lower() != SESSION_HEADER]


def _is_own_origin(headers: Headers, settings: Settings) -> bool:
    """Only pages of this app open a socket in a browser; programs, which send no Origin, bring their own cookie."""
    origin = headers.get("origin")
    if origin is None or origin == settings.public_url:
        return True
    return urlsplit(origin).netloc == headers.get("host", "") != ""


def _headers(settings: Settings, index: Path) -> tuple[tuple[str, str], ...]:
    inline = re.findall(r"<script>(.*?)</script>", index.read_text("utf-8"), re.DOTALL)
    hashes = " ".join(f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline)
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {hashes}".strip(),
            # Streamlit and Plotly write their styles into the page.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "media-src 'self'",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
    always = (
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        # Not "no-referrer": a browser would then hide the origin of our own forms too.
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
    )
    if not cookies.is_https(settings):
        return always
    return (*always, ("strict-transport-security", "max-age=31536000"))
