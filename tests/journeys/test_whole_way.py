"""The whole way in a real browser: seen, taken out, deleted after an officer's decision, and nothing of it left."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from data import instants
from data.rights.erasure import kept
from tests.browser import Visit, click, expect, patient, pick, settle
from tests.demo import company
from tests.demo.processes import ROOT

WHO, OFFICER = "Kwame Mensah", "Ingrid Solheim"
CANARY = "quillaja-lantern-4711"  # typed by nobody else
KEPT = frozenset(table for one in kept.KEPT for table in one.tables)


@dataclass(frozen=True)
class Desk:
    """The command line over the site's store, each command a process as operators start it."""

    store: Path

    def __call__(self, *arguments: str) -> Any:
        """What `python -m data ARGUMENTS --json` prints."""
        command = [sys.executable, "-m", "data", *arguments, "--store", str(self.store), "--json"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def captures(self, email: str) -> Iterator[dict[str, Any]]:
        """Every capture, newest first, as the person themselves reads them."""
        found: dict[str, Any] = {"next": ""}
        while found["next"] is not None:
            more = ("--before", found["next"]) if found["next"] else ()
            found = self("captures", "--person", email, "--as", email, "--limit", "1000", *more)
            yield from found["captures"]

    def rows(self, person_id: int) -> dict[str, int]:
        """How many rows of each table belong to the person."""
        with closing(sqlite3.connect(f"file:{self.store / 'daylight.db'}?mode=ro", uri=True)) as database:
            tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            columns = {one: [row[1] for row in database.execute(f'PRAGMA table_info("{one}")')] for one in tables}
            # Of a destroyed key a row without the key stays and says when that was.
            key = {"person_keys": " AND wrapped IS NOT NULL"}
            count = 'SELECT count(*) FROM "{}" WHERE person_id = ?{}'
            return {
                one: database.execute(count.format(one, key.get(one, "")), (person_id,)).fetchone()[0]
                for one, names in columns.items()
                if "person_id" in names
            }

    def number(self, email: str) -> int:
        """The person's id."""
        with closing(sqlite3.connect(f"file:{self.store / 'daylight.db'}?mode=ro", uri=True)) as database:
            return int(database.execute("SELECT id FROM people WHERE email = ?", (email,)).fetchone()[0])

    def objects(self, person_id: int) -> list[Path]:
        """The person's sealed files."""
        return sorted(one for one in (self.store / "segments").rglob("*") if _is_of(one, person_id))


def _is_of(path: Path, person_id: int) -> bool:
    return path.is_file() and str(person_id) in path.parts


def typed(folder: Path) -> Path:
    """Captures in Daylight's own form in which the person types the canary, a minute ago."""
    path, at = folder / "typed.jsonl", instants.now() - instants.MINUTE
    window = {"device": "Travel laptop", "app": "Notes", "title": f"{CANARY}, private"}
    lines = [{"at": at, "kind": "window", "duration": 1_000_000, **window}]
    lines += [
        {"at": at + place * 1000, "kind": "key", "down": True, "text": key, **window}
        for place, key in enumerate(CANARY, 1)
    ]
    lines.append({"at": at + 100_000, "kind": "key", "down": True, "text": CANARY, **window})
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def in_the_clear(folder: Path) -> list[str]:
    """Files below `folder` that hold the canary as it was typed."""
    return [str(one) for one in folder.rglob("*") if one.is_file() and CANARY.encode() in one.read_bytes()]


def headline(page: Page) -> str:
    return page.get_by_test_id("stMain").locator("h1").first.inner_text()


def go(page: Page, site: str, path: str) -> None:
    page.goto(f"{site}/{path}")
    settle(page)


def prove(page: Page, name: str, wanted: str) -> None:
    """Sign in once more where the page asks for it; afterwards the button `wanted` is there."""
    button = page.get_by_role("button", name=wanted)
    again = page.get_by_role("link", name="Sign in once more")
    expect(button.or_(again).first).to_be_visible()
    if again.count():
        address = page.url
        patient(page, again.click)()
        pick(page, name)
        page.wait_for_url(address.partition("?")[0] + "**")
        settle(page)
    expect(button).to_be_visible()


@pytest.fixture
def desk(visit: Visit) -> Desk:
    return Desk(visit.site.store)


def test_a_person_sees_takes_out_and_has_deleted_everything_and_nothing_is_left(
    visit: Visit, desk: Desk, tmp_path: Path
) -> None:
    email, site = company.named(WHO).email, visit.site.url
    file = typed(tmp_path)
    assert desk("import", "captures", str(file), "--person", email)["added"] == len(CANARY) + 2
    held = list(desk.captures(email))
    number, shots = desk.number(email), visit.shoot
    assert desk.rows(number)["person_keys"] == 1
    assert len(held) > 1000 and desk.objects(number) and not in_the_clear(visit.site.store)

    page = visit(WHO)
    assert "Capturing is on for you" in headline(page)
    shots(page, "way-01-overview")
    sees_a_keystroke_and_a_screen(visit, page)
    go(page, site, "accesses")
    assert "opened your data" in headline(page)
    shots(page, "way-04-accesses")
    takes_a_copy(visit, page, held, tmp_path)
    asks_for_deletion(visit, page)

    officer = visit(OFFICER, "queue")
    asked = decides(visit, officer)
    assert in_the_clear(visit.site.store) == []

    go(page, site, "requests")  # from here it follows by itself what the worker does
    mine = page.locator(
        f".st-key-request-{asked}"
    )  # others of this person's, of other journeys, may have a certificate too
    expect(mine.get_by_role("link", name="Open the certificate")).to_be_visible()
    settle(page)
    shots(page, "way-08-gone")
    reads_the_certificate(visit, mine, len(held))
    is_told_that_nothing_is_left(visit, page, asked)
    nothing_is_left(desk, email, number, file)


def sees_a_keystroke_and_a_screen(visit: Visit, page: Page) -> None:
    go(page, visit.site.url, "captures")
    events = page.locator(".dl-events li")
    expect(events.filter(has_text=f"typed {CANARY}")).to_have_count(1)
    visit.shoot(page, "way-02-captures", whole=True)
    click(page.get_by_test_id("stMain").get_by_role("button", name="Keystrokes"))
    expect(events.filter(has_text="in front")).to_have_count(0)
    assert "kind=Keystrokes" in page.url
    expect(events.filter(has_text="‘q’").first).to_contain_text(f"Notes, {CANARY}, private")
    visit.shoot(page, "way-03-keystrokes")
    click(page.get_by_role("button", name="Clear"))
    picture = page.locator(".dl-film a").first
    with page.expect_popup() as opened:
        click(picture)
    shown = opened.value.locator("img")
    expect(shown).to_be_visible()
    assert shown.evaluate("it => it.naturalWidth") > 100
    opened.value.close()


def takes_a_copy(visit: Visit, page: Page, held: list[dict[str, Any]], folder: Path) -> None:
    go(page, visit.site.url, "requests?ask=Copy")
    expect(page.get_by_text(f"exactly {len(held):,} captures")).to_be_visible()
    prove(page, WHO, "Make my copy")
    click(page.get_by_role("button", name="Make my copy"))
    link = page.get_by_role("link", name="Download my copy")
    expect(link).to_be_visible()
    settle(page)
    visit.shoot(page, "way-05-copy-ready")
    with page.expect_download() as taken:
        click(link)
    path = folder / "copy.zip"
    taken.value.save_as(path)
    with zipfile.ZipFile(path) as copy:
        assert copy.testzip() is None
        lines = [json.loads(line) for line in copy.read("captures.jsonl").splitlines()]
        screens = {name for name in copy.namelist() if name.startswith("screens/")}
        said = {one["name"]: one["sha256"] for one in json.loads(copy.read("manifest.json"))["files"]}
        assert said == {name: hashlib.sha256(copy.read(name)).hexdigest() for name in copy.namelist() if name in said}
        assert set(copy.namelist()) - set(said) == {"manifest.json"}
        index = copy.read("index.html").decode()
    assert _sorted(lines) == _sorted([{k: v for k, v in one.items() if k != "cursor"} for one in held])
    assert sum(one.get("text") == CANARY for one in lines) == 1
    # A rule of the demo blacks out chats and calls, which the file's name says.
    assert {Path(name).stem.partition("-")[0] for name in screens} == {one["screen"] for one in held if "screen" in one}
    assert WHO in index and f"{len(held):,}" in index


def _sorted(captures: list[dict[str, Any]]) -> list[str]:
    """In one order, and 170 as 170.0: JSON knows one kind of number."""
    alike = [{name: float(it) if type(it) is int else it for name, it in one.items()} for one in captures]
    return sorted(json.dumps(one, sort_keys=True) for one in alike)


def asks_for_deletion(visit: Visit, page: Page) -> None:
    go(page, visit.site.url, "requests?ask=Deletion")
    expect(page.get_by_text("Nothing of what was captured stays")).to_be_visible()
    prove(page, WHO, "Ask for this deletion")
    click(page.get_by_text("I understand that what is deleted"))
    ask = page.get_by_role("button", name="Ask for this deletion")
    expect(ask).to_be_enabled()
    click(ask)
    expect(page.get_by_text("You asked for the deletion of")).to_be_visible()
    expect(page.get_by_text("A privacy officer decides").first).to_be_visible()
    settle(page)
    visit.shoot(page, "way-06-asked")


def decides(visit: Visit, officer: Page) -> int:
    """The officer finds the request in the queue, has counted what it takes, and approves. Its number."""
    row = officer.locator("[class*=st-key-row-]").filter(has_text=f"{WHO}: a deletion").filter(has_text="a decision")
    click(row.get_by_role("button", name="Open").first)
    officer.wait_for_url("**request=**")
    settle(officer)
    click(officer.get_by_role("button", name="Count what it takes"))
    expect(officer.get_by_text("It leaves no captures")).to_be_visible()
    number = int(officer.url.rpartition("request=")[2].partition("&")[0])
    prove(officer, OFFICER, f"Approve request {number}")
    visit.shoot(officer, "way-07-decision", whole=True)
    click(officer.get_by_role("button", name=f"Approve request {number}"))
    expect(officer.get_by_role("heading", name="Where it stands")).to_be_visible()
    return number


def reads_the_certificate(visit: Visit, request: Locator, total: int) -> None:
    with request.page.expect_popup() as opened:
        click(request.get_by_role("link", name="Open the certificate"))
    paper = opened.value
    paper.wait_for_load_state()  # the heading is there before the rest of the page is
    text = paper.locator("body").inner_text()
    for said in (WHO, OFFICER, f"{total:,}"):
        assert said in text, text
    assert "What is still held about you: 0 captures." in text
    visit.shoot(paper, "way-09-certificate")
    paper.close()


def is_told_that_nothing_is_left(visit: Visit, page: Page, asked: int) -> None:
    said = {
        "": "Daylight holds nothing that was captured about you.",
        "captures": "Nothing that was captured about you is held here.",
        "requests": "Nothing of yours is waiting.",
    }
    for path, sentence in said.items():
        go(page, visit.site.url, path)
        assert headline(page) == sentence
        visit.shoot(page, f"way-10-{path or 'overview'}-empty")
    go(page, visit.site.url, "accesses")
    look = page.locator(".dl-rows li").filter(has_text="Officer")
    expect(look.filter(has_text=f"request {asked}").first).to_be_visible()
    visit.shoot(page, "way-11-accesses-stand")


def nothing_is_left(desk: Desk, email: str, number: int, file: Path) -> None:
    assert desk("summary", "--person", email, "--as", email)["total"] == 0
    assert desk.objects(number) == []
    assert {name: count for name, count in desk.rows(number).items() if count and name not in KEPT} == {}
    assert in_the_clear(desk.store) == []
    # A collector that sends it again is refused, so that gone stays gone.
    again = desk("import", "captures", str(file), "--person", email, "--zone", "UTC")
    assert (again["added"], again["refused"]) == (0, len(CANARY) + 2)
    assert desk("summary", "--person", email, "--as", email)["total"] == 0
