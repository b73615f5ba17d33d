"""A browser tab without the browser: speaks Streamlit's own protocol, and keeps every word the server sends to it.

What it was not sent, no browser can show: about who gets to see what, this is stricter than looking at a page.
"""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

_FRAGMENT_DONE = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY
_AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN


@dataclass
class Seen:
    """All that one run of the script sent."""

    messages: list[ForwardMsg] = field(default_factory=list[ForwardMsg])

    @property
    def text(self) -> str:
        """Every word in it, as the protocol buffers print it."""
        return "\n".join(str(message) for message in self.messages)

    @property
    def pages(self) -> dict[str, str]:
        """The pages of the navigation: address -> title."""
        found = [message.navigation for message in self.messages if message.HasField("navigation")]
        return (
            {page.url_pathname: page.page_name for page in found[-1].app_pages if not page.is_hidden} if found else {}
        )

    @property
    def own_pace(self) -> list[str]:
        """The fragments that run again by themselves."""
        return [message.auto_rerun.fragment_id for message in self.messages if message.HasField("auto_rerun")]

    @property
    def session_id(self) -> str:
        """What Streamlit calls this tab."""
        found = [message.new_session.initialize for message in self.messages if message.HasField("new_session")]
        return found[0].session_id


@dataclass
class Tab:
    """One open socket."""

    socket: ClientConnection

    def ask(self, path: str = "", *, query: str = "", fragment: str = "", press: str = "", auto: bool = False) -> Seen:
        """Have the script (or one fragment of it) run, with a button pressed where `press` names one.

        `auto` says that nobody did anything: the time of a fragment that runs by itself had come.
        """
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string, state.fragment_id = path, query, fragment
        state.is_auto_rerun = auto
        state.context_info.timezone = "Europe/London"
        if press:
            widget = state.widget_states.widgets.add()
            widget.id, widget.trigger_value = press, True
        self.socket.send(message.SerializeToString())
        return self._receive()

    def _receive(self) -> Seen:
        seen, until = Seen(), time.monotonic() + 60
        while time.monotonic() < until:
            data = self.socket.recv(timeout=60)
            message = ForwardMsg()
            message.ParseFromString(data if isinstance(data, bytes) else data.encode())
            seen.messages.append(message)
            if message.HasField("script_finished") and message.script_finished != _AGAIN:
                return seen
        raise TimeoutError(f"the script did not finish: {seen.text}")


@contextmanager
def open_tab(
    url: str, cookies: dict[str, str], *, resume: str = "", origin: str | None = None, **headers: str
) -> Generator[Tab]:
    """Open a socket to the app with `cookies`; `resume` names the Streamlit session of a tab that lost its own."""
    protocols = ["streamlit", "no-token", *([resume] if resume else [])]
    sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    with connect(
        f"ws://{urlsplit(url).netloc}/_stcore/stream",
        subprotocols=[Subprotocol(name) for name in protocols],
        additional_headers={**sent, "Origin": url if origin is None else origin},
        max_size=2**26,
    ) as socket:
        yield Tab(socket)
