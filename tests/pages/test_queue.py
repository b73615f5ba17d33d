"""What officers read in the queue: what is late, a line each, and what came of what was done to many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from data import instants
from data.people.jurisdictions import Jurisdiction
from data.rights.bulk import Deed, Outcome
from data.rights.queue import Due, Figures, Listed, Step, Whose
from data.rights.states import RequestKind, State
from data.rights.texts import SavedText, Use
from pages.wording import queue, texts
from tests.pages.test_phrases import CALENDAR, NOW

ME = 7
ONE = Listed(
    id=3,
    person_id=1,
    person="Ada",
    email="ada@example.org",
    kind=RequestKind.ERASURE,
    state=State.OPEN,
    jurisdiction="gdpr",
    opened_at=NOW,
    due_on=date(2026, 12, 23),
    days_left=30,
    stopped_at=None,
    starts_at=None,
    closed_at=None,
    confirm_by=None,
    handler_id=None,
    handler="",
)


@pytest.mark.parametrize(
    ("found", "said", "below", "tone"),
    [
        (Figures(5, 3, 1, 1), "1 request is overdue.", "3 of 5 requests still wait for an officer.", "dl-alarm"),
        (Figures(2, 0, 2, 0), "2 requests are overdue.", "None of 2 requests still wait", "dl-alarm"),
        (Figures(2, 1, 0, 1), "1 request must be answered today.", "1 of 2 requests still waits", "dl-attention"),
        (Figures(1, 1, 0, 0), "1 request waits for an officer.", "None is overdue.", "dl-plain"),
        (Figures(4, 2, 0, 0), "2 requests wait for an officer.", "None is overdue.", "dl-plain"),
        (Figures(4, 0, 0, 0), "Nothing waits for you.", "", "dl-plain"),
    ],
)
def test_the_queue_says_first_what_is_late(found: Figures, said: str, below: str, tone: str) -> None:
    shown = queue.headline(found)
    assert f"<h1>{said}</h1>" in shown
    assert below in shown
    assert tone in shown


def test_a_line_tells_who_what_clock_and_who_has_it_and_nothing_that_is_sealed() -> None:
    shown = queue.row(ONE, CALENDAR, ME)
    for part in (
        "Ada",
        "a deletion",
        "Request 3 ·",
        "waiting for a decision",
        "due in 30 days, on Wed 23 Dec",
        "nobody",
    ):
        assert part in shown
    assert "dl-mark" not in shown
    late = queue.row(replace(ONE, due_on=date(2026, 11, 20), days_left=-3, handler_id=8, handler="Omar"), CALENDAR, ME)
    assert '<span class="dl-mark">3 days overdue, since Fri 20 Nov</span>' in late
    assert "Omar has it" in late
    assert "has it" not in queue.row(replace(ONE, state=State.APPROVED), CALENDAR, ME)
    assert "you have it" in queue.row(replace(ONE, handler_id=ME, handler="Me"), CALENDAR, ME)
    assert "receipt to be confirmed by Thu 3 Dec" in queue.row(replace(ONE, confirm_by=date(2026, 12, 3)), CALENDAR, ME)


def test_a_clock_that_stands_says_since_when_and_how_late_it_was_when_it_stopped() -> None:
    stopped = replace(ONE, state=State.STOPPED, stopped_at=NOW - 2 * instants.DAY)
    assert "its clock stands since Sat 21 Nov, with 30 days left" in queue.row(stopped, CALENDAR, ME)
    late = queue.row(replace(stopped, days_left=-2), CALENDAR, ME)
    assert "2 days after it was due</span>" in late
    assert "due" not in queue.row(replace(ONE, state=State.HELD), CALENDAR, ME)


def test_what_ended_says_when_and_needs_nobody() -> None:
    shown = queue.row(replace(ONE, state=State.DONE, closed_at=NOW), CALENDAR, ME)
    assert "ended today" in shown
    assert "nobody has it" not in shown


def test_a_name_cannot_bring_markup_into_the_queue() -> None:
    shown = queue.row(replace(ONE, person="<img src=x>", handler_id=8, handler="<b>"), CALENDAR, ME)
    assert "<img" not in shown
    assert "<b>" not in shown


def test_how_many_match_is_a_sentence() -> None:
    said = [
        queue.matching(*given) for given in ((0, True, False), (0, False, False), (1, True, False), (1, False, False))
    ]
    assert said == ["No request matches.", "None waits.", "1 request matches.", "1 request waits."]
    ended = [queue.matching(*given) for given in ((0, False, True), (2, False, True), (2, True, True))]
    assert ended == ["None has ended yet.", "2 requests ended.", "2 requests match."]


def test_what_came_of_it_is_a_sentence_for_each_request() -> None:
    found = [Outcome(3, True), Outcome(4, False, "Request 4 is <b>done</b>."), Outcome(5, False, "Nobody decides.")]
    shown = queue.outcome(Deed.APPROVE, found)
    assert "Approve: done for 1 of 3 requests.</strong> 2 stayed as they were." in shown
    assert "<li>Request 3 was approved.</li>" in shown
    assert "<li>Request 4 is &lt;b&gt;done&lt;/b&gt;.</li>" in shown
    assert "<li>Request 5: Nobody decides.</li>" in shown
    assert "1 stayed as it was." in queue.outcome(Deed.TAKE, found[1:2])
    assert "stayed" not in queue.outcome(Deed.TAKE, found[:1])


def test_every_choice_of_the_domain_has_words() -> None:
    pairs = ((Due, queue.DUE), (Step, queue.STEPS), (Whose, queue.WHOSE), (Jurisdiction, queue.LAWS))
    for choices, labels in (*pairs, (Deed, queue.DEEDS), (Deed, queue.ABOUT)):
        assert set(choices) == set(labels)
        assert len(set(labels.values())) == len(labels)
    assert "by itself" in queue.ABOUT[Deed.APPROVE]
    assert all("1" in queue.outcome(deed, [Outcome(1, True)]) for deed in Deed)


def test_a_saved_text_is_shown_as_it_is_and_how_many_there_are() -> None:
    one = SavedText(2, Use.REFUSAL, "A <b>title", "Line\n<script>", 4)
    shown = texts.row(one)
    for part in ("A &lt;b&gt;title", "&lt;script&gt;", "Text 2", "version 4", "the reason of a refusal"):
        assert part in shown
    assert "1 text is saved" in texts.headline([one])
    assert "No text is saved yet." in texts.headline([])
    assert texts.changed(one, "removed") == "Text 2 was removed."
