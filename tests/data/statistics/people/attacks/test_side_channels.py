"""What a release says beside its numbers: its entry in the log, its times, how long things take, and its file."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from data import instants
from data.accesses import events, log
from data.accesses.entry import Action
from data.database import Database
from data.sealing.vault import Vault
from data.statistics.people import counting, document, noise, reading
from data.statistics.people.figure import Figure
from data.statistics.people.groups import Department
from data.statistics.people.release import Release
from tests.data.statistics.people.attacks import analyst
from tests.data.statistics.people.company import AFTER, ORGANIZER, QUARTER, capture, drawn, employ, opt_out

# Where people's answers are, who is on the roster, and what was captured: nothing that reads a release touches them.
ANSWERS = re.compile(
    r"\b(FROM|JOIN) (people|departments|capture_\w+|standing_rules|request\w*|control_looks|notice\w*|segments)\b"
    r"|action = 'exposure recorded'"
)


@pytest.fixture
def companies(vault: Vault, tmp_path: Path, empty_sqlite: Path) -> Callable[[bool], Database]:
    """The same company twice: nobody answers yes, or everybody does."""

    def made(everybody: bool) -> Database:
        folder = tmp_path / str(everybody)
        folder.mkdir()
        path = folder / "daylight.db"
        shutil.copy(empty_sqlite, path)
        database = Database(f"sqlite:///{path}")
        people = employ(database, vault)
        if everybody:
            capture(database, people)
            opt_out(database, people, QUARTER.start)
        return database

    return made


def overhear(session: Session, said: list[str]) -> None:
    """All that is asked of SQLite, also past SQLAlchemy."""
    raw: Any = session.connection().connection.dbapi_connection
    raw.set_trace_callback(said.append)


def test_nothing_public_says_how_long_the_answers_took_to_count(
    companies: Callable[[bool], Database], vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The entry, which everybody whom it counted may open, holds two times to the microsecond: when it was, and when it
    was recorded. Between the two, and beside the time that the release says, no counting of true answers may lie."""
    clock, whole = [AFTER], counting.counted

    def slow(*args: object) -> frozenset[int]:
        found = whole(*args)  # pyright: ignore[reportArgumentType]
        clock[0] += len(found) * instants.SECOND
        return found

    monkeypatch.setattr(instants, "now", lambda: clock[0])
    monkeypatch.setattr(counting, "counted", slow)
    for everybody in (False, True):
        database, begun = companies(everybody), clock[0]
        found = drawn(database, vault, tmp_path / str(everybody))
        with database.reading() as session:
            ((row, details),) = events.read(session, vault, Action.COUNT)[0]
        assert (clock[0] > begun) == everybody, "counting took its time"
        assert row.at == row.recorded_at == details.read["recorded_at"] == found.drawn_at == clock[0]
        database.close()


def test_the_entry_of_a_release_is_the_same_whatever_people_answered(
    companies: Callable[[bool], Database], vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its count is how many figures there are, whom it is about is everybody, and its details hold no number but the
    budget: with the noise held still, all of it but digests is the same."""
    monkeypatch.setattr(noise, "drawn", lambda counts, _: [7 for _ in counts])
    monkeypatch.setattr(instants, "now", lambda: AFTER)
    told = list[object]()
    for everybody in (False, True):
        database = companies(everybody)
        found = drawn(database, vault, tmp_path / str(everybody))
        with database.reading() as session:
            leaf = json.loads(log.leaf(session, found.position) or b"{}")
            ((row, details),) = events.read(session, vault, Action.COUNT)[0]
        public = {name: one for name, one in leaf.items() if not re.fullmatch(r"[0-9a-f]{64}", str(one))}
        told.append((public, details.read["scope"], details.read["people_count"], row.count, found.document))
        assert row.count == len(found.figures)
        database.close()
    assert told[0] == told[1]


def test_reading_a_release_touches_no_table_that_holds_an_answer(
    companies: Callable[[bool], Database], vault: Vault, tmp_path: Path
) -> None:
    """How long a page or a download takes cannot depend on answers that it does not read: it asks the same questions
    of the log and of stored releases, whatever people answered."""
    asked = list[list[str]]()
    for everybody in (False, True):
        database = companies(everybody)
        drawn(database, vault, tmp_path / str(everybody))
        said = list[str]()
        with database.reading() as session:
            overhear(session, said)
            found = reading.one(session, ORGANIZER, vault, QUARTER)
        document.as_csv(found)
        document.as_json(found)
        asked.append(said)
        database.close()
    assert any("figure_releases" in one for one in asked[0])
    assert [one for one in asked[1] if ANSWERS.search(one)] == []
    assert asked[0] == asked[1]


def test_the_tables_with_answers_are_those_that_counting_reads(
    companies: Callable[[bool], Database], vault: Vault, tmp_path: Path
) -> None:
    """What the test above looks for is what a drawing does read."""
    database, said = companies(True), list[str]()
    with database.reading() as session:
        overhear(session, said)
        for figure in Figure:
            before = len(said)
            counting.counted(session, vault, figure, QUARTER)
            assert any(ANSWERS.search(one) for one in said[before:]), (figure, said[before:])
    database.close()


@pytest.mark.parametrize(
    "name",
    ["=1+1", "＝1+1", "＋1", "＠SUM(1)", "－1", "x;=1+1", "x\t=1+1", "x,=1+1", "x|=1+1", '"=1+1', " =1+1", "x\n=1+1"],
)
def test_no_department_is_named_so_that_a_spreadsheet_runs_it(name: str) -> None:
    """Also by the full-width signs that some spreadsheets take, and behind a separator that another country's
    spreadsheet splits at (OWASP, CSV Injection)."""
    found = released(name)
    text = document.as_csv(found).decode()
    for separator in (",", ";", "\t", "|"):
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            for cell in row:
                for line in cell.splitlines():
                    assert not line.strip(' "').startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")), (
                        separator,
                        row,
                    )


def released(name: str) -> Release:
    company = [Department(1, name, None, 150), Department(2, "Law", None, 150)]
    return analyst.release(company, {Figure.OPTED_OUT: {name: 30}})
