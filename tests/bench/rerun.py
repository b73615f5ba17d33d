"""A whole rerun of a page, here the overview, as a browser waits for it: from asking the app to its last message.

Everything between is the server's: Streamlit's script runner, who is signed in, the page, and its messages put into the
socket. The first run of a session is measured too; pictures and scripts that a browser fetches are not.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter, sleep

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from auth import cookies, sessions
from data import instants
from data.people import person
from data.people.viewer import Role, Viewer
from data.rights import request as requests
from data.rights import worker
from data.rights.states import RequestKind
from data.settings import Settings
from data.store import open_store
from tests.demo import company, loading, processes
from tests.demo.site import Site, open_site

TIMES = 40
COPIES = 20
VIEWER = company.GUIDE[0][0]
MOST = 60  # milliseconds


def run(report: Callable[[str], None], store: Path | None = None) -> None:
    """Measure over the demo's store, made anew unless one is given."""
    with tempfile.TemporaryDirectory() as folder:
        if store is None:
            store = Path(folder) / "store"
            loading.load(store, company.people(), until=instants.now())
        with open_site(store, Path(folder), processes.free_port(), processes.free_port()) as site:
            report("a rerun of the overview, 60 people and 60 days, over the app's own socket")
            measure(report, site, VIEWER)
            _ask_for_copies(site)
            while _waiting(site) == COPIES:  # until the first is begun
                sleep(0.1)
            report(f"the same while {COPIES} copies that were asked for at once are made beside it")
            measure(report, site, VIEWER)
            report(f"  ({_waiting(site)} of them still to be made at the end)")


def cookie(site: Site, viewer: str) -> str:
    """A session of the person of this name, as a sign-in would open it, with its cookie's name."""
    settings = Settings.from_environment({"DAYLIGHT_PUBLIC_URL": site.url}, store=str(site.store))
    opened = open_store(settings)
    email = company.named(viewer).email
    with opened.database.writing() as session:
        found = person.by_email(session, email)
        now = instants.now()
        value = sessions.begin(session, found.id, settings, now, now)
    return f"{cookies.session_name(settings)}={value}"


def _ask_for_copies(site: Site) -> None:
    opened = open_store(Settings.from_environment({}, store=str(site.store)))
    for one in company.people()[:COPIES]:
        with opened.database.writing() as session:
            found = person.by_email(session, one.email)
            viewer = Viewer(found.id, frozenset({Role.EMPLOYEE}), one.name, one.email)
            requests.open_request(session, viewer, opened.vault, found.id, RequestKind.EXPORT)


def _waiting(site: Site) -> int:
    opened = open_store(Settings.from_environment({}, store=str(site.store)))
    return len(worker.waiting(opened.database, opened.settings))


def measure(report: Callable[[str], None], site: Site, viewer: str, page: str = "", most: int = MOST) -> None:
    """Report how long a rerun of `page` takes for the person of this name, and that it should be at most `most` ms."""
    url = f"{site.url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(
        url,
        subprotocols=[Subprotocol("streamlit")],
        additional_headers={"Cookie": cookie(site, viewer), "Origin": site.url},
        max_size=None,
    ) as socket:
        first, count = _rerun(socket, viewer, page)
        report(f"  the first, on an app just started  {first * 1000:8.1f} ms  ({count} messages)")
        taken = [_rerun(socket, viewer, page) for _ in range(TIMES)]
    times = [seconds * 1000 for seconds, _ in taken]
    middle = statistics.median(times)
    report(f"  each after it  {min(times):8.1f} ms at best, {middle:8.1f} in the middle, {max(times):8.1f} at worst")
    report(f"  ({taken[-1][1]} messages each; at most {most} ms)")


def _rerun(socket: ClientConnection, viewer: str, page: str) -> tuple[float, int]:
    """Seconds from asking for a run to its end, and the messages it sent."""
    asked = BackMsg()
    asked.rerun_script.query_string, asked.rerun_script.page_name = "", page
    asked.rerun_script.context_info.timezone = "Europe/London"
    begun, received = perf_counter(), list[bytes]()
    socket.send(asked.SerializeToString())
    while True:
        message = socket.recv(timeout=60)
        assert isinstance(message, bytes)
        received.append(message)
        said = ForwardMsg()
        said.ParseFromString(message)
        if said.WhichOneof("type") == "script_finished":
            taken = perf_counter() - begun
            assert said.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY, said
            assert any(viewer.encode() in one for one in received), "the script ran for nobody"
            return taken, len(received)
