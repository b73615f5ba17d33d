"""What was done by a clock that was wrong is done again."""

from __future__ import annotations

import os
import socket
from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auth import cookies, sign_in
from data import instants
from data.errors import BadInput
from data.instants import SKEW
from data.people import permissions
from data.people.session_tables import SignInRow
from data.people.viewer import Viewer
from data.rights import work
from data.rights.export import parts
from data.rights.tables import RequestRow

moments = st.integers(0, instants.LATEST)
waits = st.integers(0, instants.WEEK)


@given(moments, moments, waits)
def test_a_wait_is_over_when_it_has_passed_or_began_in_the_future(since: int, now: int, wait: int) -> None:
    assert instants.over(since, wait, now) == (now >= since + wait or since > now + SKEW)


@given(moments, waits)
def test_a_wait_that_just_began_is_not_over_though_two_clocks_differ_a_little(now: int, wait: int) -> None:
    assert not instants.over(now, wait + 1, now)
    assert not instants.over(now + SKEW, wait + 1, now)


def test_a_time_without_a_day_is_refused_and_never_taken_for_now() -> None:
    """Whoever chooses 18:00 and no day must not pause everybody at once."""
    zone, day = ZoneInfo("Europe/Oslo"), date(2026, 11, 3)
    assert instants.local(None, None, zone) is None
    assert instants.local(day, time(18), zone) == instants.parse("2026-11-03T17:00:00Z")
    assert instants.local(day, None, zone) == instants.parse("2026-11-02T23:00:00Z")
    for hour in (time(18), time(0)):
        with pytest.raises(BadInput, match=f"{hour:%H:%M} but no day"):
            instants.local(None, hour, zone)


def test_a_lease_that_ends_later_than_any_is_nobodys() -> None:
    """The process that took it died, and its clock was ahead: nobody would ever carry out that request."""
    elsewhere = f"another-{socket.gethostname()}/{os.getpid()}/x"
    held = RequestRow(claim=elsewhere, claimed_until=instants.now() + work.LEASE - 1)
    assert not work.is_free(held)
    held.claimed_until = instants.now() + 30 * instants.DAY
    assert work.is_free(held)


def test_what_a_clock_that_was_ahead_left_is_left_over() -> None:
    now = instants.now()
    assert not parts.is_left_over(f"{parts.DIRECT}{now}-x", now)
    assert parts.is_left_over(f"{parts.DIRECT}{now - instants.DAY}-x", now)
    assert parts.is_left_over(f"{parts.DIRECT}{now + 30 * instants.DAY}-x", now)
    assert parts.is_left_over(f"{parts.DIRECT}x", now)


def test_a_sign_in_of_a_clock_that_was_ahead_is_no_sign_in_of_just_now() -> None:
    now = instants.now()
    for proved_at, fresh in ((now, True), (now - 6 * instants.MINUTE, False), (now + instants.DAY, False)):
        assert permissions.is_fresh(Viewer(1, frozenset(), proved_at=proved_at)) == fresh


def test_a_sign_in_under_way_that_a_clock_that_was_ahead_began_is_over() -> None:
    lasts = cookies.SIGN_IN_SECONDS * instants.SECOND
    now = instants.now()
    for began, is_over in ((now, False), (now - lasts, True), (now + instants.DAY, True)):
        assert sign_in.is_over(SignInRow(ends_at=began + lasts)) == is_over
