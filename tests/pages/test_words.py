"""Figures and instants are worded alike everywhere, and never wrongly."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data import instants
from pages.shell import words
from pages.shell.words import Calendar

LONDON = ZoneInfo("Europe/London")
NOW = instants.of(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))


def at(*parts: int) -> int:
    return instants.of(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type]  # year to second, as given


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (0, "0"),
        (1_204, "1,204"),
        (99_999, "99,999"),
        (128_400, "128,400"),
        (999_999, "999,999"),
        (1_000_000, "1 million"),
        (1_204_311, "1.2 million"),
        (12_000_000, "12 million"),
        (999_960_000, "1 billion"),
    ],
)
def test_a_number_is_short_enough_to_read_at_a_glance(amount: int, said: str) -> None:
    assert words.number(amount) == said


@given(st.integers(0, 10**12))
def test_a_shortened_number_is_never_far_from_the_exact_one(amount: int) -> None:
    said = words.number(amount).replace(",", "").split()
    scale = {"million": 1e6, "billion": 1e9}[said[1]] if len(said) > 1 else 1
    assert float(said[0]) * scale == pytest.approx(amount, rel=0.06)
    assert len(words.number(amount)) <= 14


@pytest.mark.parametrize(("amount", "said"), [(0, "no clicks"), (1, "1 click"), (2, "2 clicks")])
def test_the_noun_agrees_with_its_count(amount: int, said: str) -> None:
    assert words.count(amount, "click") == said


def test_an_irregular_plural_is_used_as_given() -> None:
    assert words.count(3, "person", "people") == "3 people"


@pytest.mark.parametrize(
    ("amount", "said"),
    [(1, "1 byte"), (812, "812 bytes"), (1_250_000, "1.2 MB"), (999_900, "1.0 MB"), (48_300_000_000, "48 GB")],
)
def test_a_size_has_a_unit_people_know(amount: int, said: str) -> None:
    assert words.size(amount) == said


@pytest.mark.parametrize(
    ("microseconds", "said"),
    [
        (0, "0 seconds"),
        (20_000, "under 0.1 seconds"),
        (400_000, "0.4 seconds"),
        (960_000, "1 second"),
        (1_000_000, "1 second"),
        (1_043_000, "1 second"),
        (1_060_000, "1.1 seconds"),
        (12_000_000, "12 seconds"),
        (240 * instants.SECOND, "4 minutes"),
        (125 * instants.MINUTE, "2 h 05 min"),
        (72 * instants.HOUR, "3 days"),
    ],
)
def test_a_duration_is_worded(microseconds: int, said: str) -> None:
    assert words.span(microseconds) == said


def test_things_are_listed_as_one_would_say_them() -> None:
    assert [words.listed(list("abc"[:n])) for n in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_an_instant_is_told_on_the_readers_clock_with_the_zone_named() -> None:
    summer = at(2026, 7, 3, 13, 5)
    assert Calendar(LONDON, NOW).when(summer) == "Fri 3 Jul, 14:05 (London)"
    assert Calendar(ZoneInfo("America/Argentina/Buenos_Aires"), NOW).when(summer).endswith("10:05 (Buenos Aires)")


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (at(2026, 11, 3, 9), at(2026, 11, 5, 9), "from Tue 3 Nov to Thu 5 Nov"),
        (at(2026, 11, 3, 9), at(2026, 11, 3, 17), "on Tue 3 Nov"),
        (at(2026, 11, 23, 9), at(2026, 11, 23, 15), "today"),
        (at(2026, 11, 22, 9), at(2026, 11, 23, 15), "from yesterday to today"),
    ],
)
def test_one_day_is_not_told_as_a_span(first: int, last: int, said: str) -> None:
    """'From Tue 3 Nov to Tue 3 Nov' reads like a fault of the page."""
    assert Calendar(LONDON, NOW).days(first, last) == said


def test_another_year_is_named() -> None:
    assert Calendar(LONDON, NOW).day(at(2025, 11, 3, 12)) == "Mon 3 Nov 2025"


def test_the_day_turns_at_the_readers_midnight() -> None:
    sydney = Calendar(ZoneInfo("Australia/Sydney"), NOW)
    assert sydney.today == date(2026, 11, 24)
    assert (sydney.day(NOW), sydney.day(NOW - 4 * instants.HOUR)) == ("today", "yesterday")


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (10 * instants.SECOND, "just now"),
        (90 * instants.SECOND, "1 minute ago"),
        (119 * instants.SECOND, "1 minute ago"),
        (2 * instants.MINUTE, "2 minutes ago"),
        (4 * instants.MINUTE, "4 minutes ago"),
        (instants.HOUR, "1 hour ago"),
        (30 * instants.HOUR, "yesterday"),
    ],
)
def test_a_moment_ago_is_told_by_its_distance(passed: int, said: str) -> None:
    assert Calendar(LONDON, NOW).ago(NOW - passed) == said


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (0, "due today"),
        (1, "due in 1 day, on Tue 24 Nov"),
        (12, "due in 12 days, on Sat 5 Dec"),
        (-3, "3 days overdue, since Fri 20 Nov"),
    ],
)
def test_a_due_date_says_how_it_stands(days: int, said: str) -> None:
    assert Calendar(LONDON, NOW).due(date(2026, 11, 23) + timedelta(days), days) == said


def test_a_day_that_is_over_for_the_reader_is_not_overdue_where_the_law_still_counts_it() -> None:
    """Just after midnight in London it is still yesterday in California, where the request came from."""
    assert Calendar(LONDON, NOW).due(date(2026, 11, 22), 0) == "due today"


def test_midnight_is_the_readers_own_in_summer_and_winter() -> None:
    calendar = Calendar(LONDON, NOW)
    assert calendar.midnight(date(2026, 7, 1)) == at(2026, 6, 30, 23)
    assert calendar.midnight(date(2026, 12, 1)) == at(2026, 12, 1, 0)


@pytest.mark.parametrize("zone", ["Europe/London", "Australia/Sydney", "America/Los_Angeles"])
def test_the_last_days_begin_at_a_midnight_of_the_reader_that_leaves_no_hour_of_them_out(zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone), NOW)
    since = calendar.days_ago(30)
    assert calendar.time(since) == "00:00"
    assert calendar.local(since).date() == calendar.today - timedelta(days=30)


def test_the_exact_instant_is_there_for_a_hover() -> None:
    assert words.utc(at(2026, 11, 3, 14, 5, 9) + 120) == "2026-11-03 14:05:09.000120 UTC"
