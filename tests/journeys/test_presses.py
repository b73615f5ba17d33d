"""What is pressed on the pages, in a real browser: refusing, taking back, a day in a chart, paging through lists."""

from __future__ import annotations

import json
import re
from collections.abc import Generator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page

from data import instants
from tests.browser import Visit, choose, click, expect, settle, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_whole_way import go, headline, prove

OFFICER, AUDITOR = "Ingrid Solheim", "Zoë Marchand"
ASKS, LISTED, LOOKED_AT, CAPTURED = "Hana Kobayashi", "Helena Vasconcelos", "Efe Yıldız", "Amara Okafor"
REASON = "A court has asked us to keep these messages until its hearing in March."
MANY = 30


@pytest.fixture
def desk(visit: Visit) -> Desk:
    return Desk(visit.site.store)


def ask(desk: Desk, name: str, *scope: str) -> int:
    """The number of a new deletion that the person called `name` asks for."""
    email = company.named(name).email
    return int(desk.ask("request", "erasure", "--person", email, "--as", email, *scope)["id"])


def card(page: Page, number: int) -> Locator:
    """The request's card on its person's page."""
    return page.locator(f".st-key-request-{number}")


def test_an_officer_refuses_with_a_reason_and_the_page_that_waits_shows_it_by_itself(visit: Visit, desk: Desk) -> None:
    number = ask(desk, ASKS, "--kind", "key")
    person = visit(ASKS, "requests")
    expect(card(person, number)).to_contain_text("A privacy officer decides")
    person.evaluate("document.body.dataset.untouched = 'yes'")  # gone if the page were loaded anew

    officer = visit(OFFICER, f"queue?request={number}")
    prove(officer, OFFICER, f"Approve request {number}")
    click(officer.get_by_text("Refuse", exact=True))
    refuse = officer.get_by_role("button", name=f"Refuse request {number}")
    click(refuse)
    expect(officer.get_by_text("needs a reason in words")).to_be_visible()
    choose(officer.get_by_role("combobox", name="Ground"), "We are legally bound to keep this for now.")
    write(officer.get_by_role("textbox", name="The reason"), REASON)
    expect(officer.locator("blockquote")).to_have_text(REASON)
    visit.shoot(officer, "press-refusing", whole=True)
    click(refuse)
    expect(officer.get_by_role("heading", name="Where it stands")).to_be_visible()

    expect(card(person, number).locator("blockquote")).to_have_text(REASON)
    expect(card(person, number)).to_contain_text("We are legally bound to keep this for now.")
    expect(card(person, number)).to_contain_text("complain to the data protection authority")
    expect(card(person, number)).to_contain_text(f"It was refused by {OFFICER}.")
    assert person.evaluate("document.body.dataset.untouched") == "yes"
    visit.shoot(person, "press-refused", whole=True)


def test_a_page_that_waits_is_not_touched_while_nothing_changes(visit: Visit, desk: Desk) -> None:
    number = ask(desk, ASKS, "--kind", "scroll")
    try:
        page = visit(ASKS, "requests")
        click(card(page, number).get_by_text("What happened so far"))
        expect(card(page, number).get_by_text("opened").first).to_be_visible()
        page.evaluate(
            """() => {
                window.changes = []
                new MutationObserver(found => window.changes.push(...found.map(one => one.target.outerHTML ?? '')))
                    .observe(document.querySelector('[data-testid=stMain]'),
                             {subtree: true, childList: true, attributes: true, characterData: true})
            }"""
        )
        page.wait_for_timeout(12_000)  # it has looked again twice by then
        touched = [one[:300] for one in page.evaluate("window.changes") if f"Request {number}" in one]
        assert touched == []
        expect(card(page, number).get_by_text("opened").first).to_be_visible()
    finally:
        desk.ask("request", "withdraw", str(number), "--as", company.named(ASKS).email)


def test_a_person_takes_a_request_back_and_it_leaves_the_queue(visit: Visit, desk: Desk) -> None:
    number = ask(desk, ASKS, "--kind", "click")
    person = visit(ASKS, "requests")
    click(card(person, number).get_by_role("button", name="Take it back"))
    expect(card(person, number)).to_contain_text("It was taken back. Nothing was changed.")
    expect(card(person, number).get_by_role("button", name="Take it back")).to_have_count(0)
    officer = visit(OFFICER, "queue")
    expect(
        officer.get_by_text("Request 1 ·").or_(officer.get_by_text(re.compile(r"Request \d+ ·"))).first
    ).to_be_visible()
    assert officer.get_by_text(f"Request {number} ·").count() == 0
    go(officer, visit.site.url, f"queue?request={number}")
    expect(officer.get_by_text("It was taken back").or_(officer.get_by_text("Taken back")).first).to_be_visible()


@pytest.fixture
def many(desk: Desk) -> Generator[list[int]]:
    """More open requests than one page of the queue holds; taken back at the end."""
    made = [ask(desk, LISTED, "--app", f"Program {place}") for place in range(MANY)]
    yield made
    for number in made:
        desk.ask("request", "withdraw", str(number), "--as", company.named(LISTED).email)


def numbers(page: Page) -> list[int]:
    """The requests on this page of the queue."""
    found = page.get_by_test_id("stMain").get_by_text(re.compile(r"Request \d+ ·")).all_inner_texts()
    return [int(number) for text in found for number in re.findall(r"Request (\d+) ·", text)]


def test_every_waiting_request_is_on_exactly_one_page_of_the_queue(visit: Visit, many: list[int]) -> None:
    page = visit(OFFICER, "queue")
    first = numbers(page)
    assert len(first) == 25
    click(page.get_by_test_id("stMain").get_by_role("button", name="Page 2"))
    expect(page.get_by_text(f"Request {first[0]} ·")).to_have_count(0)
    settle(page)
    second = numbers(page)
    visit.shoot(page, "press-queue-page-2", whole=True)
    assert not set(first) & set(second)
    assert set(many) <= set(first) | set(second)
    click(page.get_by_role("button", name="Overdue"))
    expect(page.get_by_text(f"Request {second[-1]} ·")).to_have_count(0)
    settle(page)
    assert not set(numbers(page)) & set(many), "what was chosen is shown, whatever page was open"


def days(page: Page) -> str:
    """The days that the address holds."""
    return page.evaluate("new URLSearchParams(location.search).getAll('days').join(' ')")


def test_a_day_pressed_in_the_chart_narrows_everything_to_it(visit: Visit, desk: Desk) -> None:
    page = visit(CAPTURED, "captures")
    whole = page.get_by_text(re.compile(r"^[\d,]+ captures")).first.inner_text()
    bars = page.locator(".st-key-by_time .bars .point path")
    expect(bars.first).to_be_attached()
    tallest = max(range(bars.count()), key=lambda place: (bars.nth(place).bounding_box() or {"height": 0})["height"])
    box = bars.nth(tallest).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Captures by hour")).to_be_visible()
    settle(page)
    chosen = days(page)
    visit.shoot(page, "press-day", whole=True)
    (day,) = set(re.findall(r"\d{4}-\d\d-\d\d", chosen))
    shown = {one.get_attribute("datetime") or "" for one in page.locator(".dl-events time").all()}
    assert len(shown) > 1
    assert {instants.day_of(instants.parse(one)).isoformat() for one in shown} == {day}
    page.reload()
    settle(page)
    expect(page.get_by_role("heading", name="Captures by hour")).to_be_visible()
    click(page.get_by_role("button", name="Clear"))
    expect(page.get_by_role("heading", name="Captures by day")).to_be_visible()
    settle(page)
    assert page.get_by_text(re.compile(r"^[\d,]+ captures")).first.inner_text() == whole
    assert days(page) == ""
    assert "created with a default value" not in visit.site.app_log.read_text()


def events(page: Page) -> list[str]:
    """The captures listed, as they read, with their exact times."""
    return page.locator(".dl-events li").evaluate_all(
        "all => all.map(one => one.innerText + ' ' + one.querySelector('time').dateTime)"
    )


def test_older_and_newest_lead_through_the_captures_and_clear_begins_anew(visit: Visit, desk: Desk) -> None:
    page = visit(CAPTURED, "captures")
    newest, first = page.get_by_role("button", name="Newest"), events(page)
    assert len(first) == 100
    expect(newest).to_be_disabled()
    click(page.get_by_role("button", name="Older"))
    expect(newest).to_be_enabled()
    settle(page)
    second = events(page)
    assert len(second) == 100
    assert min(stamps(first)) >= max(stamps(second))
    assert first != second
    assert "before=" in page.url
    page.reload()
    settle(page)
    assert events(page) == second, "the address holds the place in the list"
    click(newest)
    expect(newest).to_be_disabled()
    settle(page)
    assert events(page) == first
    assert "before=" not in page.url
    click(page.get_by_role("button", name="Older"))
    expect(newest).to_be_enabled()
    click(page.get_by_test_id("stMain").get_by_role("button", name="Keystrokes"))
    expect(newest).to_be_disabled()
    assert "kind=Keystrokes" in page.url
    click(page.get_by_role("button", name="Clear"))
    expect(page.locator(".dl-events li").first).to_have_text(first[0].rpartition(" ")[0].replace("\n", ""))
    settle(page)
    assert events(page) == first
    assert "kind=" not in page.url


def stamps(found: list[str]) -> list[str]:
    return [one.rpartition(" ")[2] for one in found]


@pytest.fixture
def looked(desk: Desk, tmp_path: Path) -> int:
    """More looks at one person than a page holds, and more entries of the log than a page of that."""
    total, path = 230, tmp_path / "looks.jsonl"
    known = {"source": "long audit", "action": "read", "who": "svc-long", "role": "service", "purpose": "support"}
    lines = [
        {
            **known,
            "at": instants.iso(instants.now() - place * instants.HOUR),
            "people": [company.named(LOOKED_AT).email],
            "count": place + 1,
            "id": f"long-{place}",
        }
        for place in range(total)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    desk.ask("import", "accesses", str(path))
    return total


def test_older_and_newest_lead_through_the_looks_and_through_the_log(visit: Visit, looked: int) -> None:
    page = visit(LOOKED_AT, "accesses")
    newest, older = page.get_by_role("button", name="Newest"), page.get_by_role("button", name="Older")
    rows = page.locator(".dl-rows").first.locator("li")
    first = rows.all_inner_texts()
    expect(newest).to_be_disabled()
    click(older)
    expect(newest).to_be_enabled()
    settle(page)
    second = rows.all_inner_texts()
    visit.shoot(page, "press-older-looks", whole=True)
    assert len(second) >= 100 and not set(first) & set(second)
    assert "opened your data" in headline(page)
    click(older)
    expect(older).to_be_disabled()
    click(newest)
    expect(newest).to_be_disabled()
    settle(page)
    assert rows.all_inner_texts() == first

    log = visit(AUDITOR, "log")
    newest, older = log.get_by_role("button", name="Newest"), log.get_by_role("button", name="Older")
    expect(newest).to_be_disabled()
    seen = [entries(log)]
    click(older)
    expect(newest).to_be_enabled()
    settle(log)
    seen.append(entries(log, newest=min(seen[0]) - 1))
    visit.shoot(log, "press-older-entries", whole=True)
    assert min(seen[0]) > max(seen[1])
    click(newest)
    expect(newest).to_be_disabled()
    settle(log)
    # What happened meanwhile stands above.
    assert max(entries(log, since=max(seen[0]))) >= max(seen[0])


def entries(page: Page, newest: int | None = None, since: int = 0) -> list[int]:
    """The numbers of the log's entries that the table beside the canvas holds for screen readers; it follows the
    canvas a moment later, and is awaited until its newest entry is that one, or one `since`."""
    cells = page.locator("[data-testid=stDataFrame] table [role=gridcell][aria-colindex='1']")
    page.locator("[data-testid=stDataFrame]").scroll_into_view_if_needed()
    cells.first.wait_for(state="attached")
    found = list[int]()
    for _ in range(100):
        found = [int(text.replace(",", "")) for text in cells.all_inner_texts() if text]
        if found and max(found) >= since and newest in (None, max(found)) and found == sorted(found, reverse=True):
            break
        page.wait_for_timeout(100)
    return found
