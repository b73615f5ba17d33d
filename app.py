"""The app: settings, routes, the gate, and pages/menu.py as Streamlit's script. Run it with `streamlit run app.py`."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import file_util

from auth import sign_in
from auth.gate import Gate
from data.database import Database
from data.settings import Settings
from data.store import open_store
from pages.shell import broken

SETTINGS = Settings.from_environment()
# Streamlit serves a folder `pages` beside its script past every gate; beside this script there is none.
MENU = Path(__file__).resolve().parent / "pages" / "menu.py"
INDEX = Path(file_util.get_static_dir()) / "index.html"


def database() -> Database:
    """The store's database, opened at first use; raises StoreMissing while there is no store."""
    return open_store(SETTINGS).database


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[None]:
    """What runs beside the app for as long as it does."""
    broken.hush_streamlit()
    yield


app = st.App(
    MENU,
    routes=sign_in.routes(SETTINGS, database),
    middleware=[Middleware(Gate, settings=SETTINGS, index=INDEX)],
    lifespan=lifespan,
    on_script_error=broken.show,
)
