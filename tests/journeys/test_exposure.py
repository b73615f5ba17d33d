"""A table is opened to everyone: the exposure opens by itself, its person sees it, and sees that an officer took the
list of whom it concerns."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Generator

import pytest
from playwright.sync_api import Locator, Page
from sqlalchemy import select

from data import instants
from data.accesses import coverage, log
from data.accesses.accessors import Outside
from data.accesses.coverage import Span
from data.accesses.entry import Action
from data.exposures import record
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR
from data.settings import Settings
from data.store import Store, open_store
from tests.browser import Visit, click, expect, press, settle, write
from tests.data.controls.conftest import Warehouse, warehouse
from tests.demo.loading import Desk, Refused
from tests.journeys.test_accessibility import SIZES, findings
from tests.journeys.test_whole_way import go, headline, prove

__all__ = ["warehouse"]

# Whom no other journey is about, as they share one store.
WHO, OFFICER, ORGANIZER = "Maya Castellanos", "Ingrid Solheim", "Tomasz Wiśniewski"
STORE = "keystroke warehouse"
TICKET = "ART-34-1"


@pytest.fixture
def look(visit: Visit, warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> Generator[Callable[[], None]]:
    """A round of looks by the command line, at a real PostgreSQL in which everybody has a login and one may read."""
    store = opened(visit)
    with store.database.reading() as session:
        people = session.execute(select(PersonRow.id, PersonRow.email, PersonRow.name)).all()
    warehouse.run(*(f"CREATE ROLE login{person.id}~ LOGIN" for person in people))
    owners = ", ".join(f"login{person.id}~ = '{person.email}'" for person in people)
    mine = next(person.email for person in people if person.name == WHO)
    whose = f"kinds = ['key']\npeople = ['{mine}']\nowners = {{{owners}}}"
    theirs = {warehouse.role(f"login{person.id}") for person in people}
    may = ", ".join(f"'{login}'" for login in sorted(warehouse.logins() - theirs))
    folder = visit.site.store.parent
    path = warehouse.named(folder, whose, may, STORE)
    monkeypatch.setenv("DAYLIGHT_CONTROLS", str(path))
    desk = Desk(visit.site.store)

    def asked() -> None:
        with contextlib.suppress(Refused):  # something is broken, which the command says by its exit status
            desk.ask("controls", "run")

    yield asked
    path.write_text("")


def opened(visit: Visit) -> Store:
    return open_store(Settings.from_environment({"DAYLIGHT_STORE": str(visit.site.store)}))


def evidence(visit: Visit, warehouse: Warehouse, silent: int) -> None:
    """The store's audit, whose record has a gap since `silent`, saw one engineer just now."""
    store, now = opened(visit), instants.now()
    with store.database.writing() as session:
        mine = session.scalars(select(PersonRow.id).where(PersonRow.name == WHO)).one()
        other = 5 if mine != 5 else 6
        spans = [Span(STORE, now - 50 * instants.HOUR, silent, ""), Span(STORE, now, None, "")]
        coverage.record(session, store.vault, OPERATOR, spans)
        log.append(
            session,
            store.vault,
            action=Action.QUERY,
            people=[mine],
            accessor=Outside(warehouse.role(f"login{other}"), "engineer", "Data platform", person_id=other),
            reason=None,
            scope={"what": STORE, "kinds": ["key"]},
            count=40,
            at=now,
            source=STORE,
            observed=True,
        )


def number_of(visit: Visit) -> int:
    """The exposure that is open there, as the log has it."""
    store = opened(visit)
    with store.database.reading() as session:
        (one,) = [each for each in record.read(session, OPERATOR, store.vault).exposures if each.store == STORE]
    return one.number


def test_a_table_opened_to_everyone_is_on_each_persons_card_until_it_is_right_again(
    visit: Visit, warehouse: Warehouse, look: Callable[[], None]
) -> None:
    """From the grant to the person's own page nobody types anything in, and what the officer takes is seen."""
    began = instants.now()
    look()
    warehouse.run("GRANT SELECT ON captures TO PUBLIC")
    look()
    evidence(visit, warehouse, began)
    person = sees_it(visit, "and it is not closed.")
    warehouse.run("REVOKE SELECT ON captures FROM PUBLIC")
    look()
    takes_the_list(visit, number_of(visit))
    go(person, visit.site.url, "accesses")
    row = person.locator(".dl-rows li").filter(has_text="took a list of everybody whom an exposure concerns")
    expect(row.first).to_contain_text(TICKET)
    visit.shoot(person, "exposure-03-taken", whole=True)
    go(person, visit.site.url, "programme")
    expect(person.locator(".dl-answer h2").filter(has_text="could open your keystrokes")).to_contain_text("closed")
    counts(visit)


def sees_it(visit: Visit, said: str) -> Page:
    person = visit(WHO, "", bypass_csp=True)
    expect(person.get_by_text("could open your keystrokes, " + said)).to_be_visible()
    visit.shoot(person, "exposure-01-overview", whole=True)
    assert not findings(person)
    click(person.get_by_role("link", name="See what was found and done"))
    card = person.locator(".dl-answer").filter(has_text="could open your keystrokes")
    expect(card).to_contain_text("1 person did.")
    expect(card).to_contain_text("we cannot tell.")
    click(history(person).locator("summary"))
    expect(history(person).get_by_text("A look at the permissions found it open")).to_be_visible()
    visit.shoot(person, "exposure-02-card", whole=True)
    assert not findings(person)
    for scheme, size in (("dark", "desk"), ("light", "phone"), ("dark", "phone")):
        other = visit(WHO, "programme", color_scheme=scheme, viewport=SIZES[size], bypass_csp=True)
        settle(other)
        click(history(other).locator("summary"))
        visit.shoot(other, f"exposure-02-card-{scheme}-{size}", whole=True)
        assert not findings(other)
    return person


def history(page: Page) -> Locator:
    """What was found and done below the card of this exposure; other journeys leave cards of their own."""
    card = page.locator(".dl-answer").filter(has_text="could open your keystrokes")
    return card.locator("xpath=./following-sibling::details[1]")


def takes_the_list(visit: Visit, number: int) -> None:
    officer = visit(OFFICER, "incidents", bypass_csp=True)
    box = officer.locator(f".st-key-exposure-{number}")
    expect(box).to_contain_text("closed")
    click(box.get_by_text("The lists"))
    write(box.get_by_role("textbox", name="Ticket or reference"), TICKET)
    with officer.expect_download() as download:
        click(box.get_by_role("link", name="Take the list"))
    assert WHO in download.value.path().read_text()
    click(box.get_by_text("Show the accounts that could"))
    expect(box.get_by_text("those that may are not among them")).to_be_visible()
    visit.shoot(officer, "exposure-04-officer", whole=True)
    assert not findings(officer)
    corrects(visit, officer, number)


def corrects(visit: Visit, officer: Page, number: int) -> None:
    """An incident is opened about it, and the exposure linked to that; its report is a page of its own."""
    click(officer.get_by_text("Open an incident").first)
    write(officer.get_by_role("textbox", name="What it is"), "Open keystrokes")
    write(officer.get_by_role("textbox", name="What is known"), "A table could be read by every account.")
    press(officer.get_by_role("button", name="Open the incident"))
    box = officer.locator(f".st-key-exposure-{number}")
    click(box.get_by_text("Correct it, or link it to an incident"))
    write(box.get_by_role("textbox", name="The reason"), "It is the table that the incident is about.")
    press(box.get_by_role("button", name="Link it"))
    if officer.get_by_role("link", name="Sign in once more").count():
        prove(officer, OFFICER, "Link it")
        corrects(visit, officer, number)
    expect(box.get_by_text("It belongs to incident")).to_be_visible()
    link = officer.get_by_role("link", name="The report as it stands now").first
    with officer.context.expect_page() as opened:
        click(link)
    report = opened.value
    expect(report.get_by_role("heading", name="What was exposed")).to_be_visible()
    visit.shoot(report, "exposure-05-report", whole=True)


def counts(visit: Visit) -> None:
    organizer = visit(ORGANIZER, "conduct", bypass_csp=True)
    expect(organizer.get_by_text(re.compile(r"\d+ exposures? on record; "))).to_be_visible()
    visit.shoot(organizer, "exposure-06-organizer", whole=True)
    assert headline(organizer)
    assert not findings(organizer)
