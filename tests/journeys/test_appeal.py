"""Refusal and appeal in a real browser: refused by one officer, appealed, overturned by another, carried out."""

from __future__ import annotations

from tests.browser import Visit, click, expect, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_presses import card
from tests.journeys.test_whole_way import prove

WHO, ONE, OTHER = "Hana Kobayashi", "Ingrid Solheim", "Priya Raman"
WHY, AGAINST, ANSWER = "We may still need it.", "Nobody told me what for.", "Nobody could say what for."


def test_a_refusal_is_appealed_decided_by_another_officer_and_carried_out(visit: Visit) -> None:
    desk, email = Desk(visit.site.store), company.named(WHO).email
    number = int(desk.ask("request", "erasure", "--person", email, "--as", email, "--kind", "idle")["id"])
    told = ("--ground", "legal_claims", "--reason", WHY)
    desk.ask("request", "decide", str(number), "refuse", *told, "--as", company.named(ONE).email)

    person = visit(WHO, "requests")
    click(card(person, number).get_by_text("Appeal this decision"))
    write(card(person, number).get_by_role("textbox"), AGAINST)
    visit.shoot(person, "appeal-asking", whole=True)
    click(card(person, number).get_by_role("button", name="Send the appeal"))
    expect(card(person, number)).to_contain_text(f"A second privacy officer, not {ONE}, looks at your appeal")
    visit.shoot(person, "appeal-waits", whole=True)

    first = visit(ONE, f"queue?request={number}")
    expect(first.get_by_text("You decided request")).to_be_visible()
    second = visit(OTHER, f"queue?request={number}")
    prove(second, OTHER, f"Decide the appeal of request {number}")
    click(second.get_by_text("Overturn it", exact=True))
    write(second.get_by_role("textbox", name="The reason"), ANSWER)
    visit.shoot(second, "appeal-deciding", whole=True)
    click(second.get_by_role("button", name=f"Decide the appeal of request {number}"))
    expect(second.get_by_role("heading", name="Where it stands")).to_be_visible()

    expect(card(person, number)).to_contain_text("Gone since")
    expect(card(person, number)).to_contain_text(f"After the appeal {OTHER} decided: the refusal is overturned")
    visit.shoot(person, "appeal-done", whole=True)
