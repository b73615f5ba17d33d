"""Every page of every role draws over the demo in a real browser, and asks no other host for anything."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from pages.menu import PAGES, Entry
from tests.browser import Visit, pick, settle
from tests.demo import company

ROLES = {
    "employee": "Amara Okafor",
    "nobody yet": "Deepa Iyer",
    "officer": "Ingrid Solheim",
    "organizer": "Tomasz Wiśniewski",
    "auditor": "Zoë Marchand",
}


def troubles(page: Page, visit: Visit) -> list[str]:
    """What the page, or the app's log, says went wrong."""
    alerts = page.get_by_test_id("stAlert").all_inner_texts()
    shown = [*page.get_by_test_id("stException").all_inner_texts(), *(text for text in alerts if "failed" in text)]
    return [*shown, *(line for line in visit.site.app_log.read_text().splitlines() if "failure" in line)]


@pytest.mark.parametrize("role", ROLES)
def test_every_page_draws_without_trouble_for_every_role(visit: Visit, role: str) -> None:
    page = visit(ROLES[role])
    for entry in PAGES:
        page.goto(f"{visit.site.url}/{entry.path}")
        settle(page)
        visit.shoot(page, f"{role.replace(' ', '-')}-{entry.path or 'overview'}", whole=True)
        assert not troubles(page, visit)
        assert page.get_by_test_id("stMain").locator("h1").count() >= 1


@pytest.mark.parametrize("entry", PAGES, ids=[entry.path or "overview" for entry in PAGES])
def test_nobody_sees_more_than_the_sign_in_page(visit: Visit, entry: Entry) -> None:
    page = visit(None, entry.path)
    assert not any(one.name in page.locator("body").inner_text() for one in company.people())


def test_a_guest_whom_the_provider_knows_and_the_roster_does_not_is_turned_away(visit: Visit) -> None:
    page = visit()
    page.goto(f"{visit.site.url}/sign-in")
    pick(page, company.STRANGER[2])
    page.get_by_role("heading", name="Daylight does not know you").wait_for()
