"""The script Streamlit runs: who is looking -> which pages -> draw one.

Nothing is drawn for nobody: without an open session every address shows the sign-in page and no page is called.
A new page is one function `def page(here: Here) -> None` and one line in PAGES.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from data.errors import Error
from data.people.permissions import Permission, may
from data.people.viewer import Viewer
from data.settings import Settings
from data.store import open_store
from pages.auditor.log import entries
from pages.employee.accesses import accesses
from pages.employee.captures import captures
from pages.employee.incidents import incidents
from pages.employee.overview import overview
from pages.employee.programme import programme
from pages.employee.requests import requests
from pages.officer.control import control
from pages.officer.controls import controls
from pages.officer.figures import figures
from pages.officer.holds import holds
from pages.officer.queue import queue
from pages.officer.unexplained import unexplained
from pages.organizer.conduct import conduct
from pages.organizer.method import method
from pages.organizer.people import people
from pages.organizer.watching import watching
from pages.shell import gateway
from pages.shell.here import Here, zone_of_browser


@dataclass(frozen=True)
class Entry:
    """A page: its address, its name, what its viewer must be permitted, and the function that draws it."""

    path: str
    title: str
    permission: Permission
    draw: Callable[[Here], None]


PAGES = (
    Entry("", "Overview", Permission.SEE_SUMMARY, overview),
    Entry("captures", "What was collected", Permission.SEE_CAPTURES, captures),
    Entry("accesses", "Who opened it", Permission.SEE_ACCESSES, accesses),
    Entry("requests", "My requests", Permission.SEE_REQUESTS, requests),
    Entry("incidents", "Incidents", Permission.READ_INCIDENTS, incidents),
    Entry("programme", "The programme", Permission.READ_PROGRAMME, programme),
    Entry("queue", "Requests to decide", Permission.SEE_QUEUE, queue),
    Entry("holds", "Legal holds", Permission.SEE_QUEUE, holds),
    Entry("control", "Pause and resume", Permission.CONTROL_PROGRAMME, control),
    Entry("figures", "Figures of a year", Permission.SEE_QUEUE, figures),
    Entry("unexplained", "Unexplained looks", Permission.EXPLAIN_ACCESSES, unexplained),
    Entry("controls", "Promises and checks", Permission.SEE_CONTROLS, controls),
    Entry("conduct", "The programme's conduct", Permission.SEE_CONDUCT, conduct),
    Entry("people", "Figures about people", Permission.SEE_FIGURES, people),
    Entry("people-method", "How people are counted", Permission.READ_PROGRAMME, method),
    Entry("watching", "Watch the programme", Permission.SEE_CONDUCT, watching),
    Entry("log", "Access log", Permission.SEE_LOG, entries),
)


def main() -> None:
    """Draw the page that this browser asked for, to whoever it is."""
    st.set_page_config(page_title="Daylight", layout="wide")
    settings = Settings.from_environment()
    try:
        here = Here(open_store(settings), zone_of_browser())
        viewer = here.look()
    except Error as failure:
        _show(partial(gateway.not_yet, str(failure)), title="Daylight")
        return
    gateway.scenario(here.store)
    if viewer is None:
        _show(partial(gateway.ask_to_sign_in, settings.identity), title="Sign in")
        return
    chosen = st.navigation([_page(entry, here, viewer) for entry in PAGES], position="top")
    gateway.name_tag(viewer)
    gateway.watch(here)
    chosen.run()


def _page(entry: Entry, here: Here, viewer: Viewer) -> st.Page:
    """The page as Streamlit wants it. One that the viewer may not see has an address, but only says so."""
    allowed = may(viewer, entry.permission, viewer.person_id)
    draw = partial(entry.draw, here) if allowed else partial(gateway.not_for, entry.permission)
    return _registered(entry.path, entry.title, draw, is_shown=allowed)


def _show(draw: Callable[[str], None], title: str) -> None:
    """The same page at every address, so that the one asked for stays in the browser."""
    st.navigation(
        [_registered(entry.path, title, partial(draw, entry.path), is_shown=False) for entry in PAGES],
        position="hidden",
    ).run()


def _registered(path: str, title: str, draw: Callable[[], None], *, is_shown: bool) -> st.Page:
    def page() -> None:
        draw()

    return st.Page(
        page,
        title=title,
        url_path=path or "overview",
        default=path == "",
        visibility="visible" if is_shown else "hidden",
    )


# Streamlit runs this file under this name at each rerun.
if __name__ == "__main__":
    main()
