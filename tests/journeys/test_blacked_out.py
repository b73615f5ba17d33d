"""Others on one's screens, in a real browser: an officer draws a box over them, and the copy comes without it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.browser import Visit, click, expect, press, settle, take, unfold, write
from tests.demo import company
from tests.demo.loading import Desk
from tests.journeys.test_presses import card
from tests.journeys.test_whole_way import Desk as Command
from tests.journeys.test_whole_way import prove

WHO, ONE, OTHER = "Amara Okafor", "Ingrid Solheim", "Priya Raman"
MORE = "a visitor at the desk"


def choose_one_that_no_rule_is_about(officer: Page) -> None:
    """The first such picture, on whichever day it was captured."""
    days, pictures = (officer.get_by_role("combobox", name=name) for name in ("Day", "Picture ("))
    options = officer.get_by_role("option")
    free = options.filter(has_not_text="Element").filter(has_not_text="Jitsi")
    expect(pictures).to_be_visible()
    for later in range(30):
        unfold(pictures, options)
        is_there = free.count() > 0
        pictures.press("Escape")
        if is_there:
            take(pictures, free)
            return
        take(days, options.nth(later + 1))
    raise AssertionError("a rule is about every picture")


def test_an_officer_blacks_out_a_part_and_the_person_gets_a_copy_without_it_that_says_so(
    visit: Visit, tmp_path: Path
) -> None:
    desk, email = Desk(visit.site.store), company.named(WHO).email
    setting = ("--as", company.named(OTHER).email)
    desk.ask("bystanders", "wait", "yes", *setting)
    number = int(desk.ask("request", "export", "--person", email, "--as", email, "--kind", "screen")["id"])
    desk.ask("bystanders", "wait", "no", *setting)
    officer = visit(ONE, f"queue?request={number}")
    press(officer.get_by_role("button", name="List the pictures"))
    choose_one_that_no_rule_is_about(officer)
    drag(officer)
    expect(officer.get_by_role("button", name="Black out this part")).to_be_visible()
    expect(officer.get_by_role("spinbutton", name="Left")).not_to_have_value("0")
    left, top, right, bottom = (edge(officer, side) for side in ("Left", "Top", "Right", "Bottom"))
    assert 0 < left < right
    assert 0 < top < bottom
    write(officer.get_by_role("textbox", name="More about it"), MORE)
    visit.shoot(officer, "black-out-choosing", whole=True)
    press(officer.get_by_role("button", name="Black out this part"))
    expect(officer.get_by_text("1 part is blacked out")).to_be_visible()
    prove(officer, ONE, f"Approve request {number}")
    visit.shoot(officer, "black-out-deciding", whole=True)
    press(officer.get_by_role("button", name=f"Approve request {number}"))

    person = visit(WHO, "requests")
    expect(card(person, number)).to_contain_text("parts blacked out to protect others")
    expect(card(person, number)).to_contain_text("Appeal this decision")
    visit.shoot(person, "black-out-card", whole=True)
    desk.ask("request", "appeal", str(number), "--text", "Nobody else was there.", "--as", email)
    person.reload()
    # What was granted can be taken while the rest of it waits for another officer.
    expect(card(person, number)).to_contain_text("What was granted is ready to download until")
    with person.expect_download() as taken:
        click(card(person, number).get_by_role("link", name="Download my copy"))
    taken.value.save_as(tmp_path / "copy.zip")
    with zipfile.ZipFile(tmp_path / "copy.zip") as copy:
        lines = [json.loads(line) for line in copy.read("blacked-out.jsonl").splitlines()]
        (mine,) = [one for one in lines if one["regions"][0]["by"] == "a privacy officer"]
        (region,) = mine["regions"]
        assert (region["left"], region["top"], region["right"], region["bottom"]) == (left, top, right, bottom)
        assert (region["shows"], region["words"]) == ("face", MORE)
        given = pixels(copy.read(mine["file"]))
        index = tmp_path / "index.html"
        copy.extractall(tmp_path)
    person_id = Command(visit.site.store).number(email)
    original = person.request.get(f"{visit.site.url}/download/screen/{person_id}/{mine['screen']}")
    before = pixels(original.body())
    inside = np.zeros(before.shape[:2], bool)
    inside[top:bottom, left:right] = True
    assert not given[inside].any()
    assert np.array_equal(given[~inside], before[~inside])
    person.goto(index.as_uri())
    expect(person.get_by_role("heading", name="Blacked out")).to_be_visible()
    visit.shoot(person, "black-out-index", whole=True)
    desk.ask("request", "decide-appeal", str(number), "uphold", "--reason", "A visitor was there.", *setting)


def drag(page: Page) -> None:
    """Draw a box over the middle of the picture."""
    image = page.locator(".js-plotly-plot image").first
    expect(image).to_have_attribute("href", re.compile("^(data:|/download|http)"))
    settle(page)
    image.scroll_into_view_if_needed()
    box = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    assert box is not None
    x, y, wide, high = box["x"], box["y"], box["width"], box["height"]
    page.mouse.move(x + 0.3 * wide, y + 0.3 * high)
    page.mouse.down()
    page.mouse.move(x + 0.5 * wide, y + 0.4 * high, steps=6)
    page.mouse.move(x + 0.6 * wide, y + 0.5 * high, steps=6)
    page.mouse.up()
    settle(page)


def edge(page: Page, side: str) -> int:
    return int(page.get_by_role("spinbutton", name=side).input_value())


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
