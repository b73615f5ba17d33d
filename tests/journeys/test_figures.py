"""The figures about people in a real browser: read, explained, chosen for the next quarter, taken along and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from data.__main__ import main
from data.accesses import events
from data.accesses.entry import Action
from data.statistics.people import reading
from pages.wording.people import quarter
from tests import released
from tests.auth.running import Site, make_site, running
from tests.browser import PATIENCE, click, expect, press, settle
from tests.journeys.test_accessibility import SIZES, findings

Open = Callable[..., Page]
LAST = released.QUARTERS[-1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    made = make_site(tmp_path_factory.mktemp("figures"))
    released.fill(made.store)
    with running(made) as found:
        yield found


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Generator[Open]:
    """Opens a page as somebody, in a context of its own."""
    contexts = list[Any]()

    def visit(name: str, path: str, **options: Any) -> Page:
        given: dict[str, Any] = {
            "viewport": SIZES["desk"],
            "locale": "en-GB",
            "timezone_id": "Europe/London",
            "bypass_csp": True,
        }
        context = chromium.new_context(**{**given, **options})
        contexts.append(context)
        context.add_cookies([{"name": "daylight", "value": site.cookie(name), "url": site.url}])
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(f"{site.url}/{path}")
        settle(page)
        return page

    yield visit
    for context in contexts:
        context.close()


def test_an_organizer_reads_chooses_and_takes_the_figures_along(
    visit: Open, site: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = visit("ingrid", "people")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(rf"In {quarter(LAST)} between \d+ and \d+ of about 640 people opted out\.")
    )
    expect(page.get_by_text("The share is largest in Customer Support")).to_be_visible()
    expect(page.get_by_text(f"The next release comes on {released.coming('Europe/London')}")).to_be_visible()
    click(page.get_by_text("Why these are ranges"))
    page.wait_for_url("**/people-method")
    expect(page.get_by_text("19 of the 20 bars hold the true number")).to_be_visible()
    page.goto(f"{site.url}/people")
    settle(page)

    expect(page.get_by_text("Two figures:")).to_be_visible()
    press(page.get_by_role("button", name="Opted out"))
    expect(page.get_by_text("Three figures:")).to_be_visible()
    expect(page.get_by_text("11 people", exact=True)).to_be_visible()
    press(page.get_by_role("button", name="Have these counted"))
    expect(page.get_by_text("Organizers chose this")).to_be_visible()
    with site.database.reading() as session:
        (*_, (_, details)), lost = events.read(session, site.vault, Action.FIGURES_CHOSEN)
    assert not lost
    assert details.read["scope"] == {"quarter": str(LAST.after), "figures": ["opted-out", "exposed", "outside"]}

    for form in ("CSV", "JSON"):
        link = page.get_by_role("link", name=f"{form} of {LAST}")
        answer = page.request.get(f"{site.url}{link.get_attribute('href')}")
        saved = tmp_path / f"figures.{form.lower()}"
        saved.write_bytes(answer.body())
        store = ["--store", str(site.settings.store)]
        assert main(["statistics", "verify", str(saved), *store]) == 0, capsys.readouterr().err
    with site.database.reading() as session:
        digest = reading.ledger(session, site.vault).told[LAST][0].digest
    assert digest in saved.read_text()


@pytest.mark.parametrize(
    ("path", "key"),
    [("people", "people-opted-out"), ("people", "people-course-2"), ("people-method", "method-draws")],
)
def test_a_picture_is_saved_as_png_without_asking_another_host(
    visit: Open, site: Site, tmp_path: Path, path: str, key: str
) -> None:
    """Of a figure by department, of one department over the quarters, and of how people are counted."""
    page, asked = visit("ingrid", path), set[str]()
    page.on("request", lambda request: asked.add(urlsplit(request.url).netloc))
    chart = page.locator(f"[class*=st-key-{key}]").last
    chart.scroll_into_view_if_needed()
    chart.hover()
    with page.expect_download() as saved:
        click(chart.locator(".modebar-btn"))
    saved.value.save_as(tmp_path / "picture.png")
    assert saved.value.suggested_filename == f"daylight-{key}.png"
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    assert asked <= {urlsplit(site.url).netloc, ""}


def test_neither_an_employee_nor_who_manages_people_finds_the_page(visit: Open, site: Site) -> None:
    page = visit("ana", "people")
    expect(page.get_by_text("This page is not for you")).to_be_visible()
    expect(page.get_by_text("Customer Support")).to_have_count(0)
    expect(page.get_by_role("link", name="Figures about people")).to_have_count(0)
    page.goto(f"{site.url}/people-method")
    expect(page.get_by_text("Counts of people say enough")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_figures_and_method_have_no_serious_finding_of_axe(
    visit: Open, pytestconfig: pytest.Config, scheme: str, size: str
) -> None:
    folder = Path(str(pytestconfig.getoption("--screenshots")))
    folder.mkdir(parents=True, exist_ok=True)
    trouble: list[str] = []
    for path in ("people", "people?by=Divisions", "people-method"):
        page = visit("ingrid", path, color_scheme=scheme, viewport=SIZES[size])
        page.wait_for_timeout(300)
        page.screenshot(path=folder / f"figures-{re.sub('[^a-z]+', '-', path.lower())}-{scheme}-{size}.png")
        trouble += [f"/{path}: {one}" for one in findings(page)]
    assert not trouble, "\n".join(trouble)
