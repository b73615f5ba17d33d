"""A quarter's report tells of whole weeks, of each once, and only to those who may see the programme's conduct."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from data import instants
from data.accesses.entry import Purpose
from data.alarms.alarm import Kind
from data.database import Database
from data.errors import BadInput, NotAllowed
from data.people.viewer import Viewer
from data.proofs.publishing import Published
from data.proofs.witnesses import Alarm, Trouble, WitnessState
from data.sealing.vault import Vault
from data.settings import Settings
from data.statistics import report as reports
from data.statistics.cases import Outcome
from data.statistics.quarter import Quarter
from data.statistics.report import Report
from pages.wording import quarterly
from tests.data.exposures.opening import found, look
from tests.data.statistics.test_conduct import EMPLOYEE, NOW, ORGANIZER, asked, company, looked

__all__ = ["company"]
NAMES = ("Olu", "Oda", "Eve", "P1", "P3", "example.org", "Payroll")


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instants, "now", lambda: NOW)


def report(database: Database, vault: Vault, tmp_path: Path, name: str, viewer: Viewer = ORGANIZER) -> Report:
    settings = Settings(tmp_path, "", "", tmp_path / "keyring")
    with database.reading() as session:
        return reports.report(session, viewer, vault, settings, Quarter.parse(name))


def test_the_weeks_of_all_quarters_leave_out_none_and_count_none_twice() -> None:
    quarters = [Quarter(year, number) for year in range(2020, 2032) for number in (1, 2, 3, 4)]
    mondays = [monday for one in quarters for monday in reports.mondays(one)]
    assert mondays == [mondays[0] + timedelta(weeks=week) for week in range(len(mondays))]
    assert all(monday in reports.mondays(reports.of(instants.parse(monday.isoformat()))) for monday in mondays)
    assert reports.mondays(Quarter(2026, 4))[0] == date(2026, 10, 5)
    assert [str(one) for one in reports.last(NOW, 6)][-2:] == ["2025-Q4", "2025-Q3"]


def test_a_quarter_counts_what_fell_into_it_and_the_page_names_nobody(
    company: Database, vault: Vault, tmp_path: Path
) -> None:
    """Exact, and company-wide: the report hangs on a wall."""
    looked(company, vault, NOW - instants.DAY, Purpose.NONE)
    looked(company, vault, instants.parse("2026-08-12"), Purpose.SUPPORT)
    asked(company, vault)
    look(company, vault, found())
    this, before = (report(company, vault, tmp_path, name) for name in ("2026-Q4", "2026-Q3"))
    assert (this.conduct.unexplained, before.conduct.unexplained) == (1, 0)
    assert [int(one.conduct.looks["count"].sum()) for one in (this, before)] == [1, 1]
    assert (this.outcomes[Outcome.WAITING], before.outcomes[Outcome.WAITING]) == (1, 0)
    assert (this.alarms[Kind.EXPOSURE], before.alarms[Kind.EXPOSURE]) == (1, 0)
    assert (this.is_over, before.is_over) == (False, True)
    page = quarterly.as_html(this).decode()
    assert "so this is what is known so far" in page
    assert not [name for name in NAMES if name in page]
    for outside in ("http://", "https://", "<script", "<link", "<img", "url("):
        assert outside not in page


def test_every_refusal_of_a_witness_is_counted_not_only_the_newest(
    company: Database, vault: Vault, tmp_path: Path
) -> None:
    found = report(company, vault, tmp_path, "2026-Q4")
    state = WitnessState("union", "http://w", 3, 1, 0, None, None, 1)
    alarm = Alarm("union", Trouble.REFUSED, 3, 3, 1, 2)
    head = Published(3, bytes(32), NOW, "daylight/x\n3\n\n")
    behind = replace(found.behind, published=head, witnesses=(state,), alarms=(alarm,), older=2)
    assert "REFUSED 3 times" in quarterly.as_html(replace(found, behind=behind)).decode()


def test_another_part_is_a_section_of_the_same_page_and_its_texts_are_no_markup(
    company: Database, vault: Vault, tmp_path: Path
) -> None:
    """The figures about people are put in by what makes them."""
    section = quarterly.Section("People <b>", (("Captured", "between 52 and 66"),), ("", "Of about 100"), "A note.")
    page = quarterly.as_html(report(company, vault, tmp_path, "2026-Q4"), [section]).decode()
    assert "People &lt;b&gt;" in page
    assert "between 52 and 66" in page


def test_only_whoever_may_see_conduct_reads_a_quarter_and_none_that_is_to_come(
    company: Database, vault: Vault, tmp_path: Path
) -> None:
    for name in ("2026-Q4", "2027-Q1"):
        with pytest.raises(NotAllowed):
            report(company, vault, tmp_path, name, EMPLOYEE)
    for name in ("2027-Q1", "2026-Q5", "2026-4", "0026-Q1"):
        with pytest.raises(BadInput):
            report(company, vault, tmp_path, name)
