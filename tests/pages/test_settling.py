"""Copies outside this store are told apart where an officer says what became of one."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from data import instants
from data.accesses.entry import Purpose
from data.copies.tasks import Outcome, Task, What
from pages.shell.words import Calendar
from pages.wording import copies

NOW = instants.parse("2026-11-24T12:00:00Z")
CALENDAR = Calendar(ZoneInfo("Europe/London"), NOW)
TASK = Task(
    name="one",
    person_id=1,
    request_id=1,
    copy_id=3,
    holder="clicks-v2",
    purpose=Purpose.TRAINING,
    ticket="RUN-7",
    captures=10,
    what=What.ERASE,
    due_at=NOW + instants.DAY,
    told_at=None,
    outcome=Outcome.OPEN,
    closed_at=None,
    closed_by="",
    digest="",
    reason="",
    trouble="",
)


def test_two_copies_on_one_ticket_are_told_apart_where_they_are_listed_and_chosen() -> None:
    """What an officer says of one would otherwise be kept of the last of them."""
    told = [TASK, replace(TASK, name="two", copy_id=4)]
    assert [copies.choice(one) for one in told] == ["clicks-v2, RUN-7, copy 3", "clicks-v2, RUN-7, copy 4"]
    listed = copies.outcomes(told, CALENDAR)
    assert "RUN-7, copy 3</span>" in listed
    assert "RUN-7, copy 4</span>" in listed
