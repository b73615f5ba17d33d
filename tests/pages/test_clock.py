"""Whoever is asked something reads what to do, until when, and what happens if they do not."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.rights.states import RequestKind, State
from pages.shell.words import Calendar
from pages.wording import clock
from tests.pages.test_desk import REQUEST

ASKED = instants.parse("2026-03-10T12:00:00Z")


@pytest.mark.parametrize(
    ("kind", "on", "said"),
    [
        (RequestKind.ERASURE, "2026-04-10", "Without one by Fri 10 Apr an officer may close it, or go on without it;"),
        (RequestKind.ERASURE, "2026-04-11", "Without one by Fri 10 Apr an officer may close it now, or go on without"),
        (RequestKind.OBJECTION, "2026-04-11", "Without one an officer may go on; it can be taken back, and asked anew"),
        (RequestKind.QUESTION, "2026-04-11", "Without one an officer may go on;"),
    ],
)
def test_what_happens_without_an_answer_is_said_with_its_day(kind: RequestKind, on: str, said: str) -> None:
    found = replace(REQUEST, kind=kind, state=State.STOPPED, jurisdiction="uk", stopped_at=ASKED)
    assert said in clock.stopped(found, Calendar(ZoneInfo("UTC"), instants.parse(f"{on}T12:00:00Z")))


@pytest.mark.parametrize(
    ("left", "said"),
    [(4, ", with 4 days left."), (0, ", with its last day left."), (-3, ", 3 days after it was due.")],
)
def test_a_clock_that_stands_says_how_much_of_it_is_left(left: int, said: str) -> None:
    found = replace(REQUEST, state=State.STOPPED, stopped_at=ASKED, days_left=left)
    calendar = Calendar(ZoneInfo("UTC"), ASKED + 30 * instants.DAY)
    assert f"Its clock stands since Tue 10 Mar{said}" in clock.stopped(found, calendar)
