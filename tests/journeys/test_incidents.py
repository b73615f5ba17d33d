"""An incident in a real browser: opened, staff before the public, read by an employee, closed only when all is done."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import Visit, choose, click, expect, press, write
from tests.journeys.test_accessibility import findings
from tests.journeys.test_whole_way import headline

OFFICER, ANYBODY = "Ingrid Solheim", "Lukas Brandt"
TITLE = "A table was open to everyone"
KNOWN = "A table with keystrokes could be read by every account for a day."
TOLD = "For one day every account could read a table with keystrokes. It is closed now."


def record(page: Page, what: str, words: str, button: str) -> None:
    """Choose what happened, say it, and press the button."""
    form = page.get_by_test_id("stExpander").filter(has_text="Record what happened")
    choose(form.get_by_role("combobox", name="What"), what, exact=True)
    write(form.get_by_role("textbox").first, words)
    press(form.get_by_role("button", name=button))


def test_staff_are_told_before_the_public_and_an_employee_reads_it(visit: Visit) -> None:
    officer = visit(OFFICER, "incidents", bypass_csp=True)
    click(officer.get_by_text("Open an incident").first)
    write(officer.get_by_role("textbox", name="What it is"), TITLE)
    write(officer.get_by_role("textbox", name="What is known"), KNOWN)
    press(officer.get_by_role("button", name="Open the incident"))
    card = officer.get_by_test_id("stVerticalBlock").filter(has_text=TITLE).last
    expect(card).to_be_visible()
    assert "open." in headline(officer)

    click(officer.get_by_text("Record what happened").first)
    record(officer, "A public statement", "We told the newspaper.", "Record it")
    expect(officer.get_by_text("send the staff notice first")).to_be_visible()
    record(officer, "All staff were told", TOLD, "Send it now")
    expect(officer.get_by_text("people have read it here").first).to_be_visible()
    record(officer, "A public statement", "We told the newspaper.", "Record it")
    expect(officer.locator("blockquote", has_text="We told the newspaper.")).to_be_visible()
    expect(officer.get_by_text("the public was told before all staff")).to_have_count(0)
    visit.shoot(officer, "incident-officer", whole=True)
    assert not findings(officer)

    person = visit(ANYBODY, "", bypass_csp=True)
    expect(person.get_by_text("1 notice about an incident is new to you.")).to_be_visible()
    click(person.get_by_role("link", name="Read it"))
    expect(person.locator("blockquote", has_text=TOLD)).to_be_visible()
    assert "No incident was recorded that concerns you" in headline(person)
    visit.shoot(person, "incident-employee", whole=True)
    assert not findings(person)
    click(person.get_by_role("button", name="I have read this"))
    expect(person.get_by_role("button", name="I have read this")).to_have_count(0)
    expect(person.get_by_text("1 of ").first).to_be_visible()
