"""The officer's desk in a real browser: filters in the address, a saved text, many requests decided at once."""

from __future__ import annotations

import re
from collections.abc import Generator

import pytest
from playwright.sync_api import Locator, Page
from sqlalchemy import update

from data import instants
from data.people.session_tables import SessionRow
from data.settings import Settings
from data.store import open_store
from tests.browser import Visit, choose, click, expect, press, settle, write
from tests.demo import company
from tests.demo.loading import Desk, Refused
from tests.journeys.test_presses import ask, card
from tests.journeys.test_whole_way import go, prove

OFFICER, OTHER = "Priya Raman", "Ingrid Solheim"
ASK = ("Chidi Eze", "Hana Kobayashi", "Kwame Mensah")
TITLE, WORDS = "Thank you", "Thank you for asking. Nothing speaks against it."


@pytest.fixture
def numbers(visit: Visit) -> Generator[list[int]]:
    """Three deletions of what is not there, and a correction; what is left of them is taken back at the end."""
    desk = Desk(visit.site.store)
    made = [ask(desk, name, "--app", "Bulk editor") for name in ASK]
    email = company.named(ASK[0]).email
    asked = (
        "--field",
        "name",
        "--value",
        "Chidi E. Eze",
        "--text",
        "My name has an E.",
        "--person",
        email,
        "--as",
        email,
    )
    made.append(int(desk.ask("request", "correction", *asked)["id"]))
    yield made
    for number, name in zip(made, (*ASK, ASK[0]), strict=True):
        try:
            desk.ask("request", "withdraw", str(number), "--as", company.named(name).email)
        except Refused:
            continue  # it has ended


def rows(page: Page) -> list[int]:
    """The requests that the queue lists."""
    found = page.locator("[class*=st-key-row-]").evaluate_all("all => all.map(one => one.className)")
    return [int(re.findall(r"st-key-row-(\d+)", one)[0]) for one in found]


def tick(page: Page, number: int) -> None:
    click(page.locator(f".st-key-pick-{number} label"))
    expect(box(page, number)).to_be_checked()


def approving(page: Page) -> None:
    click(page.locator(".st-key-deed").get_by_text("Approve", exact=True))
    expect(page.get_by_text("Nothing is refused here")).to_be_visible()


def box(page: Page, number: int) -> Locator:
    return page.get_by_role("checkbox", name=f"Choose request {number} of")


def test_filters_live_in_the_address_and_are_cleared(visit: Visit, numbers: list[int]) -> None:
    page = visit(OFFICER, "queue")
    everything = rows(page)
    assert set(numbers) <= set(everything)
    write(page.get_by_role("textbox", name="Person", exact=True), "eze")
    expect(page.get_by_text("requests match.")).to_be_visible()
    assert set(rows(page)) & set(numbers) == {numbers[0], numbers[3]}
    press(page.get_by_role("button", name="Overdue"))
    expect(page.get_by_text("No request matches.")).to_be_visible()
    assert "due=Overdue" in page.url
    assert "who=eze" in page.url
    press(page.get_by_role("button", name="Overdue"))
    press(page.get_by_role("button", name="Later"))
    expect(page.locator(f".st-key-row-{numbers[0]}")).to_be_visible()
    page.reload()
    settle(page)
    assert set(rows(page)) & set(numbers) == {numbers[0], numbers[3]}
    press(page.locator("[class*=st-key-row-]").get_by_role("button", name="Open").first)
    press(page.get_by_role("button", name="All requests"))
    expect(page.get_by_role("textbox", name="Person", exact=True)).to_have_value("eze")
    visit.shoot(page, "desk-filtered", whole=True)
    press(page.get_by_role("button", name="Clear", exact=True))
    expect(page.get_by_text(f"{len(everything)} requests wait.")).to_be_visible()
    expect(page.locator("[class*=st-key-row-]")).to_have_count(len(everything))
    assert rows(page) == everything
    assert "who=" not in page.url


def test_many_are_taken_on_and_approved_with_a_saved_text_and_each_person_reads_it(
    visit: Visit, numbers: list[int]
) -> None:
    """One was decided by another officer meanwhile, and one has to be decided by itself: neither stops the rest."""
    desk = Desk(visit.site.store)
    page = visit(OFFICER, "queue?texts=saved")
    click(page.get_by_text("Save a new text"))
    write(page.get_by_role("textbox", name="Title, by which"), TITLE)
    write(page.get_by_role("textbox", name="The text, as people read it").first, f"{WORDS} {{name}}")
    press(page.get_by_role("button", name="Save the text"))
    expect(page.get_by_text("A saved text has no gaps to fill in")).to_be_visible()
    write(page.get_by_role("textbox", name="The text, as people read it").first, WORDS)
    press(page.get_by_role("button", name="Save the text"))
    expect(page.get_by_text("was saved.")).to_be_visible()
    visit.shoot(page, "desk-texts", whole=True)

    click(page.get_by_role("button", name="All requests"))
    for number in numbers:
        tick(page, number)
    expect(page.get_by_text("4 requests chosen")).to_be_visible()
    press(page.get_by_role("button", name="Take on: 4 requests"))
    expect(page.get_by_text("done for 4 of 4 requests")).to_be_visible()
    expect(page.locator(f".st-key-row-{numbers[1]}")).to_contain_text("you have it")
    expect(box(page, numbers[0])).not_to_be_checked()

    for number in numbers:
        tick(page, number)
    approving(page)
    _age_sign_ins(visit)
    click(page.locator(".st-key-deed").get_by_text("Take on", exact=True))
    expect(page.get_by_role("button", name="Take on: 4 requests")).to_be_visible()
    approving(page)
    expect(page.get_by_role("link", name="Sign in once more")).to_be_visible()
    prove_and_stay(page)
    approving(page)
    choose(page.get_by_role("combobox", name="Insert a saved text"), TITLE)
    word = page.get_by_role("textbox", name="A word to each person")
    expect(word).to_have_value(WORDS)
    write(word, f"{WORDS} Yours, Priya.")
    visit.shoot(page, "desk-bulk", whole=True)
    other = company.named(OTHER).email
    refuse = ("refuse", "--ground", "other", "--reason", "It was asked twice.", "--as", other)
    desk.ask("request", "decide", str(numbers[1]), *refuse)
    press(page.get_by_role("button", name="Approve: 4 requests"))
    outcome = page.locator(".st-key-bulk-outcome")
    expect(outcome).to_contain_text("done for 2 of 4 requests")
    expect(outcome).to_contain_text(f"Request {numbers[0]} was approved.")
    expect(outcome).to_contain_text(f"Request {numbers[1]} was refused by {OTHER}")
    expect(outcome).to_contain_text(f"Request {numbers[3]} is decided by itself")
    visit.shoot(page, "desk-outcome", whole=True)

    person = visit(ASK[2], "requests")
    click(card(person, numbers[2]).get_by_text("What happened so far"))
    expect(card(person, numbers[2])).to_contain_text("Thank you for asking. Nothing speaks against it. Yours, Priya.")
    expect(card(person, numbers[2])).to_contain_text(f"taken on, by {OFFICER}")
    go(person, visit.site.url, "requests")
    assert desk.ask("request", "show", str(numbers[1]), "--as", other)["reason"] == "It was asked twice."


def _age_sign_ins(visit: Visit) -> None:
    """Everybody's last proof of who they are is too old for what cannot be taken back."""
    store = open_store(Settings.from_environment({}, store=str(visit.site.store)))
    with store.database.writing() as session:
        session.execute(update(SessionRow).values(proved_at=SessionRow.proved_at - instants.HOUR))


def prove_and_stay(page: Page) -> None:
    """Sign in once more; what was chosen is chosen still."""
    chosen = page.get_by_text("4 requests chosen")
    expect(chosen).to_be_visible()
    prove(page, OFFICER, "Choose all on this page")
    settle(page)
    expect(chosen).to_be_visible()
