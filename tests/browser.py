"""A real browser for journeys: the demo's app over a small store, and pages signed in as whoever a test names.

A test that asks for `visit` is a journey: it fails when anything on its pages asks another host for something.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    TimeoutError,
    sync_playwright,
)
from playwright.sync_api import expect as asserted
from xdist.scheduler import LoadScopeScheduling

from data import instants
from tests.demo import company, processes
from tests.demo.site import Site, open_site

Given = ParamSpec("Given")
Answer = TypeVar("Answer")
PATIENCE = 60_000  # milliseconds
JOURNEYS = ("tests/journeys/", "tests/test_app_browser.py")
REPLAYED = "tests/data/scenarios/"
# What was pressed is sent a moment before the page says that its script runs; until then it looks as if at rest. So
# what is sent and when a run begins is noted from the first time on. Something sent in a run that is under way may
# begin no run of its own that the page shows: after a while it counts as answered.
AT_REST = """() => {
  if (!window.runs) {
    const runs = window.runs = {asked: 0, begun: 0}, send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (...what) { runs.asked = performance.now(); return send.apply(this, what); };
    new MutationObserver(() => { runs.begun = performance.now(); })
      .observe(document, {subtree: true, attributeFilter: ["data-test-script-state"]});
  }
  const {asked, begun} = window.runs, app = document.querySelector("[data-testid=stApp]");
  return app?.dataset.testScriptState === "notRunning"
    && (asked <= begun || performance.now() - asked > 5000)
    && !document.querySelector("[data-testid=stSkeleton], [data-stale=true]");
}"""
CAST = (
    *(name for name, _ in company.GUIDE),
    "Helena Vasconcelos",
    "Chidi Eze",
    "Hana Kobayashi",
    "Kwame Mensah",
    "Efe Yıldız",
)
# Chromium by itself asks Google for updates and lists; a journey must not depend on the outside or tell it anything.
QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """--screenshots FOLDER: where the journeys leave their pictures (build/screenshots)."""
    parser.addoption("--screenshots", default="build/screenshots", help="where browser journeys leave their pictures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever needs a browser is a journey."""
    for item in items:
        if {"chromium", "demo"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.journey)


class Grouped(LoadScopeScheduling):
    """All journeys go to one worker: one browser, and one app over one store, serve them all. So do the tests of the
    story of June, which is replayed once.

    By their place, as xdist 3.8 writes a test's group where pytest 9.2 no longer reads it.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(JOURNEYS):
            return "journeys"
        return REPLAYED if nodeid.startswith(REPLAYED) else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped | None:
    """Ours for `--dist loadgroup`, which is what `make test` asks for."""
    return Grouped(config, log) if config.getoption("dist") == "loadgroup" else None


@dataclass
class Visit:
    """Opens pages, each in a browser context of its own, and remembers which hosts they asked."""

    browser: Browser
    site: Site
    pictures: Path
    asked: set[str] = field(default_factory=set[str])
    contexts: list[BrowserContext] = field(default_factory=list[BrowserContext])

    def __call__(self, name: str | None = None, path: str = "", **options: Any) -> Page:
        """A page at `path`, signed in as the person called `name` (None: as nobody)."""
        given: dict[str, Any] = {
            "viewport": {"width": 1280, "height": 800},
            "locale": "en-GB",
            "timezone_id": "Europe/London",
        }
        context = self.browser.new_context(**{**given, **options})
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: self._note(request.url))
        page.on("websocket", lambda socket: self._note(socket.url))
        if name is None:
            page.goto(f"{self.site.url}/{path}")
        else:
            page.goto(f"{self.site.url}/sign-in?to=/{path}")
            pick(page, name)
            page.wait_for_url(f"{self.site.url}/{path}**")
        settle(page)
        return page

    def shoot(self, page: Page, name: str, *, whole: bool = False) -> Path:
        """A picture of the page as it is now, NAME.png."""
        path = self.pictures / f"{name}.png"
        page.screenshot(path=path, full_page=whole)
        return path

    def _note(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.asked.add(urlsplit(url).netloc)


def pick(page: Page, name: str) -> None:
    """On the provider's page: sign in as the person called `name`."""
    email = company.STRANGER[1] if name == company.STRANGER[2] else company.named(name).email
    page.locator(f'button[data-email="{email}"]').first.click()


def patient(page: Page, act: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """`act`, done again for up to 10 s where what it asks for stands twice. While a page is drawn anew, and a page that
    watches is so at any moment, what has moved stands at its old place too until the script ends."""

    def acted(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        for _ in range(40):
            try:
                return act(*args, **kwargs)
            except (AssertionError, Error) as error:
                if "strict mode violation" not in str(error):
                    raise
            page.wait_for_timeout(250)
        return act(*args, **kwargs)

    return acted


class Expected:
    """What Playwright asserts about an element (`LocatorAssertions`), patiently."""

    def __init__(self, what: Locator) -> None:
        self._page, self._asserted = what.page, asserted(what)

    def __getattr__(self, name: str) -> Callable[..., None]:
        return patient(self._page, getattr(self._asserted, name))


def expect(what: Locator) -> Expected:
    """Playwright's `expect`; within a minute, as other things run on the machine too."""
    return Expected(what)


def settle(page: Page) -> None:
    """Wait until the script has run, for what was pressed last too, and what it drew is there and nothing older."""
    page.get_by_test_id("stMain").locator("h1, h2, h3, p").first.wait_for()
    page.wait_for_function(AT_REST)


def write(box: Locator, words: str) -> None:
    """Type `words` and leave the box. A counter under it goes when it is left, and moves what stands below: a press
    on a button there at that moment, on a busy machine, meets nothing."""
    settle(box.page)
    patient(box.page, box.fill)(words)
    patient(box.page, box.blur)()
    settle(box.page)


def click(what: Locator) -> None:
    """Click once the page is at rest, and wait for what came of it."""
    settle(what.page)
    patient(what.page, what.click)()
    settle(what.page)


def press(button: Locator) -> None:
    """Press the button by the keyboard, and wait for what came of it. A pointer aims at where the button was: on a busy
    machine something above it may still be unfolding."""
    settle(button.page)
    patient(button.page, button.focus)()
    patient(button.page, button.press)("Enter")
    settle(button.page)


def unfold(box: Locator, option: Locator, what: str = "") -> None:
    """Show what there is to choose from in a box, and wait for the `option`. Of a long list only a part is drawn, so
    `what` is looked for is typed. A box that is drawn anew just then hears nothing, and is asked again."""
    for _ in range(10):
        # Where the page moves while a list unfolds, the list folds again.
        patient(box.page, box.scroll_into_view_if_needed)()
        settle(box.page)
        if what:
            patient(box.page, box.fill)("")
            patient(box.page, box.fill)(what)
        else:
            patient(box.page, box.press)("ArrowDown")
        with suppress(TimeoutError):
            option.first.wait_for(timeout=5_000)
            return
        box.press("Escape")
    raise AssertionError("the box does not unfold")


def choose(box: Locator, what: str, *, exact: bool = False) -> None:
    """Choose `what` in a box, and wait for what came of it. `exact`: nothing that only contains these words."""
    take(box, box.page.get_by_role("option", name=what, exact=exact), what)


def take(box: Locator, option: Locator, what: str = "") -> None:
    """Choose the first such `option` of a box, and wait for what came of it."""
    for _ in range(10):
        unfold(box, option, what)
        with suppress(TimeoutError):  # what is drawn anew meanwhile folds the list once more
            option.first.click(timeout=5_000)
            settle(box.page)
            return
    raise AssertionError("the list does not stay unfolded")


@pytest.fixture(scope="session")
def chromium() -> Generator[Browser]:
    """The machine's Chromium, headless; CHROMIUM names another."""
    with sync_playwright() as playwright:
        path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
        asserted.set_options(timeout=PATIENCE)
        found = playwright.chromium.launch(executable_path=path, args=[*QUIET])
        yield found
        found.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    """The app and its provider over a store with a dozen people and a tenth of the demo's captures."""
    from tests.demo import loading

    folder = tmp_path_factory.mktemp("demo")
    people = [one for one in company.people() if one.name in CAST]
    loading.load(folder / "store", people, until=instants.now(), density=0.1)
    with open_site(folder / "store", folder / "log", processes.free_port(), processes.free_port(), "3s") as site:
        yield site


@pytest.fixture
def visit(chromium: Browser, demo: Site, pytestconfig: pytest.Config) -> Generator[Visit]:
    """The factory of pages; at the end of the test every host asked must have been the app or its sign-in."""
    pictures = Path(str(pytestconfig.getoption("--screenshots")))
    pictures.mkdir(parents=True, exist_ok=True)
    found = Visit(chromium, demo, pictures)
    yield found
    for context in found.contexts:
        context.close()
    assert found.asked <= {urlsplit(demo.url).netloc, urlsplit(demo.issuer).netloc}, found.asked
