"""What people read of being counted for figures: that it was a program, what it asked, and that nothing was opened."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from data.accesses import entry
from data.accesses.entry import Action, Purpose
from data.looks.look import Look
from data.statistics.people.figure import Figure
from pages.shell.words import Calendar
from pages.wording import phrases, single

AT = 1_793_000_000_000_000
SCOPE = {
    "view": entry.COUNTED,
    "quarter": "2026-Q3",
    "figures": [one.value for one in Figure],
    "spent": 1_000_000,
    "digest": "0" * 64,
}


@pytest.fixture
def counted() -> Look:
    return Look(
        position=4, at=AT, recorded_at=AT, action=Action.COUNT, source=entry.DAYLIGHT, role="", team="",
        account="Daylight's figures", automated=True, purpose=Purpose.FIGURES, ticket="", scope=SCOPE, count=6,
        people_count=640, is_own=False, marks=(),
    )  # fmt: skip


def test_a_count_is_said_as_what_it_was(counted: Look) -> None:
    assert phrases.who(counted) == "Daylight's figures (automated)"
    assert phrases.what(counted) == (
        "counted you among at least 100 people for the figures of 2026-Q3, and opened nothing"
    )
    assert phrases.why(counted) == "To count people for the programme's figures"
    calendar = Calendar(ZoneInfo("UTC"), AT)
    said = single.what(counted.scope, calendar)
    assert len(said) == 1 and said[0].startswith(
        "a yes or no about you, which noise hides: whether you were captured at all,"
    )
    assert all(one.plain in said[0] for one in Figure) and "0000" not in said[0]
    assert single.marked(counted, calendar) == ""
