"""The app: settings, routes, the gate, and pages/menu.py as Streamlit's script. Run it with `streamlit run app.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from streamlit import file_util

from auth import sign_in
from auth.gate import Gate
from auth.notes import note
from data.database import Database
from data.errors import Destroyed, Error, NotAllowed, NotFound, StoreMissing
from data.programme.wanted import wanted
from data.settings import Settings
from data.store import Store, open_store
from pages.downloads import copies, desk, ledger, locking, organizing, people
from pages.downloads.heartbeats import Heartbeats
from pages.shell import background, broken

SETTINGS = Settings.from_environment()
# Streamlit serves a folder `pages` beside its script past every gate; beside this script there is none.
MENU = Path(__file__).resolve().parent / "pages" / "menu.py"
BACK = (("Back", "/"),)
INDEX = Path(file_util.get_static_dir()) / "index.html"


def store() -> Store:
    """The store, opened at first use; raises StoreMissing while there is none."""
    return open_store(SETTINGS)


def database() -> Database:
    """The store's database."""
    return store().database


def refuse(_request: Request, failure: Error) -> Response:
    """What a route answers when it cannot do what was asked: the sentence, and never whether something exists."""
    if isinstance(failure, NotFound | NotAllowed):
        return note("There is nothing here for you", "It does not exist, or it is not yours to see.", BACK, status=404)
    if isinstance(failure, Destroyed):
        return note("This is being deleted", str(failure), BACK, status=410)
    return note("That did not work", str(failure), BACK, status=503 if isinstance(failure, StoreMissing) else 400)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[None]:
    """What runs beside the app for as long as it does."""
    broken.hush_streamlit()
    beside = ("--beside", str(os.getpid()), "--store", str(SETTINGS.store))
    async with background.running(sys.executable, "-m", "data", "work", *beside):
        yield


app = st.App(
    MENU,
    routes=[
        *sign_in.routes(SETTINGS, database),
        *(route for part in (desk, ledger, organizing, people, copies, locking) for route in part.routes(store)),
    ],
    middleware=[
        Middleware(Gate, settings=SETTINGS, index=INDEX, record=broken.record),
        Middleware(Heartbeats, store=store, asking=wanted),
    ],
    exception_handlers={Error: refuse},
    lifespan=lifespan,
    on_script_error=broken.show,
)
