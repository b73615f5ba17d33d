"""One look in full: every mark says why it is there, and nothing is said that the log does not hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from data import instants
from data.accesses import purposes
from data.accesses.destroyed import Destroyed
from data.accesses.entry import HISTORY, Purpose
from data.accesses.opening import DESTROYED, Lost
from data.looks import look as rules
from data.notices.notice import News
from data.notices.post import Trouble
from data.rights.states import RequestKind, State
from pages.wording import desk, phrases, rows, single, standing
from tests.pages.test_phrases import CALENDAR, LOOK, REQUEST

NIGHT = instants.of(datetime(2026, 11, 15, 2, 48, 7, tzinfo=UTC))
ODD = replace(LOOK, at=NIGHT, recorded_at=NIGHT + 3 * instants.DAY, source="warehouse audit", role="engineer")
QUESTION = replace(
    REQUEST, kind=RequestKind.QUESTION, access=7, access_at=NIGHT, words="Who <b>is</b> this?", told="A test.\nSorry."
)


@pytest.mark.parametrize(
    ("mark", "one", "said"),
    [
        (rules.NO_REASON, ODD, "No reason is on record"),
        (rules.OUTSIDE_HOURS, ODD, "It was Sunday at 02:48. Working hours are taken to be Monday to Friday, 07:00 to"),
        (rules.OUTSIDE_HOURS, ODD, "20:00 (London, your zone)."),
        (
            rules.OUTSIDE_PURPOSE,
            replace(ODD, purpose=Purpose.REQUEST),
            "“to handle a request you made”, which is for privacy officers; the log says engineer.",
        ),
        (
            rules.OUTSIDE_PURPOSE,
            replace(ODD, purpose=Purpose.OWN),
            "says that you looked yourself, but it was somebody",
        ),
        (
            rules.OUTSIDE_TEAM,
            replace(ODD, purpose=Purpose.QUALITY, team="Advertising", teams=("Data Platform", "Tests")),
            "was on record as the business of Data Platform and Tests; the log says Advertising.",
        ),
        (rules.MANY_PEOPLE, replace(ODD, people_count=1_204), "the data of 1,204 people in one go; from 20 people on"),
        (rules.UNEXPLAINED, ODD, "nobody has declared a look of this account"),
        (rules.UNJUSTIFIED, ODD, "found no good reason for it."),
        (rules.INCIDENT, ODD, "opened an incident about it"),
        (Lost.ALTERED.value, ODD, "The log proves that an entry was here"),
        (Lost.MISSING.value, ODD, "somebody changed the database"),
    ],
)
def test_every_mark_says_why_it_is_there(mark: str, one: rules.Look, said: str) -> None:
    assert said in single.because(mark, one, CALENDAR)
    assert said in single.marked(replace(one, marks=(mark,)), CALENDAR)


def test_a_look_without_marks_draws_none() -> None:
    assert single.marked(LOOK, CALENDAR) == ""


def test_the_facts_hold_both_clocks_the_purpose_in_words_and_how_it_is_known() -> None:
    shown = single.facts(ODD, CALENDAR)
    for part in (
        "Sun 15 Nov, 02:48:07 (London)",
        "2026-11-15 02:48:07.000000 UTC",
        "Engineer, Privacy",
        "To fix a technical problem (INC-4711)",
        purposes.MEANING[Purpose.SUPPORT],
        "Known from warehouse audit",
        "It came into the log",
        "Yours alone",
        "Access 7 in the log",
    ):
        assert part in shown
    assert "before it showed anything" in single.facts(LOOK, CALENDAR)
    assert "Yours and that of 49 other people, in one go" in single.facts(replace(ODD, people_count=50), CALENDAR)


def test_counting_is_not_told_as_opening_captures() -> None:
    said = single.what({"view": "preview", "kinds": ["key"], "start": NIGHT, "rows": 3}, CALENDAR)
    assert said == [
        "counts of what a request takes, not the captures themselves",
        "keystrokes",
        "from Sun 15 Nov, 02:48 (London)",
        "rows: 3",
    ]


def test_a_look_at_the_history_of_looks_is_told_as_that() -> None:
    one = replace(LOOK, scope={"what": HISTORY, "access": 5}, count=1)
    assert phrases.what(one) == "read one look in your access history"
    assert single.what(one.scope, CALENDAR) == ["access 5 in your access history"]
    assert phrases.what(replace(one, scope={"what": HISTORY})) == "read who opened your data"


def test_every_purpose_has_a_meaning() -> None:
    assert all(purposes.MEANING[purpose].endswith(".") for purpose in Purpose)


def test_nothing_from_outside_brings_markup_along() -> None:
    evil = "<script>alert(1)</script>"
    one = replace(ODD, role=evil, team=evil, ticket=evil, source=evil, scope={"apps": [evil], evil: evil})
    shown = single.facts(one, CALENDAR) + rows.looks([one], (), CALENDAR, lambda position: f'"{evil}{position}')
    shown += single.asked([replace(QUESTION, words=evil)], CALENDAR) + standing.said(replace(QUESTION, told=evil))
    assert "<script" not in shown


def test_a_question_is_told_in_words_to_both_sides() -> None:
    assert standing.name(QUESTION, CALENDAR) == "Question about the look of Sun 15 Nov, 02:48"
    assert "A privacy officer answers; due in 30 days" in standing.next_step(QUESTION, CALENDAR)
    assert "asks about the look of Sun 15 Nov, 02:48" in desk.heading(QUESTION, CALENDAR)
    shown = standing.said(QUESTION)
    assert "Who &lt;b&gt;is&lt;/b&gt; this?" in shown
    assert "A test.\nSorry." in shown
    assert "Who &lt;b&gt;" in desk.facts(QUESTION, CALENDAR)
    assert "waiting for an answer, due in 30 days" in single.asked([QUESTION], CALENDAR)


def test_a_name_is_told_to_the_person_and_not_to_the_officer() -> None:
    told = replace(QUESTION, kind=RequestKind.REVEAL, state=State.DONE, told="Omar", reason="It weighs more.")
    assert "It was <strong>Omar</strong>" in standing.said(told)
    assert "It weighs more." in standing.said(told)
    assert "Omar" not in desk.told(told)
    assert "asked for the name behind the look of" in desk.heading(told, CALENDAR)
    letter = desk.letter(told, approve=True, ground=None, reason="")
    assert "(your reasons stand here)" in letter
    assert "Omar" not in letter


def test_each_row_leads_to_the_look_in_full() -> None:
    assert '<a href="/accesses?look=7"' in rows.latest([LOOK], (), CALENDAR)
    assert 'href="/accesses?span=90&amp;look=7"' in rows.looks(
        [LOOK], (), CALENDAR, lambda position: f"/accesses?span=90&look={position}"
    )
    assert phrases.who(LOOK) in rows.latest([LOOK], (), CALENDAR)


def test_what_is_new_is_counted_and_only_the_newest_are_listed() -> None:
    assert single.news(News(1, (LOOK,))) == "1 look at your data is new to you."
    assert single.news(News(5, (LOOK, LOOK, LOOK))) == "5 looks at your data are new to you. The newest 3:"


def test_officers_read_which_mails_do_not_arrive_and_why() -> None:
    shown = desk.post(Trouble(2, 1, "The mail server *x* does not answer on port 25."))
    for part in (
        "2 people still to be told",
        "for 1 person it was given up",
        "\\*x\\*",
        "In the app everybody is told",
    ):
        assert part in shown


def test_every_mark_a_look_can_carry_has_its_reason() -> None:
    marks = [value for name, value in vars(rules).items() if name.isupper() and isinstance(value, str)]
    assert all(single.because(mark, ODD, CALENDAR) for mark in marks)


def test_a_look_whose_details_were_destroyed_as_promised_says_when_and_where_that_stands() -> None:
    """It is no alarm, and nobody is said to have changed anything."""
    gone = Lost(DESTROYED, Destroyed(NIGHT, 812, "support", observed=False))
    one = replace(LOOK, at=NIGHT, role="", team="", ticket="", scope={}, lost=gone)
    shown = single.facts(one, CALENDAR)
    assert "Who it was, on which ticket and what they opened was destroyed Sun 15 Nov, 02:48 (London), as prom" in shown
    assert "Entry 812 of the log says so" in shown
    assert "To fix a technical problem" in shown
    assert "changed" not in shown
    assert single.headline(one, CALENDAR).startswith("Somebody opened your data, ")
