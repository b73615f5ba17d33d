"""A legal hold in a real browser: set by one officer, confirmed by another, met by a deletion, lifted."""

from __future__ import annotations

from tests.browser import Visit, click, expect, press, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_presses import card
from tests.journeys.test_whole_way import go, prove

WHO, ONE, OTHER = "Chidi Eze", "Ingrid Solheim", "Priya Raman"
WHY = "The labour court wants the clicks kept until its hearing."


def test_a_hold_needs_two_officers_limits_a_deletion_and_lets_it_go_on_once_lifted(visit: Visit) -> None:
    desk, email = Desk(visit.site.store), company.named(WHO).email
    first = visit(ONE, "holds")
    click(first.get_by_text("Set a hold", exact=True))
    write(first.get_by_role("textbox", name="Whose captures, by e-mail"), email)
    click(first.get_by_role("button", name="Clicks"))
    write(first.get_by_role("textbox", name="Which duty or dispute"), WHY)
    visit.shoot(first, "hold-setting", whole=True)
    press(first.get_by_role("button", name="Set the hold"))
    expect(first.get_by_text("another officer must confirm it")).to_be_visible()
    number = desk.ask("hold", "list", "--as", company.named(ONE).email)[0]["hold"]
    expect(first.get_by_role("button", name=f"Confirm hold {number}")).to_have_count(0)

    second = visit(OTHER, "holds")
    prove(second, OTHER, f"Confirm hold {number}")
    click(second.get_by_role("button", name=f"Confirm hold {number}"))
    expect(second.locator(f".st-key-hold-{number}")).to_contain_text("in force")
    visit.shoot(second, "hold-in-force", whole=True)

    person = visit(WHO, "requests?ask=Deletion")
    expect(person.get_by_text(WHY).first).to_be_visible()
    # The same numbers for the person, at the command line and on the officer's desk.
    seen = desk.ask("request", "preview", "--person", email, "--as", email)
    goes, stays = f"{seen['goes']['captures']:,} captures", f"{seen['kept']['captures']:,} captures"
    assert seen["goes"]["captures"] and "click" not in seen["goes"]["kinds"] and seen["kept"]["captures"]
    expect(person.get_by_text(f"exactly {goes}")).to_be_visible()
    expect(person.get_by_text("stay for now, because a legal duty wants it")).to_contain_text(stays)
    visit.shoot(person, "hold-preview", whole=True)
    asked = int(desk.ask("request", "erasure", "--person", email, "--as", email)["id"])
    officer = visit(ONE, f"queue?request={asked}")
    press(officer.get_by_role("button", name="Count what it takes"))
    expect(officer.get_by_text(f"It takes {goes}")).to_be_visible()
    expect(officer.get_by_text("stay for now, because a legal duty wants it")).to_contain_text(stays)
    visit.shoot(officer, "hold-counted", whole=True)
    desk.ask("request", "decide", str(asked), "approve", "--as", company.named(ONE).email)
    go(person, visit.site.url, "requests")
    expect(card(person, asked)).to_contain_text("kept for now by a legal duty")
    expect(card(person, asked)).to_contain_text(f"Legal hold {number} keeps clicks")
    expect(card(person, asked).get_by_role("link", name="Open the certificate")).to_be_visible()
    visit.shoot(person, "hold-request", whole=True)
    assert set(desk.ask("summary", "--person", email, "--as", email)["kinds"]) == {"click"}

    organizer = visit("Tomasz Wiśniewski", "conduct")
    expect(organizer.get_by_text("Everybody whom they concern is told.")).to_be_visible()

    desk.ask("hold", "lift", str(number), "--reason", "It was settled.", "--as", company.named(OTHER).email)
    expect(card(person, asked)).to_contain_text("Gone since")
    visit.shoot(person, "hold-lifted", whole=True)
