"""An organizer compares what they kept, chooses alarms, saves a picture, and prints one page."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page

from data.accesses.entry import Purpose
from data.alarms.alarm import Kind
from data.controls.control import State
from data.proofs.backing import Backing
from data.proofs.publishing import Published
from data.proofs.witnesses import WitnessState
from data.statistics.cases import Outcome
from data.statistics.evidence import Covered, Evidence
from data.statistics.people.figure import Figure
from data.statistics.people.release import Estimate, Group, Level, Record, Release
from data.statistics.quarter import Quarter
from data.statistics.report import Happened, Report
from pages.wording import counted, quarterly
from tests.browser import Visit, click, expect, press, settle, write
from tests.pages.test_desk import figures

ORGANIZER = "Tomasz Wiśniewski"


def pages_of(page: Page, paper: str) -> int:
    printed = page.pdf(format=paper, print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", printed))


def test_a_checkpoint_that_was_taken_is_compared_and_alarms_are_chosen_for_good(visit: Visit) -> None:
    page = visit(ORGANIZER, "watching")
    kept = page.request.get(f"{visit.site.url}/log/checkpoint").text()
    write(page.get_by_label("A checkpoint or a receipt"), kept)
    press(page.get_by_role("button", name="Compare"))
    expect(page.get_by_text("that you kept.")).to_be_visible()
    write(page.get_by_label("A checkpoint or a receipt"), kept.replace("daylight", "sunlight"))
    press(page.get_by_role("button", name="Compare"))
    expect(page.get_by_text("is not signed by this log’s key")).to_be_visible()
    click(page.get_by_text("An exposure opened"))
    press(page.get_by_role("button", name="Keep this choice"))
    expect(page.get_by_text("You are told of 1 kind of alarm now.")).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_role("checkbox", name="An exposure opened")).to_be_checked()
    visit.shoot(page, "watching", whole=True)


def test_a_picture_is_saved_as_png_and_its_figures_as_csv_without_asking_another_host(
    visit: Visit, tmp_path: Path
) -> None:
    page = visit(ORGANIZER, "conduct")
    chart = page.locator("[class*=st-key-conduct-captures]").last
    chart.hover()
    with page.expect_download() as saved:
        click(chart.locator(".modebar-btn"))
    saved.value.save_as(tmp_path / "picture.png")
    assert saved.value.suggested_filename == "daylight-conduct-captures.png"
    assert (tmp_path / "picture.png").read_bytes().startswith(b"\x89PNG")
    click(page.get_by_role("button", name="As a table").first)
    with page.expect_download() as saved:
        click(page.get_by_role("link", name="Save as CSV").first)
    saved.value.save_as(tmp_path / "figures.csv")
    assert len(pd.read_csv(tmp_path / "figures.csv")) == 12


def crowded() -> Report:
    """A quarter with all that a report can say, each as long as it gets."""
    conduct = figures(unexplained=2, overdue=9, refused=4, stopped=2, copies_overdue=3)
    first = conduct.mondays[0] - timedelta(weeks=11)
    mondays = tuple(first + timedelta(weeks=week) for week in range(14))
    roles = [(monday, f"a role with a long name {n}", 12_345) for monday in mondays for n in range(7)]
    purposes = [one for one in Purpose if one is not Purpose.OWN]
    conduct = replace(
        conduct,
        mondays=mondays,
        roles=pd.DataFrame(roles, columns=["week", "role", "count"]),
        crossed=pd.DataFrame([(one, 5, 5) for one in purposes], columns=["purpose", "officer", "total"]),
    )
    lines = "".join(f"— witness-of-the-works-council-{n}.example {'A' * 108}=\n" for n in range(2))
    signed = Published(123_456_789, b"", 0, f"daylight/{'0' * 32}\n123456789\n{'A' * 43}=\n\n{lines}")
    states = [WitnessState(f"works-council-{n}", "https://x", 123_456_000, 1, 789, None, None, 1) for n in range(6)]
    covered = tuple(Covered(f"an audit of a warehouse {n}", 99, 100, 1) for n in range(9))
    return Report(
        Quarter(2026, 3),
        1,
        2,
        conduct,
        dict.fromkeys(Outcome, 1_234),
        12,
        Evidence(covered, dict.fromkeys(State, 12), 0, 1),
        Happened(12, 3, 1),
        dict.fromkeys(Kind, 123),
        Backing(signed, None, tuple(states), ()),
        f"daylight/{'0' * 32}+01234567+{'A' * 44}",
    )


def fullest(*, figures: int) -> quarterly.Section:
    """What is said of people at most: long names of groups, pooled ones among them, and the longest heads."""
    whole = Group("company", "The whole company", Level.COMPANY, None, (), 70_000)
    names = ("The rest of Communications and Public Affairs, Customer Operations and 12 more divisions", "W" * 200)
    groups = [whole]
    for number in range(40):
        key, name = (
            f"department {number + 1}",
            names[number] if number < len(names) else f"Customer Operations {number}",
        )
        groups.append(Group(key, name, Level.CELL, "company", (), 1_700))
    shown = tuple(Figure)[-figures:]
    estimates = tuple(Estimate(figure, one.key, 30_000, 12_345, 67_890) for figure in shown for one in groups)
    release = Release(
        *(Quarter(2026, 3), 0, 123_456_789, "f" * 64, shown, tuple(groups), estimates, 1.0, {Level.CELL: 0.8}, (), "")
    )
    return counted.section(Record((release,)), release.quarter)


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("figures", [2, 6], ids=["by department", "of the company"])
def test_the_fullest_report_prints_on_one_page_light_in_the_dark_with_figures_about_people_on_it(
    chromium: Browser, figures: int, paper: str
) -> None:
    """It is to hang on a wall; what does not fit is not read. On the paper of wherever it is printed."""
    people = fullest(figures=figures)
    assert len(people.rows) == (7 if figures == 2 else 6)
    page = chromium.new_page(color_scheme="dark")
    try:
        page.set_content(quarterly.as_html(crowded(), [people]).decode())
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.locator("table").count() == 6
        assert pages_of(page, paper) == 1
    finally:
        page.close()
