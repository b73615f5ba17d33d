"""Daylight's sign-in routes behind their gate, a store with a company in it, and a provider to sign in at."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.testclient import TestClient
from streamlit import file_util

from auth import cookies, sessions, sign_in
from auth.gate import Gate
from data import instants
from data.database import Database
from data.migrations import schema
from data.people.viewer import Viewer
from data.settings import Identity, Settings
from tests.auth.company import settle
from tests.auth.lying import Lies, RunningProvider, running

HOME = "http://127.0.0.1:9790"
INDEX = Path(file_util.get_static_dir()) / "index.html"


@pytest.fixture(scope="module")
def provider_process() -> Generator[RunningProvider]:
    with running() as provider:
        yield provider


@pytest.fixture
def provider(provider_process: RunningProvider) -> RunningProvider:
    """The provider, honest again."""
    fresh = Lies()
    for name, value in vars(fresh).items():
        setattr(provider_process.lies, name, value)
    return provider_process


class Desk:
    """The app's sign-in, as browsers meet it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.database_url)
        inside = Mount("/", app=PlainTextResponse("inside"))
        self.app = Starlette(
            routes=[*sign_in.routes(settings, lambda: self.database), inside],
            middleware=[Middleware(Gate, settings=settings, index=INDEX, record=lambda _failure: "A1B2C3")],
        )

    def browser(self) -> TestClient:
        """A browser with an empty cookie jar."""
        return TestClient(self.app, base_url=self.settings.public_url, follow_redirects=False)

    def at_provider(self, browser: TestClient, subject: str, to: str = "/", **asked: str) -> str:
        """Go to the provider and agree there as `subject`; gives the address it sends the browser back to."""
        sent = browser.get(f"/sign-in?{urlencode({'to': to, **asked})}")
        assert sent.status_code == 302, sent.text
        agreed = httpx2.post(sent.headers["location"], data={"sub": subject})
        assert agreed.status_code == 302, agreed.text
        return agreed.headers["location"]

    def sign_in(self, browser: TestClient, subject: str, to: str = "/", **asked: str) -> httpx2.Response:
        """All the way through, with what is `asked` of it; gives the answer to the callback."""
        return self.come_back(browser, self.at_provider(browser, subject, to, **asked))

    def come_back(self, browser: TestClient, location: str) -> httpx2.Response:
        """Follow the provider's redirect into the app."""
        parts = urlsplit(location)
        assert f"{parts.scheme}://{parts.netloc}" == self.settings.public_url
        return browser.get(f"{parts.path}?{parts.query}")

    def cookie(self, browser: TestClient) -> str | None:
        """The session cookie this browser holds."""
        return browser.cookies.get(cookies.session_name(self.settings))

    def viewer(self, cookie: str | None) -> Viewer | None:
        """Whom the server takes the holder of `cookie` for."""
        with self.database.reading() as session:
            return sessions.viewer(session, cookie, self.settings, instants.now())


@pytest.fixture
def make_desk(provider: RunningProvider, tmp_path: Path) -> Generator[Callable[..., Desk]]:
    """Makes the desk, with other settings where a test names them."""
    made: list[Desk] = []

    def make(public_url: str = HOME, **identity: str) -> Desk:
        plain = Settings(
            store=tmp_path,
            database_url=f"sqlite:///{tmp_path / f'daylight{len(made)}.db'}",
            segments_url=str(tmp_path),
            keyring=tmp_path / "keyring",
            identity=replace(Identity(provider.issuer, "daylight", "a secret"), **identity),
            public_url=public_url,
        )
        desk = Desk(plain)
        schema.create(desk.database)
        settle(desk.database)
        made.append(desk)
        return desk

    yield make
    for desk in made:
        desk.database.close()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
