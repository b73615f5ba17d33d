"""The legal clocks, against the examples that the authorities publish."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from data.errors import BadInput
from data.rights import clocks
from data.rights.clocks import Mark, Tick

DAYS = st.dates(date(2018, 5, 25), date(2060, 12, 31))
UNION = [
    "AT",
    "BE",
    "BG",
    "HR",
    "CY",
    "CZ",
    "DK",
    "EE",
    "FI",
    "FR",
    "DE",
    "GR",
    "HU",
    "IE",
    "IT",
    "LV",
    "LT",
    "LU",
    "MT",
    "NL",
    "PL",
    "PT",
    "RO",
    "SK",
    "SI",
    "ES",
    "SE",
]


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # EDPB Guidelines 01/2022, section 5.3: 5 March -> 5 April; 31 August -> 30 September.
        (date(2024, 3, 5), date(2024, 4, 5)),
        (date(2021, 8, 31), date(2021, 9, 30)),
        # The same, where the last day is a Sunday or a Saturday: the next working day (Reg. 1182/71 Art. 3(4)).
        (date(2026, 3, 5), date(2026, 4, 6)),
        (date(2025, 8, 30), date(2025, 9, 30)),
        (date(2025, 7, 30), date(2025, 9, 1)),
        # The next month is too short for the day: its last day, 29 February in a leap year.
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2025, 1, 31), date(2025, 2, 28)),
        (date(2026, 1, 31), date(2026, 3, 2)),
        # A holiday that every member state keeps.
        (date(2025, 12, 1), date(2026, 1, 2)),
        (date(2025, 11, 25), date(2025, 12, 26)),
        (date(2026, 11, 25), date(2026, 12, 28)),
    ],
)
def test_gdpr_gives_one_calendar_month(received: date, due: date) -> None:
    assert clocks.due_on("gdpr", received) == due


@pytest.mark.parametrize(
    ("received", "due"),
    [
        # ICO: 3 September -> 3 October; 31 March -> 30 April; 31 January -> 28 (or 29) February.
        (date(2024, 9, 3), date(2024, 10, 3)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2019, 1, 31), date(2019, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        # Bank holidays (25 and 26 December, and their substitute days): the next working day.
        (date(2019, 11, 25), date(2019, 12, 27)),
        (date(2026, 11, 25), date(2026, 12, 29)),
        # Good Friday.
        (date(2026, 3, 3), date(2026, 4, 6)),
    ],
)
def test_the_uk_gives_one_calendar_month_and_bank_holidays(received: date, due: date) -> None:
    assert clocks.due_on("uk", received) == due


@pytest.mark.parametrize(
    ("received", "due", "acknowledge"),
    [
        (date(2026, 1, 1), date(2026, 2, 15), date(2026, 1, 15)),  # a Sunday stays the due day
        (date(2026, 11, 23), date(2027, 1, 7), date(2026, 12, 8)),  # Thanksgiving in between
        (date(2026, 12, 21), date(2027, 2, 4), date(2027, 1, 6)),  # Christmas and New Year in between
    ],
)
def test_california_gives_45_days_and_a_confirmation_in_ten_business_days(
    received: date, due: date, acknowledge: date
) -> None:
    assert clocks.due_on("california", received) == due
    assert clocks.acknowledge_by("california", received) == acknowledge


@pytest.mark.parametrize(
    ("jurisdiction", "received", "due"),
    [
        # GDPR Art. 12(3): "by two further months"; the end rolls by Reg. 1182/71 Art. 3(4) as the first one does.
        ("gdpr", date(2024, 3, 5), date(2024, 6, 5)),
        ("gdpr", date(2021, 8, 31), date(2021, 11, 30)),
        ("gdpr", date(2025, 11, 30), date(2026, 3, 2)),  # 28 February is a Saturday
        ("gdpr", date(2025, 10, 1), date(2026, 1, 2)),  # New Year's Day
        # ICO, "Can we extend the time for a response?": three months from the original start date.
        ("uk", date(2024, 9, 3), date(2024, 12, 3)),
        ("uk", date(2019, 1, 31), date(2019, 4, 30)),
        ("uk", date(2026, 9, 25), date(2026, 12, 29)),  # Christmas, and the substitute for Boxing Day
        # 11 CCR § 7021(b): 90 calendar days from the day of receipt at most.
        ("california", date(2026, 1, 1), date(2026, 4, 1)),
        ("california", date(2026, 11, 23), date(2027, 2, 21)),
    ],
)
def test_an_extension_is_counted_from_the_day_of_receipt(jurisdiction: str, received: date, due: date) -> None:
    marks = [Mark(Tick.RECEIVED, received), Mark(Tick.EXTENDED, received + timedelta(days=5))]
    assert clocks.due_after(jurisdiction, marks) == due


@pytest.mark.parametrize(
    ("marks", "within_days", "due"),
    [
        # ICO, "Can we clarify the request?": the clock pauses from the day one asks to the day the answer comes.
        ([("opened", 3), ("clock stopped", 5), ("clock resumed", 10)], None, date(2024, 10, 8)),
        # Asked and answered on one day: nothing is gained.
        ([("opened", 3), ("clock stopped", 5), ("clock resumed", 5)], None, date(2024, 10, 3)),
        # While it stands, the due date stays where it was.
        ([("opened", 3), ("clock stopped", 5)], None, date(2024, 10, 3)),
        # Twice, and the last day (5 October) is a Saturday.
        (
            [("opened", 3), ("clock stopped", 4), ("clock resumed", 5), ("clock stopped", 9), ("clock resumed", 10)],
            None,
            date(2024, 10, 7),
        ),
        # Extended after it stood: both count.
        ([("opened", 3), ("clock stopped", 5), ("clock resumed", 10), ("extended", 12)], None, date(2024, 12, 9)),
        # What the company promised moves with the clock, and is overtaken by an extension.
        ([("opened", 3), ("clock stopped", 5), ("clock resumed", 10)], 10, date(2024, 9, 18)),
        ([("opened", 3), ("extended", 12)], 10, date(2024, 12, 3)),
    ],
)
def test_the_due_date_follows_from_what_happened(
    marks: list[tuple[str, int]], within_days: int | None, due: date
) -> None:
    found = [Mark(Tick(what), date(2024, 9, day)) for what, day in marks]
    assert clocks.due_after("uk", found, within_days) == due


@given(DAYS, st.integers(0, 60))
def test_an_extension_and_a_stop_never_bring_the_end_nearer(received: date, stopped: int) -> None:
    for code in clocks.CLOCKS:
        first = clocks.due_on(code, received)
        assert first <= clocks.due_on(code, received, stopped=stopped) <= first + timedelta(days=stopped + 5)
        assert clocks.due_on(code, received, extended=True) >= first + timedelta(days=45)


def test_the_two_days_held_as_holidays_are_those_that_all_member_states_share() -> None:
    for year in (2026, 2027, 2028):
        common = set[date].intersection(*(set(holidays.country_holidays(code, years=year)) for code in UNION))
        assert common == {date(year, 1, 1), date(year, 12, 25)}


@given(DAYS)
def test_a_month_is_28_days_at_least_and_never_more_than_a_long_weekend_over(received: date) -> None:
    for code in ("gdpr", "uk"):
        due = clocks.due_on(code, received)
        assert timedelta(days=28) <= due - received <= timedelta(days=31 + 5)
        assert due.weekday() < 5


@given(DAYS, DAYS)
def test_who_asks_later_is_never_due_earlier(one: date, other: date) -> None:
    early, late = sorted((one, other))
    for code in clocks.CLOCKS:
        assert clocks.due_on(code, early) <= clocks.due_on(code, late)


def test_the_day_of_receipt_is_the_one_on_the_wall_of_the_person() -> None:
    at = instants.of(datetime(2026, 11, 24, 2, 30, tzinfo=UTC))
    assert clocks.received_on("california", at) == date(2026, 11, 23)
    assert clocks.received_on("gdpr", at) == date(2026, 11, 24)


def test_an_unknown_jurisdiction_is_named() -> None:
    with pytest.raises(BadInput, match="'mars'"):
        clocks.due_on("mars", date(2026, 1, 1))


@pytest.mark.parametrize(
    ("asked", "until"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 3, 31), date(2026, 4, 30)),
        (date(2026, 12, 5), date(2027, 1, 5)),
    ],
)
def test_an_answer_is_waited_for_a_calendar_month(asked: date, until: date) -> None:
    """Longer where the month is, and whatever day it ends on: it is no deadline of the person's."""
    assert clocks.reply_by(asked) == until


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 1, 10), date(2026, 2, 10)),
        (date(2026, 2, 10), date(2026, 2, 10)),
        (date(2026, 3, 9), date(2026, 2, 10)),
        (date(2026, 3, 10), date(2026, 3, 10)),
        (date(2027, 2, 1), date(2027, 1, 10)),
    ],
)
def test_what_is_not_answered_comes_back_each_month(today: date, expected: date) -> None:
    assert clocks.ask_again(date(2026, 1, 10), today) == expected
