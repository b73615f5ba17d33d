"""The story of June in a real browser: replayed on a real PostgreSQL, and read by everybody whom it touches."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from data import instants
from data.scenarios.june import JUNE
from data.scenarios.story import replay
from data.scenarios.warehouse import Warehouse
from data.settings import Settings
from tests.browser import Visit, click, expect, press
from tests.demo import processes
from tests.demo.site import Site, open_site
from tests.journeys.test_accessibility import findings
from tests.journeys.test_whole_way import go

CONCERNED, DISOBEYED, OTHER = "Amara Okafor", "Farah Haddad", "Maya Castellanos"
OFFICER, ORGANIZER, AUDITOR = "Ingrid Solheim", "Tomasz Wiśniewski", "Zoë Marchand"
FIRST = "the public was told before all staff"


@contextmanager
def replayed(folder: Path, database: str) -> Generator[Site]:
    """The app over a store in which the story was replayed just now; `database` is left as it was found."""
    warehouse = Warehouse.at(database, JUNE.name)
    warehouse.clean()
    settings = Settings.from_environment({}, store=str(folder / "store"))
    replay(JUNE, settings, warehouse, instants.now(), lambda _told, _stage: None)
    try:
        with open_site(settings.store, folder / "log", processes.free_port(), processes.free_port()) as site:
            yield site
    finally:
        warehouse.clean()


@pytest.fixture
def june(chromium: Browser, tmp_path: Path, postgres_url: str, pytestconfig: pytest.Config) -> Generator[Visit]:
    pictures = Path(str(pytestconfig.getoption("--screenshots")))
    pictures.mkdir(parents=True, exist_ok=True)
    with replayed(tmp_path, postgres_url) as site:
        visit = Visit(chromium, site, pictures)
        yield visit
        for context in visit.contexts:
            context.close()
        assert visit.asked <= {urlsplit(site.url).netloc, urlsplit(site.issuer).netloc}, visit.asked


@pytest.mark.postgres
def test_everybody_reads_what_happened_in_june_as_it_concerns_them(june: Visit) -> None:
    """Who could, who did and what nobody knows; what the pause refused; who was told first; how the fix stands."""
    employees(june)
    watchers(june)


def employees(june: Visit) -> None:
    url = june.site.url
    person = june(CONCERNED, "")
    expect(person.get_by_role("note")).to_contain_text("The scenario “june” was replayed here")
    expect(person.get_by_role("heading", level=1)).to_contain_text("Paused for everyone since")
    expect(person.get_by_text("files brought 22 captures of what you object to")).to_be_visible()
    line = person.locator(".st-key-exposed")
    expect(line).to_contain_text("1 person did.")
    expect(line).to_contain_text("1 other exposure of your data stands beside it.")
    june.shoot(person, "june-overview", whole=True)
    go(person, url, "programme")
    card = person.locator(".dl-answer").filter(has_text="Exposure 1:")
    expect(card).to_contain_text("10 people")
    expect(card).to_contain_text("could open your keystrokes and windows.")
    expect(card).to_contain_text("1 person did.")
    expect(card).to_contain_text("For 43 h 00 min")
    expect(card).to_contain_text("we cannot tell.")
    again = person.locator(".dl-answer").filter(has_text="Exposure 2:")
    expect(again).to_contain_text("It had been open before (exposure 1) and the fix did not hold.")
    row = person.locator("ol.dl-rows > li").filter(has_text="Only the logins that were named can read")
    expect(row).to_contain_text("broken again 1 time")
    expect(person.get_by_text("There is no way to opt out.")).to_be_visible()

    stubborn = june(DISOBEYED, "")
    expect(stubborn.get_by_role("heading", level=1)).to_contain_text("but your FARAH-OLD-LAPTOP sent data")
    expect(stubborn.get_by_text("23 captures were refused and sealed; nobody opens them.")).to_be_visible()

    other = june(OTHER, "incidents")
    expect(other.get_by_role("heading", level=1)).to_contain_text("No incident was recorded that concerns you.")
    expect(other.get_by_text(FIRST)).to_be_visible()
    expect(other.get_by_text("You should have read it here first.")).to_be_visible()
    press(other.get_by_role("button", name="I have read this"))
    expect(other.get_by_text("1 of 10 people have read it here").first).to_be_visible()
    go(other, url, "programme")
    expect(other.locator(".dl-answer").filter(has_text="Exposure 1:")).to_have_count(0)


def watchers(june: Visit) -> None:
    url = june.site.url
    officer = june(OFFICER, "incidents")
    expect(officer.get_by_text(FIRST)).to_be_visible()
    expect(officer.get_by_text("fixes that did not hold: 1")).to_be_visible()
    clocks = officer.locator(".dl-rows li")
    expect(clocks.filter(has_text="Contained").first).to_contain_text("did not last")
    due = re.compile(r"must be told by .*4[12]\sh\s\d+\smin\sleft")
    expect(clocks.filter(has_text="Regulator").first).to_contain_text(due)
    june.shoot(officer, "june-incident", whole=True)
    assert not findings(officer)

    organizer = june(ORGANIZER, "conduct")
    expect(organizer.get_by_text("1 device of 1 person went on capturing.")).to_be_visible()
    expect(organizer.get_by_text("2 exposures on record; none of them is open now.")).to_be_visible()
    assert "Farah" not in organizer.content()
    go(organizer, url, "controls")
    card = organizer.locator("[class*=st-key-control-][class*=-readers]")
    expect(card).to_contain_text("broken again 1 time")
    click(card.get_by_text("What happened so far"))
    expect(card).to_contain_text("The database did not let Daylight look, so nobody knows.")
    june.shoot(organizer, "june-promises", whole=True)

    auditor = june(AUDITOR, "log")
    # A table is a canvas; what it says stands beside it, unseen.
    expect(auditor.get_by_text("exposure recorded").first).to_be_attached()
    expect(auditor.get_by_text("Where the evidence is blind: 2 spans in 30 days")).to_be_visible()
    june.shoot(auditor, "june-log", whole=True)
    assert "Farah" not in auditor.content()
