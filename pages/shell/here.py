"""Here: the store, the zone of whoever looks, and the question who that is, asked again at every use."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from auth import cookies, sessions
from data import instants
from data.people.permissions import is_fresh
from data.people.viewer import Viewer
from data.store import Store


@dataclass(frozen=True)
class Here:
    """What every page function gets."""

    store: Store
    zone: ZoneInfo

    def viewer(self, *, active: bool = True) -> Viewer:
        """Who looks now, with the roles they have now. Call it outside of any transaction, in each fragment too.

        When the session is over, the whole page is drawn anew, and that draws the sign-in page: nothing of the
        person stays on the screen. `active=False` is for what reruns by itself: it keeps no session alive.
        """
        found = self.look(active=active)
        if found is None:
            st.rerun(scope="app")
        return found

    def is_fresh(self) -> bool:
        """Whether the viewer has just proved who they are: asked before what the domain would refuse otherwise."""
        opened = self._opened()
        return opened is not None and is_fresh(opened.viewer)

    def look(self, *, active: bool = True) -> Viewer | None:
        """Who looks now, or None when nobody is signed in."""
        opened, now = self._opened(), instants.now()
        if opened is None:
            return None
        if active and opened.is_stale(now):
            with self.store.database.writing() as session:
                sessions.touch(session, opened.digest, now)
        return opened.viewer

    def _opened(self) -> sessions.Opened | None:
        settings, now = self.store.settings, instants.now()
        cookie = cookies.session_of(st.context.cookies, settings)
        if not cookie:
            return None
        with self.store.database.reading() as session:
            return sessions.find(session, cookie, settings, now)


def zone_of_browser() -> ZoneInfo:
    """The zone the viewer's browser names, or UTC when it names none that is known."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
