"""The app with one page in place of all: a fragment with a button that shows something to officers only."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit import file_util

from auth.gate import Gate
from data.settings import Settings
from pages.shell import broken

INDEX = Path(file_util.get_static_dir()) / "index.html"

app = st.App(
    Path(__file__).resolve().parent / "script.py",
    middleware=[Middleware(Gate, settings=Settings.from_environment(), index=INDEX, record=broken.record)],
)
