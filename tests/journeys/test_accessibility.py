"""No page of any role has a serious finding of axe-core: light and dark, on a desk and on a phone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser import Visit, click, settle

SIZES = {"desk": {"width": 1280, "height": 800}, "phone": {"width": 390, "height": 844}}
EMPLOYEE, OFFICER, ORGANIZER, AUDITOR = "Amara Okafor", "Ingrid Solheim", "Tomasz Wiśniewski", "Zoë Marchand"
PLACES = (
    (
        EMPLOYEE,
        (
            "",
            "captures",
            "accesses",
            "programme",
            "requests",
            "requests?ask=Opt+out",
            "requests?ask=Deletion&part=true",
        ),
    ),
    (
        OFFICER,
        (
            "queue",
            "queue?shown=Ended",
            "queue?pick-1=true&pick-2=true",
            "queue?texts=saved",
            "control",
            "figures",
            "incidents",
            "controls",
        ),
    ),
    (ORGANIZER, ("conduct", "people", "people-method", "watching", "controls")),
    (AUDITOR, ("log", "log?from=2026-01-01&to=2026-01-31")),
)
_SERIOUS = ("serious", "critical")
# What Streamlit itself draws and a page cannot change: the canvas of a table, which has a hidden table beside it, and
# the parts of an empty date, which have no value to tell (WAI-ARIA 1.2 asks for none; this axe still does).
_NOT_OURS = ("[data-testid=stDataFrameGlideDataEditor]", "[role=spinbutton][aria-valuetext=Empty]")


def findings(page: Page) -> list[str]:
    """axe-core's serious and critical findings, each with its rule and the first elements it is about."""
    page.evaluate(Axe().axe_script)
    context = json.dumps({"exclude": [[one] for one in _NOT_OURS]})
    found: dict[str, Any] = page.evaluate(f"axe.run({context}, {{resultTypes: ['violations']}})")
    return [
        f"{one['id']}: {one['help']}: {[node['html'][:160] for node in one['nodes'][:3]]}"
        for one in found["violations"]
        if one["impact"] in _SERIOUS
    ]


def found_on(visit: Visit, page: Page, path: str, named: str) -> list[str]:
    """The findings of the page as it stands, with a picture of it."""
    settle(page)
    page.wait_for_timeout(300)
    visit.shoot(page, f"axe-{re.sub('[^a-z0-9]+', '-', path.lower()) or 'overview'}-{named}")
    return [f"/{path}: {one}" for one in findings(page)]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_finding_of_axe(visit: Visit, scheme: str, size: str) -> None:
    trouble: list[str] = []
    for name, paths in PLACES:
        # axe is put into the page by the test; the pages' own policy rightly forbids that.
        page = visit(name, color_scheme=scheme, viewport=SIZES[size], bypass_csp=True)
        for path in paths:
            page.goto(f"{visit.site.url}/{path}")
            trouble += found_on(visit, page, path, f"{name.split()[0]}-{scheme}-{size}")
            if path.startswith("queue") and "texts" not in path:
                # Whatever is first there, waiting or ended: the demo's numbers change with its story.
                click(page.locator("[class*=st-key-row-]").get_by_role("button", name="Open").first)
                page.wait_for_url("**request=**")
                trouble += found_on(visit, page, f"{path}, its first request", f"{name.split()[0]}-{scheme}-{size}")
    assert not trouble, "\n".join(trouble)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_has_no_serious_finding_of_axe(visit: Visit, scheme: str) -> None:
    assert not findings(visit(None, color_scheme=scheme, bypass_csp=True))


def test_axe_finds_what_is_wrong(visit: Visit) -> None:
    page = visit(None, bypass_csp=True)
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"data:,\"><button></button>')")
    assert {one.partition(":")[0] for one in findings(page)} == {"image-alt", "button-name"}
