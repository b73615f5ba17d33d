"""Back to the page first asked for, and never anywhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

_LONGEST = 2000


def local(path: str | None) -> str:
    """`path` when it is a path (and query) of this app, else "/".

    Browsers drop tabs and newlines and read a backslash as a slash, so none may be in it.
    Callers put the app's own public address in front of the result: it is never a whole address.
    """
    if not path or len(path) > _LONGEST or not path.startswith("/") or path.startswith("//"):
        return "/"
    if any(character <= " " or character in "\\\x7f" for character in path):
        return "/"
    try:
        parts = urlsplit(path)
    except ValueError:
        return "/"
    if parts.scheme or parts.netloc or parts.path.startswith(("//", "/sign-in", "/sign-out")):
        return "/"
    return path
