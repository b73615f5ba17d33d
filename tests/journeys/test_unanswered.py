"""What nobody answers does not stand for ever: an officer closes it after a month, and its person reads why."""

from __future__ import annotations

from data import instants
from data.scenarios import clock
from tests.browser import Visit, click, expect, press, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_presses import card

WHO, OFFICER = "Amara Okafor", "Priya Raman"
WHY = "We asked which months you mean, and cannot tell without that."


def test_an_unanswered_request_is_closed_after_a_month_and_its_person_reads_why(visit: Visit) -> None:
    desk, email, officer = Desk(visit.site.store), company.named(WHO).email, company.named(OFFICER).email
    with clock.set_to(instants.now() - 40 * instants.DAY):
        asked = desk.ask("request", "erasure", "--person", email, "--as", email, "--app", "Nothing of that name")
        number = int(asked["id"])
        words = ("--for", "clarification", "--text", "Which months?")
        desk.ask("request", "ask-back", str(number), *words, "--as", officer)
    page = visit(OFFICER, f"queue?request={number}")
    click(page.get_by_text("Close it, as no answer came", exact=True))
    write(page.get_by_role("textbox", name="What you asked for"), WHY)
    press(page.get_by_role("button", name=f"Close request {number}"))
    expect(page.get_by_text("It was refused").first).to_be_visible()
    visit.shoot(page, "unanswered-closed", whole=True)
    person = visit(WHO, "requests")
    expect(card(person, number)).to_contain_text("and had no answer. You can ask anew at any time.")
    expect(card(person, number).locator("blockquote").first).to_have_text(WHY)
    visit.shoot(person, "unanswered-person", whole=True)
