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
