"""A promise in a real browser, against a real PostgreSQL: opened to everybody, found, fixed, and broken once more."""

from __future__ import annotations

import contextlib

import pytest
from playwright.sync_api import Locator, Page

from tests.browser import Visit, click, expect, press, write
from tests.data.controls.conftest import Warehouse, warehouse
from tests.demo.loading import Desk, Refused
from tests.journeys.test_whole_way import go

__all__ = ["warehouse"]

OPEN = "Captures are open to everybody who can connect."
PROMISE = "Only the logins that were named can read what was captured (capture warehouse)."


def row(page: Page) -> Locator:
    """The promise about the warehouse, as everybody reads it."""
    return page.locator("ol.dl-rows > li").filter(has_text=PROMISE)


def card(page: Page) -> Locator:
    """The same with its evidence."""
    return page.locator("[class*=st-key-control-][class*=-readers]").filter(has_text=PROMISE)


@pytest.mark.postgres
def test_a_promise_is_kept_broken_fixed_and_broken_again_before_everybodys_eyes(
    visit: Visit, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Protects: what a probe finds on a real server is read by each role, in words, without what would help a thief."""
    folder = visit.site.store.parent
    monkeypatch.setenv("DAYLIGHT_CONTROLS", str(warehouse.named(folder)))
    desk = Desk(visit.site.store)

    def look() -> None:
        with contextlib.suppress(Refused):  # something is broken, which the command says by its exit status
            desk.ask("controls", "run")

    try:
        look()
        person = visit("Amara Okafor", "programme")
        expect(row(person)).to_contain_text("Kept")
        expect(person.get_by_role("link", name="See what was found")).to_have_count(0)

        warehouse.run("GRANT SELECT ON captures TO PUBLIC")
        look()
        go(person, visit.site.url, "programme")
        expect(row(person)).to_contain_text(OPEN)
        expect(row(person)).to_contain_text("seen kept last")
        assert warehouse.mark not in person.content(), "no name of a login"
        row(person).scroll_into_view_if_needed()
        visit.shoot(person, "control-broken-for-everybody", whole=True)

        officer = visit("Ingrid Solheim", "controls")
        expect(card(officer)).to_contain_text(OPEN)
        click(card(officer).get_by_text("What was found", exact=True))
        expect(card(officer)).to_contain_text(warehouse.role("app"))
        warehouse.run("REVOKE SELECT ON captures FROM PUBLIC")
        click(card(officer).get_by_text("Say that it is fixed", exact=True))
        write(card(officer).get_by_role("textbox"), "Revoked, and the script that granted it is gone.")
        press(card(officer).get_by_role("button", name="It is fixed"))
        expect(officer.get_by_text("That is on record.")).to_be_visible()
        visit.shoot(officer, "control-claimed", whole=True)

        look()
        go(officer, visit.site.url, "controls")
        expect(card(officer)).to_contain_text("It has held once that is seen for 14 days more")
        visit.shoot(officer, "control-proving", whole=True)

        warehouse.run("GRANT SELECT ON captures TO PUBLIC")
        look()
        go(person, visit.site.url, "programme")
        expect(row(person)).to_contain_text("broken again 1 time")
        organizer = visit("Tomasz Wiśniewski", "controls")
        expect(card(organizer)).to_contain_text("broken again 1 time")
        expect(organizer.get_by_text("Say that it is fixed")).to_have_count(0)
        click(card(organizer).get_by_text("What happened so far", exact=True))
        expect(card(organizer)).to_contain_text("Ingrid Solheim said that it is fixed")
        visit.shoot(organizer, "control-reopened", whole=True)
    finally:
        (folder / "controls.toml").write_text("")
