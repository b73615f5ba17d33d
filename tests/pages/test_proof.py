"""What stands behind the log, as organizers and auditors read it: who outside cosigned, and what was refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from data import instants
from data.accesses.keeping import Promise
from data.proofs.accepting import Accepted
from data.proofs.backing import Backing
from data.proofs.check import Checked
from data.proofs.findings import Finding, What
from data.proofs.pins import Pin
from data.proofs.publishing import Published
from data.proofs.scan import Scanned
from data.proofs.witnesses import Alarm, Trouble, WitnessState
from pages.wording import proof
from tests.pages.test_phrases import CALENDAR, NOW

PUBLISHED = Published(1204, bytes(32), NOW - instants.MINUTE, "")
STATE = WitnessState("works-council", "http://w", 1204, NOW - 2 * instants.MINUTE, 0, None, None, NOW)
ALARM = Alarm("works-council", Trouble.REFUSED, 1204, 1200, NOW - instants.HOUR, NOW - instants.MINUTE)


def said(*states: WitnessState, alarms: tuple[Alarm, ...] = (), older: int = 0) -> str:
    """The words of the rows, without their marks."""
    shown = proof.lines(Backing(PUBLISHED, None, states, alarms, older=older), None, CALENDAR)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown))


def test_without_a_witness_it_says_that_nobody_outside_checks() -> None:
    assert "No witness is set: nobody outside checks this log." in said()


def test_for_how_long_it_is_kept_who_looked_stands_beside_the_log() -> None:
    kept = Backing(PUBLISHED, None, (), (), kept=Promise(3, 1_827))
    assert "is kept for 1,827 days, as entry 3 promises" in proof.lines(kept, None, CALENDAR)
    assert "as long as there is a log" in proof.lines(replace(kept, kept=Promise(3, None)), None, CALENDAR)
    assert "Kept" not in said(), "where nothing is promised, nothing is said"


def test_a_cosigned_log_names_who_when_and_up_to_where() -> None:
    assert "Cosigned by works-council, 2 minutes ago : the first 1,204 entries." in said(STATE)
    assert "will follow" not in said(STATE)
    assert "3 newer entries will follow." in said(replace(STATE, last_size=1201, behind=3))
    assert "has not cosigned anything yet" in said(replace(STATE, last_size=None, last_at=None, behind=1204))


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_its_sentence_and_only_a_changed_log_is_an_alarm(trouble: Trouble) -> None:
    shown = said(replace(STATE, problem=trouble, since=NOW - instants.HOUR))
    is_grave = trouble in (Trouble.REFUSED, Trouble.SHORTER, Trouble.CHANGED)
    assert ("Alarm" in shown) == is_grave
    assert ("The witness refuses this log" in shown) == is_grave
    assert "Since today, 15:00" in shown
    assert "Cosigned by works-council" in shown, "what was cosigned before stays cosigned"


def test_a_log_that_was_changed_is_the_first_thing_a_page_says() -> None:
    refused = replace(STATE, problem=Trouble.REFUSED, since=NOW)
    shown = proof.alarm(Backing(PUBLISHED, None, (STATE, refused), (ALARM,)), CALENDAR)
    assert "dl-alarm" in shown
    assert "works-council refused it" in shown
    damaged = Checked(NOW, 1, 5, 5, True, (Finding(What.ENTRY_CHANGED, 3, 3),))
    assert "The access log is damaged." in proof.alarm(Backing(PUBLISHED, damaged, (STATE,), ()), CALENDAR)
    down = replace(STATE, problem=Trouble.UNREACHABLE, since=NOW)
    assert proof.alarm(Backing(PUBLISHED, replace(damaged, findings=()), (down,), (ALARM,)), CALENDAR) == ""


@pytest.mark.parametrize("holds", [True, False])
def test_a_result_that_is_too_old_is_an_alarm(holds: bool) -> None:
    """A worker that is down, or that is kept from reading the log, must not leave the last good word standing."""
    wrong = () if holds else (Finding(What.ENTRY_CHANGED, 3, 3),)
    old = Checked(NOW - 27 * instants.HOUR, 1, 5, 5, True, wrong)
    late = Backing(PUBLISHED, old, (STATE,), ())
    assert "dl-alarm" in proof.alarm(late, CALENDAR)
    shown = re.sub(r"<[^>]*>", "", proof.lines(late, None, CALENDAR)).lower()
    assert "not read again since" in shown
    assert "nothing was changed" not in shown
    fresh = replace(late, checked=replace(old, at=NOW - 25 * instants.HOUR, findings=()))
    assert proof.alarm(fresh, CALENDAR) == ""
    never = Backing(replace(PUBLISHED, signed_at=NOW - 27 * instants.HOUR), None, (STATE,), ())
    assert "not read again in time" in proof.alarm(never, CALENDAR)
    assert "never read again" in proof.lines(never, None, CALENDAR)
    assert proof.alarm(Backing(PUBLISHED, None, (STATE,), ()), CALENDAR) == ""


def test_results_of_which_none_is_left_are_an_alarm_without_a_date() -> None:
    gone = Checked(0, 0, 0, 0, False, (Finding(What.CHECK_ALTERED, 7, 7),))
    shown = proof.lines(Backing(PUBLISHED, gone, (STATE,), ()), None, CALENDAR)
    assert "No result of reading it again is left" in shown
    assert "1970" not in shown


def test_an_older_log_that_was_accepted_is_told_with_its_reason() -> None:
    told = Backing(PUBLISHED, None, (), (), (Accepted(NOW, 1200, 1204, "<b>disk"), Accepted(NOW, 9, None, "again")))
    shown = proof.lines(told, None, CALENDAR)
    assert "went on with a log of 1,200 entries, though 1,204 were signed" in shown
    assert "&lt;b&gt;disk" in shown
    assert "whose newest signed head was gone" in shown


def test_a_refusal_that_is_over_is_still_told() -> None:
    shown = said(STATE, alarms=(ALARM,))
    assert "refused a log of 1,204 entries that does not follow from the 1,200 entries it saw: first today" in shown
    same = replace(ALARM, known_size=1204)
    assert "refused another history of 1,204 entries than the one it saw" in said(STATE, alarms=(same,))
    shorter = replace(ALARM, trouble=Trouble.SHORTER, size=1100)
    assert "was shown a log of 1,100 entries after it had seen 1,200 entries" in said(STATE, alarms=(shorter,))
    assert "and 3 more refusals" in said(STATE, alarms=(ALARM,) * 8)
    assert "and 903 more refusals" in said(STATE, alarms=(ALARM,) * 8, older=900)


def test_a_check_that_found_nothing_is_no_comfort_when_a_witness_refuses() -> None:
    refused = replace(STATE, problem=Trouble.REFUSED, last_size=None, last_at=None)
    whole = Checked(NOW, 1, 5, 5, True, ())
    shown = proof.lines(Backing(PUBLISHED, whole, (refused,), (ALARM,)), None, CALENDAR)
    assert "it agrees with itself, which proves nothing now" in shown
    assert "nothing was changed" not in shown
    assert "not cosigned anything yet" not in shown
    assert "nothing was changed" in proof.lines(Backing(PUBLISHED, whole, (STATE,), ()), None, CALENDAR)


def test_a_name_from_outside_is_shown_letter_for_letter() -> None:
    shown = proof.lines(Backing(PUBLISHED, None, (replace(STATE, name="<b>x"),), ()), None, CALENDAR)
    assert "<b>" not in shown


def test_what_was_seen_before_is_there_still_or_an_alarm() -> None:
    pin = Pin(1180, b"r" * 32, NOW, leads_on=True, is_behind=True)
    assert "are still there, and none was changed" in proof.lines(Backing(PUBLISHED, None, (), ()), pin, CALENDAR)
    broken = proof.lines(Backing(PUBLISHED, None, (), ()), replace(pin, leads_on=False), CALENDAR)
    assert "The history was changed" in broken
    assert "dl-mark" in broken


def test_a_scan_says_which_entries_are_kept_off_the_page() -> None:
    good = Scanned(1204, 37, (), (), (), 1200, is_signed=True)
    assert "37 entries concern you, and nothing is kept off this page." in proof.scanned(good)
    bad = proof.scanned(replace(good, omitted=(17, 20), foreign=(3,), is_signed=False))
    assert "Entries 17 and 20 concern you and are kept off this page." in bad
    assert "Entry 3 is on this page but not about you." in bad
    assert "not those that were signed" in bad
    assert "Your key is not the one" in proof.scanned(replace(good, is_my_key=False))
    many = proof.scanned(replace(good, omitted=tuple(range(9))))
    assert "0, 1, 2, 3 and 4 and 4 more" in many
