"""The app as a process of its own, on a free port, started as operators start it: `streamlit run`."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from auth import sessions
from data import instants
from data.database import Database
from data.migrations import schema
from data.people import person
from data.people.viewer import Viewer
from data.sealing.vault import Vault
from data.settings import Settings
from data.store import Store
from tests.auth.company import settle
from tests.demo.processes import free_port

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    """A store with the company of four in it, and the address the app gives it out at."""

    settings: Settings
    environ: dict[str, str]
    database: Database
    ids: dict[str, int]
    vault: Vault

    @property
    def url(self) -> str:
        """Where browsers go."""
        return self.settings.public_url

    def cookie(self, name: str) -> str:
        """Open a session for `name` without going through the provider; gives its cookie."""
        with self.database.writing() as session:
            now = instants.now()
            return sessions.begin(session, self.ids[name], self.settings, now, now)

    @property
    def store(self) -> Store:
        """The store, to put something in."""
        return Store(self.settings, self.database, self.vault)

    def viewer(self, name: str) -> Viewer:
        """`name` as somebody who looks."""
        with self.database.reading() as session:
            return person.viewer(session, person.by_id(session, self.ids[name]))

    def sign_out(self, cookie: str) -> None:
        """End a session as another browser tab would."""
        with self.database.writing() as session:
            sessions.end(session, cookie, instants.now())


def make_site(folder: Path, issuer: str = "http://127.0.0.1:1", database_url: str = "") -> Site:
    """An empty store but for the people, on SQLite unless another database is named; nothing runs yet."""
    port = free_port()
    environ = {
        "DAYLIGHT_STORE": str(folder / "store"),
        "DAYLIGHT_DATABASE": database_url,
        "DAYLIGHT_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DAYLIGHT_ERASURE_DELAY": "0s",
        "DAYLIGHT_OIDC_ISSUER": issuer,
        "DAYLIGHT_OIDC_CLIENT_ID": "daylight",
        "DAYLIGHT_OIDC_CLIENT_SECRET": "a secret",
    }
    settings = Settings.from_environment(environ)
    database = Database(settings.database_url)
    schema.create(database)
    vault = Vault.create(settings.keyring, settings.segments_url)
    return Site(settings, environ, database, settle(database), vault)


@contextmanager
def running(site: Site, script: Path = ROOT / "app.py") -> Generator[Site]:
    """The app at `site.url` while the block lasts. Its output goes to app.log in the store's folder."""
    port = site.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", port]
    environ = {**os.environ, **site.environ, "PYTHONPATH": str(ROOT)}
    log = site.settings.store / "app.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--server.address", "127.0.0.1"], cwd=ROOT, env=environ, stdout=out, stderr=out
        )
        try:
            _wait(site.url, process, log)
            yield site
        finally:
            ended(process)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Ask the app to end, and insist after a while."""
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(600):
        if process.poll() is not None:
            break
        try:
            with urlopen(f"{url}/_stcore/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start: {log.read_text()}")
