"""A document says all that was released, carries its method, and does no harm where it is opened."""

from __future__ import annotations

import csv
import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.statistics.people import document, method
from data.statistics.people.figure import Figure
from data.statistics.people.release import Estimate, Group, Level, Release, about, in_words
from data.statistics.quarter import Quarter

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)
QUARTER = Quarter(2026, 3)


def released(name: str) -> tuple[str, Release]:
    groups = (
        Group("company", "The whole company", Level.COMPANY, None, (name, "Law"), about(1_250), (9, 4)),
        Group("department 1", name, Level.CELL, "company", (name,), about(104), (9,)),
    )
    estimates = (
        Estimate(Figure.CAPTURED, "company", 60, 50, 71),
        Estimate(Figure.CAPTURED, "department 1", 59, 52, 66),
    )
    shares = {Level.CELL: 900_000, Level.COMPANY: 100_000}
    drawn_at = QUARTER.end + 7
    text = document.written(QUARTER, drawn_at, [Figure.CAPTURED], groups, estimates, 1_000_000, shares)
    return text, document.read(text, 17)


@given(NAMES)
def test_what_is_read_back_is_what_was_written_and_no_cell_is_a_formula(name: str) -> None:
    """Departments are named by a file; a spreadsheet must not run what it says."""
    text, found = released(name)
    assert (found.groups[1].name, found.groups[0].about, found.groups[1].about) == (name, 1_300, 100)
    assert (found.epsilon, found.shares) == (1, {Level.CELL: 0.9, Level.COMPANY: 0.1})
    assert (found.quarter, found.drawn_at, found.position) == (QUARTER, QUARTER.end + 7, 17)
    assert [one.numbers for one in found.groups] == [(9, 4), (9,)]
    assert found.digest == document.digest_of(text)
    assert json.loads(document.as_json(found))["release"] == json.loads(text)
    rows = list(csv.reader(io.StringIO(document.as_csv(found).decode(), newline="")))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in rows for cell in row)
    assert rows[-1][3].replace("'", "") == name.replace("'", "")
    assert rows[-1][-4:] == ["52", "66", "59", "between 52 and 66 of about 100"]
    assert all(topic in document.as_csv(found).decode() for topic in method.SENTENCES)


def test_a_document_of_form_1_is_read_and_has_no_numbers_of_departments() -> None:
    text, _ = released("Sales")
    old = json.loads(text) | {"form": 1}
    for group in old["groups"]:
        del group["department_numbers"]
    assert [one.numbers for one in document.read(json.dumps(old), 17).groups] == [(), ()]


def test_a_figure_is_said_with_its_interval_and_a_rounded_group() -> None:
    group = Group("company", "All", Level.COMPANY, None, (), about(70_312))
    assert in_words(Estimate(Figure.CAPTURED, "company", 5, 5, 5), group) == "5 of about 70,000"
    assert in_words(Estimate(Figure.CAPTURED, "company", 1_500, 1_400, 1_600), group) == (
        "between 1,400 and 1,600 of about 70,000"
    )
    assert [about(people) for people in (100, 104, 105, 994, 995, 1_249)] == [100, 100, 110, 990, 1_000, 1_200]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("2026-Q1", "2026-01-01", "2026-03-31"), (" 2027q4 ", "2027-10-01", "2027-12-31")],
)
def test_a_quarter_is_three_calendar_months_in_utc(text: str, first: str, last: str) -> None:
    found = Quarter.parse(text)
    assert (found.start, found.end) == (instants.parse(first), instants.parse(last) + instants.DAY)
    assert Quarter.of(found.start) == Quarter.of(found.end - 1) == found == found.after.before
    assert Quarter.of(found.end) == found.after > found
