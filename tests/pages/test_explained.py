"""What was held against a read that an audit saw is said in words, and so is what could not be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data import instants
from data.accesses.entry import Purpose
from data.looks import look as rules
from data.looks.budget import Why
from data.looks.explanations import Explanation, Nearly
from data.looks.matching import THIS_APP, Compared, Unit
from data.looks.unexplained import Case, Close, Group
from data.looks.verdicts import Verdict
from pages.wording import explained, single, unexplained
from tests.pages.test_phrases import CALENDAR
from tests.pages.test_single import NIGHT, ODD

ROWS = ((Unit.ROWS, 50_000, 3),)
MORE = Nearly(Why.MORE, 17, NIGHT, Purpose.SUPPORT, "T-1", Compared(ROWS))
LATE = Nearly(Why.LATE, 18, NIGHT + instants.DAY, Purpose.SUPPORT, "", Compared(untold=True))
FOUND = Explanation(Verdict.DECLARED, NIGHT, 30, 17, Purpose.SUPPORT, "T-1", compared=Compared(ROWS))


@pytest.mark.parametrize(
    ("compared", "said"),
    [
        (Compared(ROWS), "The audit saw 50,000 rows; 3 captures were declared."),
        (Compared(((Unit.BYTES, 4_200, 9_000),)), "The audit saw 4.2 kB; 9.0 kB were declared."),
        (Compared(untold=True), "The audit does not tell how much was read, so it counts as all that was declared."),
        (Compared(untold=True, until=NIGHT), "What was declared is a span of time, until Sun 15 Nov, 02:48 (London)."),
        (Compared(unsaid=True), "not said in the audit's measure, so that was not compared"),
        (Compared(untold=True, kinds_untold=True), "Nor does it tell which kinds of captures."),
        (Compared(untold=True, of_app=True), "for whose look it read, and whether for that one alone, cannot be told"),
    ],
)
def test_what_was_compared_and_what_could_not_be_is_said(compared: Compared, said: str) -> None:
    told = replace(FOUND, compared=compared)
    assert said in explained.explained(told, CALENDAR)[1]
    shown = single.facts(replace(ODD, explanation=told), CALENDAR)
    assert "By access 17: to fix a technical problem, T-1" in shown


def test_an_unexplained_look_says_what_was_declared_and_why_that_does_not_explain_it() -> None:
    one = replace(ODD, nearly=(MORE, LATE), marks=(rules.UNEXPLAINED, rules.LATE))
    shown = single.marked(one, CALENDAR)
    for part in (
        "Access 17 (to fix a technical problem, T-1) was declared by the same account for that time, but for less.",
        "The audit saw 50,000 rows; 3 captures were declared.",
        "was declared only afterwards: Mon 16 Nov, 02:48 (London), when the audit",
        "explains nothing by itself",
        "A privacy officer must explain it",
    ):
        assert shown.count(part) == 1
    alone = replace(one, nearly=(LATE,))
    assert "nothing that was declared before explains it" in single.because(rules.UNEXPLAINED, alone, CALENDAR)
    used, counts = (explained.nearly(replace(MORE, why=why), CALENDAR) for why in (Why.USED, Why.COUNTS))
    assert "other reads have used up what it declares" in used
    assert "showed counts in this app and no captures" in counts


def test_what_was_declared_stays_beside_what_the_officer_says() -> None:
    word = Explanation(Verdict.EXPLAINED, NIGHT, 31, reason="The ticket was only written down on Monday.")
    shown = single.facts(replace(ODD, nearly=(LATE,), explanation=word), CALENDAR)
    assert "A privacy officer says: “The ticket was only written down on Monday.”" in shown
    assert "word for word, as entry 31" in shown
    assert "was declared only afterwards: Mon 16 Nov" in shown


def test_the_apps_own_account_is_said_to_be_perhaps_the_persons_own_page() -> None:
    said = explained.unexplained(replace(ODD, role=THIS_APP), CALENDAR)
    assert "It may have been for your own page: what you open yourself is not logged." in said


def test_a_declaration_that_can_no_longer_be_read_is_not_quoted() -> None:
    _, said = explained.explained(replace(FOUND, compared=None), CALENDAR)
    assert "can no longer be read" in said


def test_the_officer_reads_what_nearly_explains_a_case() -> None:
    one = Group(4, "audit <b>", "e.moss", "engineer", "", False, False, NIGHT, NIGHT, 9, 2, {}, False)
    shown = unexplained.group(replace(one, nearly=(Close(8, LATE), Close(1, MORE))), CALENDAR)
    assert "8 of these looks; the newest: Access 18" in shown
    assert "Access 17 (to fix a technical problem, T-1) was declared by the same account" in shown
    assert "<b>" not in shown


def test_a_case_says_how_many_people_its_looks_were_at_and_how_many_read_the_answer() -> None:
    one = Group(4, "audit", "e.moss", "engineer", "", False, False, NIGHT, NIGHT, 30, 30, {}, False)
    assert "looked 30 times at the data of 30 people<" in unexplained.group(one, CALENDAR)
    many = replace(one, people=70_000, at_least=True)
    assert "looked 30 times at the data of at least 70,000 people<" in unexplained.group(many, CALENDAR)
    said = unexplained.said(Case(tuple(range(30)), tuple(range(29))))
    assert said == "30 looks answered; 29 people can read what you wrote."
    assert "By account and day these are 230 cases." in unexplained.headline(300, 230)


def test_amounts_that_a_source_tells_are_shown_in_words() -> None:
    assert single.what({"amount": {"bytes": 4_200, "objects": 1}}, CALENDAR) == ["4.2 kB, 1 object"]
    assert single.what({"amount": "much", "what": "table"}, CALENDAR) == ["table"]
