"""A person opts out in a real browser, sees it stand, sees who tried to look all the same, and ends it again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from data import instants
from tests.browser import Visit, click, expect, press, write
from tests.demo import company
from tests.demo.loading import Desk, Refused
from tests.journeys.test_presses import OFFICER, card
from tests.journeys.test_whole_way import go, prove

WHO, BORROWED = "Kwame Mensah", "Efe Yıldız"
WHY = "I speak with the works council from this laptop."


def test_an_opt_out_is_asked_for_granted_seen_to_hold_and_ended(visit: Visit, tmp_path: Path) -> None:
    desk, email = Desk(visit.site.store), company.named(WHO).email
    person = visit(WHO, "")
    click(person.get_by_role("button", name="Opt out"))
    write(person.get_by_role("textbox", name="Why? In your own words"), WHY)
    visit.shoot(person, "opting-out", whole=True)
    press(person.get_by_role("button", name="Ask for it"))
    expect(person.get_by_text("From now on nothing of it is taken in while an officer decides.")).to_be_visible()
    number = max(one["id"] for one in desk.ask("request", "list", "--person", email, "--as", email))
    expect(card(person, number)).to_contain_text("You wrote:")

    typed = tmp_path / "typed.jsonl"
    typed.write_text(json.dumps({"at": instants.now(), "kind": "key", "down": True, "text": "q"}) + "\n")
    assert desk.ask("import", "captures", str(typed), "--person", email)["objected"] == 1
    with pytest.raises(Refused, match="sealed by their request"):
        desk.ask("captures", "--person", email, "--as", company.named(OFFICER).email, "--purpose", "support")

    officer = visit(OFFICER, f"queue?request={number}")
    prove(officer, OFFICER, f"Approve request {number}")
    expect(officer.get_by_text(WHY)).to_be_visible()
    visit.shoot(officer, "opt-out-deciding", whole=True)
    click(officer.get_by_role("button", name=f"Approve request {number}"))
    expect(officer.get_by_role("heading", name="Where it stands")).to_be_visible()

    expect(card(person, number)).to_contain_text("It stands: nothing of it is taken in")
    go(person, visit.site.url, "")
    expect(person.get_by_text("It stands: nothing of it is taken in")).to_be_visible()
    visit.shoot(person, "opt-out-overview", whole=True)
    go(person, visit.site.url, "requests")
    expect(person.get_by_text("1 attempt to open what you had sealed; nothing was shown.")).to_be_visible()
    visit.shoot(person, "opt-out-stands", whole=True)
    click(card(person, number).get_by_role("button", name="End it"))
    expect(card(person, number)).to_contain_text("It ended")
    assert desk.ask("import", "captures", str(typed), "--person", email)["objected"] == 1  # made while it stood


def test_what_was_not_them_is_marked_above_what_was_collected(visit: Visit) -> None:
    desk, email = Desk(visit.site.store), company.named(BORROWED).email
    person = visit(BORROWED, "requests")
    click(person.get_by_text("Correct the roster", exact=True))
    write(person.get_by_role("textbox", name="Your name"), "Efe Yildiz")
    write(person.get_by_role("textbox", name="Why? In your own words"), "The dot is wrong.")
    visit.shoot(person, "correcting", whole=True)
    press(person.get_by_role("button", name="Ask for it"))
    expect(person.get_by_text("You asked for the correction")).to_be_visible()
    number = max(one["id"] for one in desk.ask("request", "list", "--person", email, "--as", email))
    expect(card(person, number)).to_contain_text("Correction of the name on the roster")
    desk.ask("request", "withdraw", str(number), "--as", email)

    span = ("--from", "2026-01-01", "--to", "2026-01-02")
    asked = ("request", "attribution", "--person", email, "--as", email, *span, "--text", "A colleague borrowed it.")
    number = desk.ask(*asked)["id"]
    desk.ask("request", "decide", str(number), "approve", "--as", company.named(OFFICER).email)
    go(person, visit.site.url, "captures")
    expect(person.get_by_text("Not you", exact=True)).to_be_visible()
    expect(person.get_by_text("A colleague borrowed it.")).to_be_visible()
    visit.shoot(person, "disowned")
    go(person, visit.site.url, "requests")
    expect(card(person, number)).to_contain_text("It is marked as not yours")
    click(card(person, number).get_by_role("button", name="End it"))
    expect(card(person, number)).to_contain_text("It ended")
