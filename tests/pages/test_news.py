"""What is new is said by the number of its request, once each."""

from __future__ import annotations

import pytest

from data.accesses.entry import Action
from data.notices import letter, notice
from data.notices.notice import Beside
from pages.wording import news


def beside(request: int | None, action: str = Action.REQUEST_DECIDED) -> Beside:
    return Beside(request, action, 0, 0)


def test_each_thing_that_happened_is_a_line_with_the_number_of_its_request() -> None:
    found = [beside(12), beside(3, Action.DELAY_ENDS), beside(12), beside(None, Action.HOLD)]
    assert news.steps(found) == (
        "Request 12: it was decided.",
        "Request 3: it starts soon, and can be taken back until then.",
        "Something changed about a legal hold.",
    )
    assert news.steps(()) == ()


@pytest.mark.parametrize(("count", "last"), [(4, "Request 4: it arrived."), (5, "Request 5: it arrived.")])
def test_a_few_lines_are_all_there(count: int, last: str) -> None:
    """'And 1 thing more' would take as much room as the thing."""
    assert news.steps([beside(one, Action.REQUEST_OPENED) for one in range(1, count + 1)])[-1] == last


def test_many_lines_are_counted() -> None:
    shown = news.steps([beside(one, Action.REQUEST_OPENED) for one in range(1, 41)])
    assert (len(shown), shown[-1]) == (news.MOST + 1, "And 36 things more.")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ([beside(7), beside(7)], "request 7"),
        ([beside(9), beside(7), beside(None)], "requests 7 and 9 and 1 legal hold"),
        ([beside(None), beside(None)], "2 legal holds"),
        ([beside(None), beside(None, Action.REVIEW_DUE)], "1 legal hold and the review of what is in quarantine"),
    ],
)
def test_deadlines_are_named_by_their_requests(found: list[Beside], said: str) -> None:
    assert news.deadlines(found) == f"Deadlines of officers came close, or passed, or a step failed: {said}."


def test_a_review_alone_leads_to_what_is_in_quarantine() -> None:
    review = beside(None, Action.REVIEW_DUE)
    assert (news.due_at([review]), news.due_at([review, beside(7)])) == ("control", "queue")


def test_everything_that_is_told_about_a_request_has_words() -> None:
    told = notice.STEPS | {Action.REQUEST_OPENED}
    assert not [action for action in told if "something happened" in news.steps([beside(1, action)])[0]]


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ([12], "request 12"),
        ([1, 2], "requests 1 and 2"),
        ([1, 2, 3], "requests 1, 2 and 3"),
        (list(range(1, 14)), "requests 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 3 more"),
    ],
)
def test_a_mail_names_requests_by_number(requests: list[int], said: str) -> None:
    assert letter.numbered(requests) == said


def test_each_sort_of_alarm_is_a_line_and_the_newest_says_where_to_go() -> None:
    """An officer reads what is to be seen to, not how often it was told."""
    found = [beside(None, Action.CONTROL), beside(None, Action.EXPOSURE), beside(None, Action.CONTROL)]
    assert news.alarms(found) == (
        "A promise of the programme was found broken.",
        "Data was found open to more people than allowed: an exposure was opened.",
    )
    assert news.leads_to(found) == "controls"
    assert (news.alarms(()), news.alarms([beside(None, "unheard of")])) == (
        (),
        ("There is an alarm for privacy officers.",),
    )
