"""Somebody sees in a real browser where copies of their data are, and what became of each when they had it deleted."""

from __future__ import annotations

from pathlib import Path

from tests.browser import Visit, click, expect, press, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_presses import OFFICER, card
from tests.journeys.test_whole_way import go, prove

WHO = "Chidi Eze"
TRAINED = "It is in trained weights, from which nothing can be taken out."


def test_copies_are_seen_and_what_became_of_them(visit: Visit, tmp_path: Path) -> None:
    desk, email = Desk(visit.site.store), company.named(WHO).email
    desk.ask("copies", "register", "clicks-v2", "--what", "The model that predicts clicks.", "--by-hand")
    out = str(tmp_path / "set.parquet")
    asked = ("--purpose", "training", "--ticket", "RUN-7", "--consumer", "clicks-v2", "--person", email)
    assert desk.ask("extract", *asked, out)["people"] == 1

    person = visit(WHO, "accesses")
    expect(person.get_by_text("1 copy outside this store holds captures of you.")).to_be_visible()
    expect(person.get_by_text("To train AI models (RUN-7)").first).to_be_visible()
    visit.shoot(person, "copies", whole=True)

    number = int(desk.ask("request", "erasure", "--person", email, "--as", email, "--kind", "window")["id"])
    desk.ask("request", "decide", str(number), "approve", "--as", company.named(OFFICER).email)
    go(person, visit.site.url, "requests")
    expect(card(person, number)).to_contain_text("its holder is to be told")
    expect(card(person, number).get_by_role("link", name="Open the certificate")).to_be_visible()
    officer = visit(OFFICER, f"queue?request={number}")
    prove(officer, OFFICER, "Say what became of it")
    click(officer.get_by_text("It is not possible", exact=True))
    write(officer.get_by_role("textbox", name="How is it known"), TRAINED)
    press(officer.get_by_role("button", name="Say what became of it"))
    visit.shoot(officer, "copies-settling", whole=True)
    expect(officer.locator("blockquote").filter(has_text=TRAINED)).to_be_visible()
    go(person, visit.site.url, "requests")
    expect(card(person, number).locator("blockquote").filter(has_text=TRAINED)).to_be_visible()
    expect(card(person, number)).to_contain_text("signed anew, as revision 2")
    visit.shoot(person, "copies-outcome", whole=True)
