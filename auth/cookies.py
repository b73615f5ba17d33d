"""The two cookies: which session this browser has, and which sign-in it is in the middle of."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from data.settings import Settings

SIGN_IN_SECONDS = 600


def is_https(settings: Settings) -> bool:
    """Whether people reach the app over TLS."""
    return settings.public_url.startswith("https://")


def session_name(settings: Settings) -> str:
    """The session cookie's name.

    Over https it carries the `__Host-` prefix, so that the browser refuses one that a
    neighbouring host name or plain http tries to plant (RFC 6265bis, 4.1.3.2).
    """
    return "__Host-daylight" if is_https(settings) else "daylight"


def sign_in_name(settings: Settings) -> str:
    """The name of the cookie that ties a sign-in under way to this browser."""
    return f"{session_name(settings)}-sign-in"


def session_of(cookies: Mapping[str, str], settings: Settings) -> str | None:
    """The session cookie among `cookies`, if any."""
    return cookies.get(session_name(settings))


def put_session(response: Response, settings: Settings, value: str) -> None:
    """Give the browser its session. It lasts as long as the browser; the server decides when it ends."""
    _put(response, settings, session_name(settings), value, None)


def put_sign_in(response: Response, settings: Settings, value: str) -> None:
    """Tie the sign-in that begins now to this browser."""
    _put(response, settings, sign_in_name(settings), value, SIGN_IN_SECONDS)


def drop(response: Response, settings: Settings, name: str) -> None:
    """Have the browser forget the cookie `name`."""
    response.delete_cookie(name, path="/", secure=is_https(settings), httponly=True, samesite="lax")


def _put(response: Response, settings: Settings, name: str, value: str, seconds: int | None) -> None:
    response.set_cookie(
        name, value, max_age=seconds, path="/", secure=is_https(settings), httponly=True, samesite="lax"
    )
