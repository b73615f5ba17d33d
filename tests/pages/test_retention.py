"""What a person and organizers read of retention: what was taken, what is left and why, or that nobody promised."""

from __future__ import annotations

import re
from dataclasses import replace
from zoneinfo import ZoneInfo

from data import instants
from data.accesses.entry import Purpose
from data.programme.privacy_notice import PrivacyNotice, Promise
from data.rights.retention.record import Figures, Run, Standing
from pages.shell.words import Calendar
from pages.wording import retention

NOW = instants.parse("2026-11-28T12:00Z")
CALENDAR = Calendar(ZoneInfo("UTC"), NOW)
PROMISES = (Promise("key", frozenset(), 30), Promise("screen", frozenset(), 7), Promise("window", frozenset(), 30))
NOTICE = PrivacyNotice("t", "t", "l", (Purpose.TRAINING,), None, PROMISES)
RUN = Run(7, NOW - instants.HOUR, (), NOW, {"key": 12_345}, 3)


def plain(html: str) -> str:
    return re.sub("<[^>]+>", "", html)


def mine(found: Standing) -> str:
    return plain(retention.mine(found, NOTICE, CALENDAR))


def test_a_person_reads_what_was_taken_and_that_nothing_older_is_left_only_where_that_is_so() -> None:
    """The one sentence that a promise of retention comes down to, and its three ways of not being true."""
    good = mine(Standing(True, RUN, 12_345, {}, ""))
    assert "Screens older than 7 days are deleted, and keys and windows older than 30 days." in good
    assert "took 12,345 captures of yours. Nothing older is left" in good
    left = mine(Standing(True, RUN, 0, {"key": 5}, ""))
    assert "still there 5 captures older than that (keys: 5) are left. A legal duty wants them kept" in left
    failed = mine(Standing(True, RUN, 0, {"key": 5}, "It <b>stopped."))
    assert "The last run could not take them: It &lt;b&gt;stopped." in failed
    assert "Nothing older is left" not in left + failed
    late = mine(Standing(True, replace(RUN, at=NOW - 3 * instants.DAY), 0, {}, ""))
    assert "late One is due each day." in late


def test_before_a_run_a_person_reads_when_one_comes_and_without_a_promise_that_there_is_none() -> None:
    assert "Nobody promised how long" in mine(Standing(False, None, 0, {}, ""))
    assert "The first run has not taken place yet" in mine(Standing(True, None, 0, {}, ""))
    assert "It begins tomorrow" in mine(Standing(True, None, 0, {}, "", NOW + instants.DAY))
    broken = mine(Standing(True, replace(RUN, failure="Holds are altered."), 0, {}, ""))
    assert "deleted nothing: Holds are altered." in broken


def test_organizers_read_what_stays_and_why() -> None:
    """Held back by law is one thing, failed is another; both are said, and neither where it is not so."""
    said = plain(retention.figures(Figures(True, RUN), CALENDAR))
    assert "deleted 12,345 captures (keys: 12,345) of 3 people because their time was over. Nothing older" in said
    none = plain(retention.figures(Figures(True, replace(RUN, kinds={}, people=0)), CALENDAR))
    assert "found nothing to delete" in none
    worse = plain(retention.figures(Figures(True, replace(RUN, held=4, failed=1, left=2)), CALENDAR))
    assert "4 captures stay because legal holds keep them." in worse
    assert "2 captures older than promised. Of 1 person it could not delete all." in worse
    assert "Nothing" not in worse
    assert "Nobody promised" in plain(retention.figures(Figures(False, None), CALENDAR))
