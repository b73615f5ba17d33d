"""Two ways a deletion holds, in a real browser: a part goes once it can be taken back no more; a backup undoes nothing.

Each on a site of its own, as a store is stopped, put back and started again."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from data.people.viewer import OPERATOR
from data.proofs import accepting
from data.proofs.anchor import Anchor
from data.rights import request as requests
from data.rights import steps
from data.rights.erasure import certificate as certificates
from data.rights.states import RequestKind
from tests.auth.running import Site, running
from tests.browser import PATIENCE, click, expect, settle
from tests.data.rights.backing_up import backup
from tests.test_app_deleting import filled


def signed_in(chromium: Browser, site: Site, name: str) -> BrowserContext:
    """A browser in which `name` has just signed in."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, timezone_id="Europe/London")
    context.set_default_timeout(PATIENCE)
    context.add_cookies([{"name": "daylight", "value": site.cookie(name), "url": site.url}])
    return context


def opened(context: BrowserContext, site: Site, path: str) -> Page:
    page = context.new_page()
    page.goto(f"{site.url}/{path}")
    settle(page)
    return page


def shoot(page: Page, pytestconfig: pytest.Config, name: str) -> None:
    folder = Path(str(pytestconfig.getoption("--screenshots")))
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_a_part_is_deleted_after_the_time_to_take_it_back_and_the_rest_stays(
    chromium: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    site = filled(tmp_path)
    site.environ["DAYLIGHT_ERASURE_DELAY"] = "10s"
    with running(site):
        ana, officer = signed_in(chromium, site, "ana"), signed_in(chromium, site, "olu")
        page = opened(ana, site, "requests?ask=Deletion&part=true")
        click(page.get_by_test_id("stMain").get_by_role("button", name="Keystrokes"))
        expect(page.get_by_text("exactly 1 capture")).to_be_visible()
        expect(page.get_by_text("2 captures stay")).to_be_visible()
        click(page.get_by_text("What stays, and why"))
        expect(page.get_by_text("Who opened your data, and when")).to_be_visible()
        expect(page.get_by_text("in which you can still take it back")).to_be_visible()
        shoot(page, pytestconfig, "gone-01-preview")
        click(page.get_by_text("I understand that what is deleted"))
        click(page.get_by_role("button", name="Ask for this deletion"))
        expect(page.get_by_text("You asked for the deletion of")).to_be_visible()

        desk = opened(officer, site, "queue?request=1")
        click(desk.get_by_role("button", name="Approve request 1"))
        expect(desk.get_by_role("heading", name="Where it stands")).to_be_visible()
        expect(desk.get_by_text("until then it can be taken back")).to_be_visible()

        card = page.locator(".st-key-request-1")
        expect(card).to_contain_text("Gone since")
        shoot(page, pytestconfig, "gone-02-gone")
        with page.expect_download() as taken:
            click(card.get_by_role("link", name="Keep the signed file"))
        taken.value.save_as(tmp_path / "certificate.txt")
        certificate = opened_plain(ana, f"{site.url}/download/certificate/1")
        expect(certificate.get_by_role("heading", name="What stays, and why")).to_be_visible()
        shoot(certificate, pytestconfig, "gone-03-certificate")
        rest = opened(ana, site, "captures")
        expect(rest.locator(".dl-events li")).to_have_count(2)
        ana.close()
        officer.close()
    assert certificates.check((tmp_path / "certificate.txt").read_bytes()).removed["Captures"] == 1


def opened_plain(context: BrowserContext, address: str) -> Page:
    """A page that Streamlit does not draw."""
    page = context.new_page()
    page.goto(address)
    return page


def test_a_store_put_back_from_a_backup_says_so_and_serves_nothing_of_what_was_deleted(
    chromium: Browser, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    site = filled(tmp_path)
    settings = site.settings
    with backup(site.database, settings.store) as copy:
        with site.database.writing() as session:
            asked = requests.open_request(session, site.viewer("ana"), site.vault, site.ids["ana"], RequestKind.ERASURE)
            requests.decide(session, site.viewer("olu"), site.vault, asked.id, True, delay=0)
        steps.run(site.database, site.vault, settings, OPERATOR, asked.id)
        copy.put_back("keyring")
    with running(site):
        anybody = chromium.new_context()
        anybody.set_default_timeout(PATIENCE)
        page = opened(anybody, site, "captures")
        expect(page.get_by_text("the database was put back to an older state")).to_be_visible()
        shoot(page, pytestconfig, "restored-01-refused")
        anybody.close()
    # The operator knows: nothing newer is left. They say so to everybody, and the store opens.
    accepting.accept(site.database, site.vault, Anchor(settings.anchor), "The disk broke; no newer backup is left.")
    with running(site):
        first = chromium.new_context()
        first.set_default_timeout(PATIENCE)
        opened(first, site, "")  # the first to ask has the deletions carried out again
        first.close()
        ana = signed_in(chromium, site, "ana")
        page = opened(ana, site, "")
        expect(page.get_by_text("holds nothing that was captured about you").first).to_be_visible()
        told = opened(ana, site, "requests")
        expect(told.get_by_text("They were deleted again before anybody could open them")).to_be_visible()
        shoot(told, pytestconfig, "restored-02-told")
        ana.close()
