"""A person does not recognise a look: asks, reads the officer's answer, asks for the name and reads it."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from tests.browser import Visit, click, expect, press, settle, write
from tests.journeys.test_accessibility import SIZES, findings
from tests.journeys.test_whole_way import go, headline, prove

WHO, OFFICER = "Amara Okafor", "Ingrid Solheim"
WORDS = "I was asleep. Who reads what I type on a Sunday night?"
ANSWER = "An engineer tested a backup with real data, which was not allowed; it was stopped on Monday."
REASONS = "You need the name to decide whether to complain, and the look broke our rules."


def test_a_person_asks_about_a_look_reads_the_answer_and_then_the_name(visit: Visit) -> None:
    # axe is put into the page by the test; the pages' own policy rightly forbids that.
    page = visit(WHO, bypass_csp=True)
    for _ in range(30):  # the worker, a process of its own, goes through the log every few seconds
        if page.locator(".st-key-news").count():
            break
        page.wait_for_timeout(1000)
        go(page, visit.site.url, "")
    expect(page.get_by_text("new to you")).to_be_visible()
    visit.shoot(page, "about-01-news")
    opens_the_look(visit, page)
    asks(visit, page, "I don't recognise this", "What do you not recognise about it?", WORDS)
    visit.shoot(page, "about-03-asked", whole=True)
    officer = visit(OFFICER, "queue", bypass_csp=True)
    answers(visit, officer)
    go(page, visit.site.url, "requests")
    card = page.locator("[class*=st-key-request-]").filter(has_text="Question about the look of")
    expect(card.get_by_text(ANSWER)).to_be_visible()
    visit.shoot(page, "about-05-answered")
    click(card.get_by_role("link", name="See the look in full"))
    page.wait_for_url("**look=**")
    settle(page)
    prove(page, WHO, "Ask for the name")
    click(page.get_by_role("button", name="Ask for the name"))
    prove(page, WHO, "Send")
    asks(visit, page, None, "Why do you need the name?", "To decide whether to complain.")
    names(visit, officer)
    go(page, visit.site.url, "requests")
    told = page.locator("[class*=st-key-request-]").filter(has_text="The name behind the look of")
    expect(told.get_by_text("the login d.farrow (warehouse audit)")).to_be_visible()
    expect(told.locator("blockquote").filter(has_text=REASONS)).to_be_visible()
    visit.shoot(page, "about-08-name", whole=True)
    sees_that_the_officer_looked(visit, page)


def opens_the_look(visit: Visit, page: Page) -> None:
    go(page, visit.site.url, "accesses")
    row = page.locator(".dl-rows li").filter(has_text="1,873 keystrokes")
    click(row.get_by_role("link"))
    page.wait_for_url("**look=**")
    settle(page)
    assert "opened 1,873 keystrokes" in headline(page)
    marks = page.locator(".dl-marks")
    expect(
        marks.filter(has_text=re.compile(r"It was Sunday at 0[23]:48\. Working hours are taken to be"))
    ).to_be_visible()
    expect(page.get_by_text("As the other system knows them. The name is sealed")).to_be_visible()
    assert "d.farrow" not in page.locator("body").inner_text()
    visit.shoot(page, "about-02-look", whole=True)
    assert not findings(page)
    path = page.url.removeprefix(f"{visit.site.url}/")
    for scheme in ("light", "dark"):
        phone = visit(WHO, "accesses", bypass_csp=True, color_scheme=scheme, viewport=SIZES["phone"])
        go(phone, visit.site.url, f"{path}&about=question")
        visit.shoot(phone, f"about-02-phone-{scheme}", whole=True)
        assert not findings(phone)
        assert phone.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]


def asks(visit: Visit, page: Page, button: str | None, label: str, text: str) -> None:
    if button:
        click(page.get_by_role("button", name=button))
    write(page.get_by_label(label), text)
    assert not findings(page)
    press(page.get_by_role("button", name="Send"))
    expect(page.get_by_text("Sent: request")).to_be_visible()
    settle(page)


def opens_the_request(visit: Visit, officer: Page, what: str, who: str = WHO) -> int:
    go(officer, visit.site.url, "queue")
    row = officer.locator("[class*=st-key-row-]").filter(has_text=f"{who}: {what}")
    click(row.get_by_role("button", name="Open").first)
    officer.wait_for_url("**request=**")
    settle(officer)
    return int(officer.url.rpartition("request=")[2].partition("&")[0])


def answers(visit: Visit, officer: Page) -> None:
    number = opens_the_request(visit, officer, "a question about a look")
    expect(officer.get_by_text(WORDS)).to_be_visible()
    click(officer.get_by_role("button", name="Open the look"))
    expect(officer.get_by_text("the login d.farrow (warehouse audit)")).to_be_visible()
    prove(officer, OFFICER, f"Answer request {number}")
    write(officer.get_by_label("Your answer"), ANSWER)
    expect(officer.locator(".dl-said").filter(has_text=ANSWER)).to_be_visible()
    visit.shoot(officer, "about-04-answer", whole=True)
    assert not findings(officer)
    click(officer.get_by_role("button", name=f"Answer request {number}"))
    expect(officer.get_by_role("heading", name="Where it stands")).to_be_visible()


def names(visit: Visit, officer: Page) -> None:
    number = opens_the_request(visit, officer, "the name behind a look")
    prove(officer, OFFICER, f"Approve request {number}")
    click(officer.get_by_role("button", name=f"Approve request {number}"))
    expect(officer.get_by_text("Telling a name needs a reason in words")).to_be_visible()
    write(officer.get_by_label("Why the person's interest weighs more"), REASONS)
    expect(officer.locator(".dl-said").filter(has_text=REASONS)).to_be_visible()
    visit.shoot(officer, "about-07-decision", whole=True)
    assert not findings(officer)
    click(officer.get_by_role("button", name=f"Approve request {number}"))
    expect(officer.get_by_role("heading", name="Where it stands")).to_be_visible()
    assert "d.farrow" not in officer.locator("body").inner_text()


def sees_that_the_officer_looked(visit: Visit, page: Page) -> None:
    go(page, visit.site.url, "")
    expect(page.get_by_text("read one look in your access history").first).to_be_visible()
    expect(page.locator(".st-key-news")).to_have_count(1)
    click(page.get_by_role("button", name="I have seen these"))
    expect(page.locator(".st-key-news")).to_have_count(0)
