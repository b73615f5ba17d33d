"""Figures about people through the running app: who gets them, what they are without, and what is proved by them."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from sqlalchemy import select, update

from data.people import roster
from data.people.tables import PersonRow
from data.people.viewer import OPERATOR
from data.statistics.people import reading
from data.statistics.quarter import Quarter
from data.statistics.tables import ReleaseRow
from pages.organizer.method import pictures
from pages.wording import method
from pages.wording import people as words
from tests import released
from tests.auth.running import Site, make_site, running
from tests.auth.tab import open_tab
from tests.data.statistics.people.attacks.test_repeating import ranges
from tests.test_app_downloads import fetch

LAST = released.QUARTERS[-1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Generator[Site]:
    made = make_site(tmp_path_factory.mktemp("people"))
    released.fill(made.store)
    with made.database.writing() as session:
        # Ana manages a whole department, and that is no reason to read of it.
        session.execute(update(PersonRow).where(PersonRow.id.between(10, 190)).values(manager_id=made.ids["ana"]))
    with running(made) as found:
        yield found


@pytest.mark.parametrize("suffix", ["csv", "json"])
def test_a_release_is_given_to_those_who_may_read_figures_and_to_nobody_else(site: Site, suffix: str) -> None:
    """Neither to an employee nor to somebody who manages the department that it is about."""
    path = f"/download/people/{LAST}.{suffix}"
    for name in ("ingrid", "olu", "wei"):
        given = fetch(site, path, name)
        assert given.status == 200
        assert f"daylight-figures-{LAST}.{suffix}" in given.headers["content-disposition"]
        assert b"Customer Support" in given.body
    for way in (path, "/download/people/quarters/opted-out.csv"):
        refused = fetch(site, way, "ana")
        assert refused.status == 404, "as for what does not exist"
        assert b"Customer Support" not in refused.body
        assert fetch(site, way).status == 303
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        text = tab.ask("people").text
    assert "This page is not for you" in text
    assert "Customer Support" not in text


def test_the_saved_json_has_the_fingerprint_that_the_log_holds_by_the_line_that_the_method_page_gives(
    site: Site, tmp_path: Path
) -> None:
    """A reader checks a release with Python alone; the same line on another file gives another fingerprint."""
    saved = tmp_path / f"daylight-figures-{LAST}.json"
    saved.write_bytes(fetch(site, f"/download/people/{LAST}.json", "ingrid").body)
    found = json.loads(saved.read_bytes())
    command = re.sub(r"^python3", f"{sys.executable}", method.CHECK).replace("2026-Q3", str(LAST))

    def printed() -> str:
        done = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert printed() == found["sha256"]
    with site.database.reading() as session:
        told = reading.ledger(session, site.vault).told[LAST]
    assert [(one.digest, one.position) for one in told] == [(found["sha256"], found["log_entry"])]
    found["release"]["estimates"][0]["high"] += 1
    saved.write_text(json.dumps(found))
    assert printed() != found["sha256"]


def test_what_is_asked_for_again_is_the_same_to_the_byte(site: Site) -> None:
    """Noise that was drawn anew for a page or a file would average out: each download 20 times, the report of the
    quarter 5 times, and the page 5 times, each in a tab of its own."""
    for way in (f"{LAST}.json", f"{LAST}.csv", "quarters/opted-out.csv"):
        assert len({fetch(site, f"/download/people/{way}", "ingrid").body for _ in range(20)}) == 1
    reports = [fetch(site, f"/download/report/{LAST}", "ingrid").body.decode() for _ in range(5)]
    pages = list[str]()
    for _ in range(5):
        with open_tab(site.url, {"daylight": site.cookie("ingrid")}) as tab:
            pages.append(tab.ask("people").text)
    for same in (reports, pages):
        said = {ranges(one) for one in same}
        assert len(said) == 1 and len(said.pop()) > 2


def test_the_page_says_ranges_why_some_are_missing_and_when_the_next_comes(site: Site) -> None:
    with open_tab(site.url, {"daylight": site.cookie("wei")}) as tab:
        text = tab.ask("people").text
    assert re.search(rf"In {words.quarter(LAST)} between \d+ and \d+ of about 640 people opted out", text)
    assert "Facilities, Operations, People and Finance" in text
    assert f"The next release comes on {released.coming('UTC')}" in text
    assert "Organizers choose what is counted" in text
    assert "Have these counted" not in text, "an auditor chooses nothing"


def test_a_figure_over_the_quarters_names_its_gaps(site: Site) -> None:
    body = fetch(site, "/download/people/quarters/opted-out.csv", "ingrid").body.decode()
    rows = list(csv.DictReader(io.StringIO(body)))
    support = [(row["Quarter"], row["From"], row["In words"]) for row in rows if row["Group"] == "Customer Support"]
    assert [one[0] for one in support] == [str(quarter) for quarter in released.QUARTERS]
    assert support[0][1:] == ("", "not counted in this quarter")
    assert support[3][2].endswith("of about 120")


def test_an_older_quarter_is_saved_with_its_own_groups_and_a_renamed_one_goes_on(tmp_path: Path) -> None:
    """The newest release may be cut otherwise: its groups are not those of the picture that is saved."""
    made, (first, last) = make_site(tmp_path), (released.QUARTERS[1], LAST)
    released.begin(made.store, first.start)
    people = released.employ(made.store)
    released.answer(made.store, people)
    released.release(made.store, [first])
    now_called = {"Customer Support": "Care", "Sales": "Trade", "Facilities": "Trade"}
    rows = [
        f"p{one}@example.com,Person {one},{now_called.get(name, name)},,DE\n" for name in people for one in people[name]
    ]
    (tmp_path / "roster.csv").write_text("email,name,department,manager,jurisdiction\n" + "".join(rows))
    with made.database.writing() as session:
        roster.load(session, OPERATOR, made.vault, tmp_path / "roster.csv")
    released.release(made.store, [last])
    saved = dict[Quarter, list[dict[str, str]]]()
    text, link = "", ""
    with running(made) as site:
        for quarter in (first, last):
            with open_tab(site.url, {"daylight": site.cookie("ingrid")}) as tab:
                text = tab.ask("people", query=f"quarter={quote_plus(words.short(quarter))}").text
            (link,) = set(re.findall(r"/download/people/quarters/[^\"]+", text))
            saved[quarter] = list(csv.DictReader(io.StringIO(fetch(site, link, "ingrid").body.decode())))
            whole = json.loads(fetch(site, f"/download/people/{quarter}.json", "ingrid").body)["release"]
            assert {row["Group"] for row in saved[quarter]} == {one["name"] for one in whole["groups"]}
        assert f"Care was called Customer Support in {first}." in text.replace("\\", "")
        assert fetch(site, link.replace(str(last), str(first.after)), "ingrid").status == 404
    told = {(row["Group"], row["Quarter"]): row["In words"] for row in saved[last]}
    assert told["Care", str(first)].endswith(", then called Customer Support")
    assert told["Trade", str(first)] == "its departments were not a group by themselves then"


def test_the_numbers_of_each_picture_of_the_method_are_saved_by_everybody_who_is_signed_in(site: Site) -> None:
    """They are about nobody, and whoever is counted may take them to somebody who understands them."""
    with open_tab(site.url, {"daylight": site.cookie("ana")}) as tab:
        links = set(re.findall(r"/download/people-method/[^\"]+", tab.ask("people-method").text))
    assert len(links) == len(pictures()) == 3
    for link in links:
        shown = pictures()[link.rpartition("/")[2].removesuffix(".csv")].table
        rows = list(csv.DictReader(io.StringIO(fetch(site, link, "ana").body.decode())))
        assert [list(row.values()) for row in rows] == shown.astype(str).to_numpy().tolist()
        assert list(rows[0]) == list(shown.columns)
        assert fetch(site, link).status == 303
    assert fetch(site, "/download/people-method/salaries.csv", "ana").status == 404


@pytest.mark.parametrize("path", ["2031-Q1.csv", "x.csv", "2026-Q9.json", "quarters/salary.csv"])
def test_what_there_is_none_of_is_refused_in_a_sentence(site: Site, path: str) -> None:
    refused = fetch(site, f"/download/people/{path}", "ingrid")
    assert refused.status in (400, 404)
    assert b"Traceback" not in refused.body


def test_a_release_that_was_altered_is_an_alarm_and_none_of_its_figures_is_shown(tmp_path: Path) -> None:
    """Not even by whoever keeps the database: the log says what was released."""
    made = make_site(tmp_path)
    released.begin(made.store, released.QUARTERS[2].start)
    released.answer(made.store, released.employ(made.store))
    (only,) = released.release(made.store, [released.QUARTERS[2]])
    with made.database.writing() as session:
        row = session.scalars(select(ReleaseRow)).one()
        row.document = row.document.replace('"high":', '"high":1')
    with running(made) as site:
        with open_tab(site.url, {"daylight": site.cookie("ingrid")}) as tab:
            text = tab.ask("people").text
        assert f"The figures of {words.quarter(only.quarter)} were altered after they were released" in text
        assert "of about" not in text
        for suffix in ("csv", "json"):
            refused = fetch(site, f"/download/people/{only.quarter}.{suffix}", "ingrid")
            assert refused.status >= 400
            assert b"Customer Support" not in refused.body


def test_without_a_release_the_page_says_what_will_be_there_and_too_small_a_company_why_never(tmp_path: Path) -> None:
    made = make_site(tmp_path)
    released.begin(made.store, LAST.after.start)
    with running(made) as site, open_tab(site.url, {"daylight": site.cookie("ingrid")}) as tab:
        few = tab.ask("people").text
        assert "fewer than 100 people" in few
        released.employ(made.store)
        some = tab.ask("people").text
        assert "No figures about people have been drawn yet" in some
        assert released.coming("UTC") in some
        assert "Have these counted" in some
