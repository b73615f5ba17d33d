"""When something fails: what it was, that nothing was lost, and a number to quote. Never a stack trace."""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path

import streamlit as st

from data.errors import Destroyed, Error
from pages.shell import markup

_LOG = logging.getLogger("daylight")


def show(failure: Exception) -> bool:
    """Draw a failure of the script in place of the rest of the page. True: it has been shown."""
    if isinstance(failure, Destroyed):
        st.info(markup.literal(str(failure)), icon=":material/delete_sweep:")
        return True
    if isinstance(failure, Error):
        st.warning(markup.literal(str(failure)))
        return True
    number = record(failure)
    st.error(
        f"Something failed here, and it was written down as {number}. Nothing of yours was lost or changed. "
        "Load the page again; if it fails again, tell whoever runs Daylight this number."
    )
    return True


def record(failure: BaseException) -> str:
    """Log where and what kind of failure it was, and give the number it can be found by.

    The message of a failure may quote a person's data (a value in an SQL statement, a title), so it is left out.
    """
    number = secrets.token_hex(3).upper()
    frames = traceback.extract_tb(failure.__traceback__)
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames[-8:]))
    _LOG.error("failure %s: %s at %s", number, type(failure).__qualname__, places)
    return number


def hush_streamlit() -> None:
    """Keep Streamlit from logging the failures that `record` logs, messages and all."""
    logging.getLogger("streamlit.error_util").addFilter(_is_not_a_failure)


def _is_not_a_failure(entry: logging.LogRecord) -> bool:
    return entry.exc_info is None
