"""A table is opened to everyone: the exposure opens by itself, its person sees it, and sees that an officer took the
list of whom it concerns."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from data import instants
from data.accesses import coverage, log
from data.accesses.accessors import Outside
from data.accesses.coverage import Span
from data.accesses.entry import Action
from data.controls.postgres import audience
from data.exposures import record
from data.exposures.exposure import Open
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR
from data.settings import Settings
from data.store import Store, open_store
from tests.browser import Visit, press, settle, write
from tests.data.controls.conftest import Warehouse, warehouse
from tests.journeys.test_accessibility import SIZES, findings
from tests.journeys.test_whole_way import PATIENCE, go, headline, prove

__all__ = ["warehouse"]

# Whom no other journey is about, as they share one store.
WHO, OFFICER, ORGANIZER = "Maya Castellanos", "Ingrid Solheim", "Tomasz Wiśniewski"
STORE, AUDIT = "capture warehouse", "capture warehouse audit"
TICKET = "ART-34-1"
HOUR = instants.HOUR


@pytest.fixture
def probe(visit: Visit, warehouse: Warehouse) -> Callable[[int, int | None], tuple[int, ...]]:
    """Looks at who could read the table of captures in a real PostgreSQL, and takes in what it finds."""
    store = open_store(Settings.from_environment({"DAYLIGHT_STORE": str(visit.site.store)}))
    with store.database.reading() as session:
        people = dict(session.execute(select(PersonRow.id, PersonRow.name)).all())
    mine = next(person for person, name in people.items() if name == WHO)
    accounts = {warehouse.role(f"login{person}"): person for person in people}
    warehouse.run(*(f"CREATE ROLE login{person}~ LOGIN" for person in people))

    def look(now: int, last_good: int | None) -> tuple[int, ...]:
        found = audience.resolve(warehouse.look()).of(["public.captures"])
        ours = {one: accounts.get(one) for one in found if one.endswith(warehouse.mark)}
        over = Open("captures table", ("public.captures",), ours, frozenset({warehouse.role("app")}), ("key",), (mine,))
        seen = (over,) if over.over else ()
        with store.database.writing() as session:
            return record.observe(session, store.vault, STORE, seen, last_good=last_good, now=now, source=AUDIT)

    _evidence(store, warehouse, mine)
    return look


def _evidence(store: Store, warehouse: Warehouse, mine: int) -> None:
    """The audit recorded but for an hour, and saw one engineer."""
    now, other = instants.now(), 5 if mine != 5 else 6
    with store.database.writing() as session:
        spans = [Span(AUDIT, now - 50 * HOUR, now - 4 * HOUR, ""), Span(AUDIT, now - 3 * HOUR, None, "")]
        coverage.record(session, store.vault, OPERATOR, spans)
        log.append(
            session,
            store.vault,
            action=Action.QUERY,
            people=[mine],
            accessor=Outside(warehouse.role(f"login{other}"), "engineer", "Data platform", person_id=other),
            reason=None,
            scope={"what": "captures table", "kinds": ["key"]},
            count=40,
            at=now - 2 * HOUR,
            source=AUDIT,
            observed=True,
        )


def test_a_table_opened_to_everyone_is_on_each_persons_card_until_it_is_right_again(
    visit: Visit, warehouse: Warehouse, probe: Callable[[int, int | None], tuple[int, ...]]
) -> None:
    """From the grant to the person's own page nobody types anything in, and what the officer takes is seen."""
    expect.set_options(timeout=PATIENCE)
    now = instants.now()
    assert probe(now - 6 * HOUR, None) == ()
    warehouse.run("GRANT SELECT ON captures TO PUBLIC")
    (number,) = probe(now - 5 * HOUR, now - 6 * HOUR)
    person = sees_it(visit, "and it is not closed.")
    warehouse.run("REVOKE SELECT ON captures FROM PUBLIC")
    assert probe(now - HOUR, now - 5 * HOUR) == ()
    takes_the_list(visit, number)
    go(person, visit.site.url, "accesses")
    row = person.locator(".dl-rows li").filter(has_text="took a list of everybody whom an exposure concerns")
    expect(row.first).to_contain_text(TICKET)
    visit.shoot(person, "exposure-03-taken", whole=True)
    go(person, visit.site.url, "programme")
    expect(person.locator(".dl-answer h2").filter(has_text="could open your keystrokes")).to_contain_text("closed")
    counts(visit)


def sees_it(visit: Visit, said: str) -> Page:
    person = visit(WHO, "", bypass_csp=True)
    person.set_default_timeout(PATIENCE)
    expect(person.get_by_text("could open your keystrokes, " + said)).to_be_visible()
    visit.shoot(person, "exposure-01-overview", whole=True)
    assert not findings(person)
    person.get_by_role("link", name="See what was found and done").click()
    card = person.locator(".dl-answer").filter(has_text="could open your keystrokes")
    expect(card).to_contain_text("1 person did.")
    expect(card).to_contain_text("we cannot tell.")
    history(person).locator("summary").click()
    expect(history(person).get_by_text("A look at the permissions found it open")).to_be_visible()
    visit.shoot(person, "exposure-02-card", whole=True)
    assert not findings(person)
    for scheme, size in (("dark", "desk"), ("light", "phone"), ("dark", "phone")):
        other = visit(WHO, "programme", color_scheme=scheme, viewport=SIZES[size], bypass_csp=True)
        settle(other)
        history(other).locator("summary").click()
        visit.shoot(other, f"exposure-02-card-{scheme}-{size}", whole=True)
        assert not findings(other)
    return person


def history(page: Page) -> Locator:
    """What was found and done below the card of this exposure; other journeys leave cards of their own."""
    card = page.locator(".dl-answer").filter(has_text="could open your keystrokes")
    return card.locator("xpath=./following-sibling::details[1]")


def takes_the_list(visit: Visit, number: int) -> None:
    officer = visit(OFFICER, "incidents", bypass_csp=True)
    officer.set_default_timeout(PATIENCE)
    box = officer.locator(f".st-key-exposure-{number}")
    expect(box).to_contain_text("closed")
    box.get_by_text("The lists").click()
    settle(officer)
    write(box.get_by_role("textbox", name="Ticket or reference"), TICKET)
    with officer.expect_download() as download:
        box.get_by_role("link", name="Take the list").click()
    assert WHO in download.value.path().read_text()
    box.get_by_text("Show the accounts that could").click()
    settle(officer)
    expect(box.get_by_text("those that may are not among them")).to_be_visible()
    visit.shoot(officer, "exposure-04-officer", whole=True)
    assert not findings(officer)
    corrects(visit, officer, number)


def corrects(visit: Visit, officer: Page, number: int) -> None:
    """An incident is opened about it, and the exposure linked to that; its report is a page of its own."""
    officer.get_by_text("Open an incident").first.click()
    write(officer.get_by_role("textbox", name="What it is"), "Open keystrokes")
    write(officer.get_by_role("textbox", name="What is known"), "A table could be read by every account.")
    press(officer.get_by_role("button", name="Open the incident"))
    box = officer.locator(f".st-key-exposure-{number}")
    box.get_by_text("Correct it, or link it to an incident").click()
    settle(officer)
    write(box.get_by_role("textbox", name="The reason"), "It is the table that the incident is about.")
    press(box.get_by_role("button", name="Link it"))
    if officer.get_by_role("link", name="Sign in once more").count():
        prove(officer, OFFICER, "Link it")
        corrects(visit, officer, number)
    expect(box.get_by_text("It belongs to incident")).to_be_visible()
    link = officer.get_by_role("link", name="The report as it stands now").first
    with officer.context.expect_page() as opened:
        link.click()
    report = opened.value
    expect(report.get_by_role("heading", name="What was exposed")).to_be_visible()
    visit.shoot(report, "exposure-05-report", whole=True)


def counts(visit: Visit) -> None:
    organizer = visit(ORGANIZER, "conduct", bypass_csp=True)
    organizer.set_default_timeout(PATIENCE)
    expect(organizer.get_by_text(re.compile(r"\d+ exposures? on record; "))).to_be_visible()
    visit.shoot(organizer, "exposure-06-organizer", whole=True)
    assert headline(organizer)
    assert not findings(organizer)
