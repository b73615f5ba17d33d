"""What can go wrong, worded for people: one sentence that says what, where and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Error(Exception):
    """The one thing callers catch. `str(error)` is a sentence that can be shown as it is."""


class BadInput(Error):
    """What came in cannot be used: names the file, the place in it and the reason."""


class NotAllowed(Error):
    """The viewer may not do this. Says so without saying whether the thing exists."""


class Refused(NotAllowed):
    """The viewer may not do this, and that they tried is kept: `trace` writes it down, given a session, in a
    transaction of its own, because the one in which they tried is rolled back."""

    def __init__(self, sentence: str, trace: Callable[[Any], object]) -> None:
        super().__init__(sentence)
        self.trace = trace


class NotFound(Error):
    """No such person, request or capture."""


class Conflict(Error):
    """The thing was changed meanwhile, or is not in a state that allows this."""


class Unreadable(Error):
    """Sealed content that cannot be opened: its key was destroyed, or it was altered."""


class Destroyed(Unreadable):
    """Sealed content whose key a deletion destroyed: it is gone, or will be in a moment. Says no more than that."""

    def __init__(self) -> None:
        super().__init__("This is being deleted just now, so it can no longer be opened; look again in a minute.")


class Unwritable(Error):
    """A disk that does not take what is to be kept: it is full, or it fails."""


class StoreMissing(Error):
    """The store does not exist yet, or is of another version."""
