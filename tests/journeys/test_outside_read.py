"""Somebody reads the table of captures past Daylight; the person sees it, asks, is answered, and keeps the proof."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Page

from data import instants
from tests.browser import Visit, click, expect, press, settle, write
from tests.demo import company
from tests.journeys.test_about_look import asks, opens_the_request
from tests.journeys.test_accessibility import findings
from tests.journeys.test_whole_way import Desk, go, headline, prove
from tests.samples.pgaudit import cluster

WHO, OFFICER = "Chidi Eze", "Ingrid Solheim"
SOURCE = "capture database audit"
WORDS = "Nobody told me that anybody reads the table itself."
ANSWER = "An engineer looked for a broken row on their own; they have been told to ask first, and the login is closed."
REPLY = "You were right to ask: nobody told us either. The engineer's login to the database is closed since today."
MARK = "unexplained"

_HOLDINGS = f"""
[source]
name = "{SOURCE}"
zone = "Europe/Berlin"
[[holding]]
name = "captures table"
tables = ["public.captures"]
kinds = ["key"]
column = "email"
lookup = "email"
[[account]]
names = ["engineer"]
role = "engineer"
team = "Data Platform"
"""


@pytest.fixture
def audit(tmp_path: Path) -> tuple[Path, Path]:
    """(the log that a real PostgreSQL with pgAudit wrote while an engineer read one person's rows, the holdings)."""
    if cluster.programs() is None:
        pytest.skip("there is no PostgreSQL with pgAudit here (Debian: apt-get install postgresql-15-pgaudit)")
    email = company.named(WHO).email
    with cluster.cluster() as server:
        server.run(
            "psql",
            "--quiet",
            "postgres",
            script="CREATE TABLE captures (email text, content text); CREATE ROLE engineer LOGIN;"
            f"INSERT INTO captures VALUES ('{email}', 'secret'), ('b@example.org', 'x');"
            "GRANT SELECT ON captures TO engineer;",
        )
        read = f"SELECT * FROM captures WHERE email = '{email}';"
        server.run("psql", "--quiet", "postgres", user="engineer", script=read)
        cluster.stop(server)
        log = tmp_path / "audit.csv"
        log.write_bytes(server.logs()[0].read_bytes())
    holdings = tmp_path / "holdings.toml"
    holdings.write_text(_HOLDINGS)
    return log, holdings


def test_a_read_past_daylight_is_seen_asked_about_answered_and_proved(
    visit: Visit, audit: tuple[Path, Path], tmp_path: Path
) -> None:
    desk, (log, holdings) = Desk(visit.site.store), audit
    brought = desk("import", "pgaudit", str(log), "--holdings", str(holdings))
    assert brought["added"] == 1
    page = visit(WHO, "accesses", bypass_csp=True)
    sees_it(visit, page)
    asks(visit, page, "I don't recognise this", "What do you not recognise about it?", WORDS)
    officer = visit(OFFICER, "unexplained", bypass_csp=True)
    explains(visit, officer)
    page.reload()
    settle(page)
    expect(page.get_by_text("A privacy officer found no good reason").first).to_be_visible()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    visit.shoot(page, "outside-04-answered", whole=True)
    replies(officer, opens_the_request(visit, officer, "a question about a look", WHO))
    reads_the_reply(visit, page)
    keeps_the_proof(visit, page, tmp_path)
    scans(visit, page)


def sees_it(visit: Visit, page: Page) -> None:
    row = page.locator(".dl-rows li").filter(has_text=SOURCE).filter(has_text=MARK)
    expect(row).to_have_count(1)
    assert "opened your data" in headline(page)
    expect(page.get_by_text("2 looks are unexplained: an audit saw them, nothing explains them")).to_be_visible()
    visit.shoot(page, "outside-01-list", whole=True)
    assert not findings(page)
    click(row.get_by_role("link"))
    page.wait_for_url("**look=**")
    settle(page)
    expect(page.locator(".dl-marks").filter(has_text="A privacy officer must explain it")).to_be_visible()
    visit.shoot(page, "outside-02-look", whole=True)


def explains(visit: Visit, officer: Page) -> None:
    assert "for an explanation" in headline(officer)
    case = officer.get_by_test_id("stVerticalBlock").filter(has_text="engineer").filter(has_text=SOURCE).last
    expect(case).to_be_visible()
    write(case.get_by_role("textbox"), ANSWER)
    visit.shoot(officer, "outside-03-case", whole=True)
    assert not findings(officer)
    press(case.get_by_role("button", name="No good reason was found"))
    again = officer.get_by_role("link", name="Sign in once more")
    done = officer.get_by_text("1 look answered")
    expect(again.or_(done).first).to_be_visible()
    if again.count():
        prove(officer, OFFICER, "No good reason was found")
        explains(visit, officer)
    expect(done).to_be_visible()


def replies(officer: Page, number: int) -> None:
    """The person's own question is answered too, in words to them."""
    expect(officer.get_by_text(WORDS)).to_be_visible()
    prove(officer, OFFICER, f"Answer request {number}")
    write(officer.get_by_label("Your answer"), REPLY)
    expect(officer.locator(".dl-said").filter(has_text=REPLY)).to_be_visible()
    assert not findings(officer)
    click(officer.get_by_role("button", name=f"Answer request {number}"))
    expect(officer.get_by_role("heading", name="Where it stands")).to_be_visible()


def reads_the_reply(visit: Visit, page: Page) -> None:
    go(page, visit.site.url, "requests")
    card = page.locator("[class*=st-key-request-]").filter(has_text="Question about the look of")
    expect(card.get_by_text(REPLY)).to_be_visible()
    click(card.get_by_role("link", name="See the look in full"))
    page.wait_for_url("**look=**")
    settle(page)


def keeps_the_proof(visit: Visit, page: Page, folder: Path) -> None:
    """The receipt, checked on the person's own computer by the one file that this app gives out as well."""
    for link, name in (("Take the receipt with you", "receipt.json"),):
        with page.expect_download() as download:
            click(page.get_by_role("link", name=link))
        download.value.save_as(folder / name)
    key = page.context.request.get(f"{visit.site.url}/log/key").text().strip()
    (folder / "verify.py").write_text(page.context.request.get(f"{visit.site.url}/log/verify.py").text())
    command = [sys.executable, "-I", "verify.py", "receipt.json", "--key", key]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "The receipt holds" in done.stdout
    assert SOURCE in done.stdout


def scans(visit: Visit, page: Page) -> None:
    go(page, visit.site.url, "accesses")
    click(page.get_by_role("button", name="Look for me in the whole log"))
    expect(page.get_by_text("nothing is kept off this page")).to_be_visible()
    visit.shoot(page, "outside-05-scanned", whole=True)
    assert not findings(page)


LAKE = "object store log"


def test_what_was_declared_for_less_or_only_afterwards_is_told_to_the_person_and_the_officer(
    visit: Visit, tmp_path: Path
) -> None:
    """Of three reads one is explained, one is of more than was declared, one was declared once it had been seen."""
    desk, email = Desk(visit.site.store), company.named(WHO).email
    now = instants.now()

    def line(minutes: int, seen: bool, count: int, who: str = "r.okonkwo") -> str:
        at = instants.iso(now - minutes * instants.MINUTE)
        why = {"observed": True} if seen else {"purpose": "support", "ticket": "HELP-31"}
        place = {"what": "captures bucket", "kinds": ["key"]}
        told = {"at": at, "source": LAKE, "action": "read", "who": who, "role": "engineer", "team": "Data Platform"}
        return json.dumps({**told, "people": [email], "count": count, "scope": place, **why})

    lines = [line(300, False, 3), line(299, True, 3), line(298, True, 50_000), line(200, True, 9), line(201, False, 9)]
    path = tmp_path / "lake.jsonl"
    path.write_text("\n".join(lines))
    assert desk("import", "accesses", str(path))["added"] == len(lines)
    page = visit(WHO, "accesses", bypass_csp=True)
    told = (
        ("50,000 keystrokes", "The audit saw 50,000 rows; 3 captures were declared."),
        ("declared only afterwards", "when the audit's record was in the log already"),
    )
    for number, (which, words) in enumerate(told):
        row = page.locator(".dl-rows li").filter(has_text=LAKE).filter(has_text=which).filter(has_text=MARK)
        expect(row).to_have_count(1)
        click(row.get_by_role("link"))
        page.wait_for_url("**look=**")
        settle(page)
        expect(page.locator(".dl-marks").get_by_text(words).first).to_be_visible()
        visit.shoot(page, f"outside-0{6 + number}-unexplained", whole=True)
        assert not findings(page)
        go(page, visit.site.url, "accesses")
    officer = visit(OFFICER, "unexplained", bypass_csp=True)
    # One case or two: a day ends somewhere between these looks where the test runs shortly after midnight.
    cases = officer.get_by_test_id("stVerticalBlock").filter(has_text="r.okonkwo").filter(has_text=LAKE)
    for _, words in told:
        expect(cases.get_by_text(words).first).to_be_visible()
    visit.shoot(officer, "outside-08-nearly", whole=True)
    assert not findings(officer)
