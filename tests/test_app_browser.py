"""Signing in, deep links and signing out in a real browser, on a process that nobody has asked anything before."""

from __future__ import annotations

from collections.abc import Generator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from pages.menu import PAGES
from tests.auth.company import PEOPLE
from tests.auth.lying import RunningProvider
from tests.auth.lying import running as running_provider
from tests.auth.running import Site, make_site, running
from tests.browser import PATIENCE, expect

pytestmark = pytest.mark.journey

READY = "[data-testid=stApp][data-test-script-state=notRunning]"
SIGN_IN = "You sign in with your company account"
# Folders and files of pages/, which Streamlit would serve by itself if the script stood beside them.
NOT_PAGES = ("menu", "employee")


@pytest.fixture
def context(chromium: Browser) -> Generator[BrowserContext]:
    found = chromium.new_context()
    found.set_default_timeout(PATIENCE)
    yield found
    found.close()


@pytest.fixture(scope="module")
def provider() -> Generator[RunningProvider]:
    with running_provider() as found:
        yield found


@pytest.fixture(scope="module")
def site(provider: RunningProvider, tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    with running(make_site(tmp_path_factory.mktemp("browser"), provider.issuer)) as found:
        yield found


def settled(page: Page) -> str:
    """All the text on the page once the script has run."""
    page.get_by_test_id("stMain").locator("h1").first.wait_for()  # the script runs
    page.wait_for_selector(READY)
    return page.locator("body").inner_text()


@pytest.mark.parametrize("path", [*(entry.path for entry in PAGES), *NOT_PAGES])
def test_the_first_request_of_all_to_a_cold_process_shows_nothing_but_the_sign_in_page(
    context: BrowserContext, tmp_path_factory: pytest.TempPathFactory, path: str
) -> None:
    with running(make_site(tmp_path_factory.mktemp("cold"))) as cold:
        page = context.new_page()
        page.goto(f"{cold.url}/{path}?kind=key")
        text = settled(page)
        assert SIGN_IN in text
        assert not any(name.capitalize() in text for name in PEOPLE)
        assert page.get_by_test_id("stTopNavLink").count() == 0
        assert page.get_by_test_id("stSidebarNavLink").count() == 0


def sign_in(page: Page, name: str) -> None:
    """Follow the link on the sign-in page and agree at the provider as `name`."""
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name=f"sub-{name}").click()


def test_a_person_signs_in_lands_on_the_page_asked_for_and_signs_out(context: BrowserContext, site: Site) -> None:
    strangers: set[str] = set()
    page = context.new_page()
    page.on("request", lambda request: strangers.add(urlsplit(request.url).netloc) if _is_ours(page, site) else None)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if _is_ours(page, site) else None)
    path = PAGES[-1].path
    page.goto(f"{site.url}/{path}?kind=key&app=Caf%C3%A9%20%26%20Co")
    assert SIGN_IN in settled(page)
    sign_in(page, "olu")
    page.wait_for_url(f"{site.url}/{path}**")
    page.get_by_role("button", name="Sign out").wait_for()
    assert "kind=key" in page.url
    assert "Caf%C3%A9" in page.url
    assert "Olu" in settled(page)
    cookies = {cookie.get("name"): cookie for cookie in context.cookies(site.url)}
    assert cookies["daylight"].get("httpOnly") is True
    assert "daylight-sign-in" not in cookies
    assert "daylight" not in str(page.evaluate("document.cookie"))
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{urlsplit(site.settings.identity.issuer).scheme}://**/oauth2/end_session**")
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{site.url}/**")
    assert SIGN_IN in settled(page)
    assert strangers <= {urlsplit(site.url).netloc, urlsplit(site.settings.identity.issuer).netloc}
    assert not [text for text in complaints if "Content Security Policy" in text]


def _is_ours(page: Page, site: Site) -> bool:
    """Whether the page that asks is Daylight's and not the provider's."""
    return page.url.startswith(site.url)


def test_signing_out_in_one_tab_takes_the_rights_of_the_other_at_its_next_click(
    context: BrowserContext, site: Site
) -> None:
    first, second = context.new_page(), context.new_page()
    first.goto(site.url)
    settled(first)
    sign_in(first, "ana")
    first.get_by_role("button", name="Sign out").wait_for()
    second.goto(site.url)
    second.get_by_role("button", name="Sign out").wait_for()
    with first.expect_response(f"{site.url}/sign-out"):
        first.get_by_role("button", name="Sign out").click()
    second.keyboard.press("r")
    second.get_by_text(SIGN_IN).wait_for()
    assert "Ana" not in second.locator("body").inner_text()


def test_somebody_not_on_the_roster_is_told_so_and_sees_nothing(context: BrowserContext, site: Site) -> None:
    page = context.new_page()
    page.goto(site.url)
    settled(page)
    sign_in(page, "stranger")
    page.get_by_role("heading", name="Daylight does not know you").wait_for()
    page.goto(site.url)
    assert SIGN_IN in settled(page)


def test_what_stands_twice_while_a_page_is_drawn_anew_is_waited_for_and_what_is_there_twice_is_told(
    context: BrowserContext,
) -> None:
    page = context.new_page()
    page.set_content("<p>old</p><p>new</p>")
    page.evaluate("setTimeout(() => document.querySelector('p').remove(), 1000)")
    expect(page.locator("p")).to_contain_text("new")
    page.set_content("<p>one</p><p>another</p>")
    with pytest.raises(AssertionError, match="strict mode violation"):
        expect(page.locator("p")).to_contain_text("one")
