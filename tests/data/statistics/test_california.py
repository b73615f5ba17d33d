"""California's yearly metrics (11 CCR § 7102) are of its requests of that year, and say what they leave open."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest

from data.rights.grounds import Ground
from data.rights.states import RequestKind
from data.statistics import california
from data.statistics.cases import Case, Outcome

DAY = date(2025, 3, 2)


def case(
    kind: RequestKind,
    outcome: Outcome = Outcome.GRANTED,
    took: int | None = 10,
    ground: Ground | None = None,
    *,
    where: str = "california",
    received: date = DAY,
) -> Case:
    answered = None if took is None else received + timedelta(days=took)
    return Case(kind, where, received, outcome, answered, late=False, ground=ground)


X, E = RequestKind.ERASURE, RequestKind.EXPORT
REFUSED = Outcome.REFUSED
YEAR = [
    case(X, took=10),
    case(X, Outcome.PART, 20),
    case(X, REFUSED, 45, Ground.LEGAL_HOLD),
    case(X, REFUSED, 5, Ground.IDENTITY),
    case(X, REFUSED, 6, Ground.OTHER),
    case(X, Outcome.WITHDRAWN, None),
    case(X, Outcome.WAITING, None),
    case(X, where="gdpr"),
    case(X, received=date(2024, 12, 31)),
    case(RequestKind.CORRECTION, took=1),
    case(RequestKind.ATTRIBUTION, REFUSED, 4, Ground.OUTSIDE),
    case(RequestKind.OBJECTION, took=3),
    case(RequestKind.QUESTION, took=2),
]


def read(text: str) -> dict[str, dict[str, str]]:
    return {row["request"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def figures(row: dict[str, str]) -> list[str]:
    return [row[name] for name in california.HEADER[3:-1]]


def test_the_file_says_what_was_received_complied_with_and_denied_and_in_how_many_days() -> None:
    found = read(california.as_csv(YEAR, 2025))
    assert figures(found["to delete"]) == "7 1 1 3 1 0 1 1 1 1 5 10 17.2".split()  # noqa: SIM905 (read as a row)
    assert figures(found["to correct"]) == "2 1 0 1 0 1 0 0 0 0 2 2.5 2.5".split()  # noqa: SIM905
    assert figures(found["to know"]) == [*"0" * 11, "", ""]
    assert found["to delete"]["note"] == ""
    assert "of 2 only" in found["to correct"]["note"]
    assert {row["calendar_year"] for row in found.values()} == {"2025"}
    assert found["to delete"]["subsection"] == "7102(a)(1)(A)"


@pytest.mark.parametrize("request_", ["to opt-out of sale/sharing", "to limit"])
def test_a_row_for_what_daylight_does_not_take_is_empty_and_says_so(request_: str) -> None:
    """A 0 would claim that nobody asked."""
    row = read(california.as_csv(YEAR, 2025))[request_]
    assert set(figures(row)) == {""}
    assert "Does not apply" in row["note"]


def test_what_the_rule_does_not_name_is_counted_beside_it_and_never_as_it() -> None:
    found = read(california.as_csv(YEAR, 2025))
    beside = [row for row in found.values() if not row["subsection"]]
    assert [row["received"] for row in beside] == ["1", "1"]
    counted = [kind for line in california.LINES for kind in line.kinds]
    assert sorted(counted) == sorted(RequestKind), "every kind of request stands in exactly one row"


def test_no_cell_begins_a_formula(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens it in a spreadsheet runs nothing, whatever a note may say one day."""
    line = california.Line("=1+1", "@SUM(A1)", frozenset({X}), "-cmd")
    monkeypatch.setattr(california, "LINES", (*california.LINES, line))
    cells = [cell for row in csv.reader(io.StringIO(california.as_csv(YEAR, 2025))) for cell in row]
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]
