"""Somebody signed in without a cookie, and a page drawn before them without a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from streamlit.testing.v1 import AppTest

from data.database import Database
from data.people import permissions
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from data.settings import Settings
from data.store import Store
from pages.shell.here import Here

_SCRIPT = 'import streamlit as st\nst.session_state["page"]()'


@dataclass(frozen=True)
class Seat(Here):
    """Where `who` looks."""

    who: Viewer

    def look(self, *, active: bool = True) -> Viewer | None:  # noqa: ARG002 - as Here has it
        """Whoever sits there."""
        return self.who

    def is_fresh(self) -> bool:
        """As the domain has it."""
        return permissions.is_fresh(self.who)


def seated(database: Database, vault: Vault, who: Viewer) -> Seat:
    """A seat before a store with no more settings than a page may ask for."""
    store = Store(Settings(Path(), "", "", Path("keyring")), database, vault)
    return Seat(store, ZoneInfo("Europe/London"), who)


def drawn(page: Callable[..., None], *args: Any, **chosen: Any) -> AppTest:
    """The page, drawn once, with what is `chosen` on it by the keys of its fields. What is set and pressed between two
    runs arrives with the next as one, as from a browser where a box is left by pressing a button."""
    found = AppTest.from_string(_SCRIPT, default_timeout=30)
    found.session_state["page"] = partial(page, *args)
    for key, value in chosen.items():
        found.session_state[key] = value
    found.run()
    assert not found.exception
    return found


def text(page: AppTest) -> str:
    """All that stands on it in our own words, as HTML."""
    return "\n".join(str(one.proto) for one in page.main if hasattr(one, "proto"))
