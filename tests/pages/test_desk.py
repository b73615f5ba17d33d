"""What officers, organizers and auditors read: the clock in words, exact figures, and nothing that names a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from data import instants
from data.accesses.coverage import Gap
from data.accesses.entry import DAYLIGHT, Action, Purpose
from data.captures.preview import Preview
from data.captures.schema import Kind
from data.captures.scope import Scope
from data.errors import Conflict
from data.looks.look import Logged
from data.rights.hold import Hold, Line, Step
from data.rights.states import Ground, Move, RequestKind, State, after
from data.statistics.conduct import Conduct
from pages.charts import conduct as charts
from pages.wording import conduct, desk, holding, ledger, phrases, single
from tests.pages.test_phrases import CALENDAR, NOW, REQUEST

MONDAYS = [date(2026, 11, 9) + timedelta(weeks=number) for number in range(3)]
ENTRY = Logged(12, NOW, NOW, "read", DAYLIGHT, "officer", "support", 1204, 1, "ab" * 32, "cd" * 32)

HELD = Hold(1, 1, "Ana", Scope(), "A claim.", date(2026, 12, 24), "", (Line(1, Step.CONFIRMED, NOW, 3, "Olga", ""),))


def figures(
    unexplained: int = 0, overdue: int = 0, refused: int = 0, stopped: int = 0, copies_overdue: int = 0
) -> Conduct:
    looks = [(week, purpose, 0) for week in MONDAYS for purpose in Purpose if purpose is not Purpose.OWN]
    frame = pd.DataFrame(looks, columns=["week", "purpose", "count"])
    frame.loc[frame["purpose"] == Purpose.SUPPORT, "count"] = 4
    if unexplained:
        frame.loc[frame["purpose"] == Purpose.NONE, "count"] = [0, 0, unexplained]
    taken = pd.DataFrame({"week": MONDAYS, "taken": [10, 20, 1_200_000], "refused": [0, 0, refused]})
    requests = pd.DataFrame(columns=["kind", "outcome", "count", "median_days", "slowest_days"])
    return Conduct(
        captures=taken,
        looks=frame,
        requests=requests,
        waiting=3,
        overdue=overdue,
        stopped=stopped,
        stands=41 * stopped,
        copies_told=2,
        copies_overdue=copies_overdue,
        unexplained=unexplained,
        to_explain=unexplained,
        mondays=tuple(MONDAYS),
        roles=pd.DataFrame({"week": MONDAYS, "role": "officer", "count": 4}),
        crossed=pd.DataFrame([(Purpose.SUPPORT, 12, 12)], columns=["purpose", "officer", "total"]),
        asked=pd.DataFrame({"week": MONDAYS, "received": 1, "answered": 0}),
        alarms=pd.DataFrame([(week, kind, 0) for week in MONDAYS for kind in Kind], columns=["week", "kind", "count"]),
    )


def test_a_request_that_ended_is_told_in_the_past() -> None:
    ended = replace(REQUEST, kind=RequestKind.EXPORT, state=State.DONE, closed_at=NOW)
    assert "asked for a copy of everything" in desk.heading(ended, CALENDAR)
    assert "ended today" in desk.heading(ended, CALENDAR)
    assert "the answer was due by Wed 23 Dec" in desk.facts(ended, CALENDAR)


def test_a_clock_that_does_not_run_is_not_said_to_run() -> None:
    """What waits for its person, or is kept by a hold, is due on no day."""
    stopped = replace(REQUEST, state=State.STOPPED, stopped_at=NOW - 2 * instants.DAY)
    held = replace(REQUEST, state=State.HELD, days_left=-48)
    for said in (desk.heading(stopped, CALENDAR), desk.facts(stopped, CALENDAR), single.asked([stopped], CALENDAR)):
        assert "its clock stands since Sat 21 Nov, with 30 days left" in said
        assert "due in" not in said
    assert "kept by a legal hold</p>" in desk.heading(held, CALENDAR)
    assert "<span>Clock</span>" not in desk.facts(held, CALENDAR)
    assert "kept by a legal hold.</li>" in single.asked([held], CALENDAR)
    assert "<span>due in 30 days, on Wed 23 Dec</span>" in desk.facts(REQUEST, CALENDAR)
    assert "waits for your answer" in phrases.requested([stopped, held], CALENDAR).detail
    later = replace(REQUEST, due_on=date(2026, 12, 24), days_left=31)
    assert "The next answer is due in 31 days" in phrases.requested([stopped, later], CALENDAR).detail


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("state", State)
def test_only_what_can_happen_to_a_request_is_offered(kind: RequestKind, state: State) -> None:
    one = replace(REQUEST, kind=kind, state=state)
    for move in Move:
        try:
            after(kind, state, move, one.id)
        except Conflict:
            assert not one.can(move)
        else:
            assert one.can(move)


def test_what_a_request_takes_and_leaves_is_counted_exactly() -> None:
    taken = Preview(312_385, {Kind.KEY: 312_044, Kind.SCREEN: 341}, NOW, NOW, 341, 5)
    said = desk.scope(taken)
    for part in (
        "312,385 captures",
        "341 pictures of screens",
        "312,044 keystrokes and 341 screens",
        "leaves 5 captures",
    ):
        assert part in said
    assert desk.scope(replace(taken, total=0, kinds={})).startswith("Nothing of what is held goes")


def test_the_officer_sees_the_refusal_as_its_person_will_read_it() -> None:
    shown = desk.letter(REQUEST, approve=False, ground=Ground.LEGAL_HOLD, reason=" <b>A court asked</b> ")
    assert "We are legally bound to keep this for now." in shown
    assert "&lt;b&gt;A court asked&lt;/b&gt;" in shown
    assert "complain" in shown
    assert "(your reason stands here)" in desk.letter(REQUEST, approve=False, ground=Ground.OTHER, reason=" ")
    assert "&lt;i&gt;" in desk.letter(REQUEST, approve=True, ground=None, reason="<i>")


def test_a_name_cannot_bring_markup_onto_the_desk() -> None:
    evil = replace(REQUEST, person="<img src=x>")
    assert "<img" not in desk.heading(evil, CALENDAR)


def test_conduct_says_what_is_wrong_and_only_what_is_wrong() -> None:
    assert "Every look that was recorded gave a reason, and nothing asked for is overdue." in conduct.headline(
        figures()
    )
    assert "12 times, as far as that was recorded." in conduct.headline(figures())
    troubled = conduct.headline(figures(unexplained=1, overdue=2))
    assert "1 look gave no reason and 2 requests are overdue." in troubled
    assert "dl-attention" in troubled
    assert "1 copy outside is overdue." in conduct.headline(figures(copies_overdue=1))


def test_conducts_tiles_hold_the_exact_figures() -> None:
    shown = conduct.tiles(figures(unexplained=3, overdue=1, refused=7))
    for part in ("exactly 1,200,030", ">7</span>", ">15</span>", ">3</span>", "1 of 3"):
        assert part in shown
    assert shown.count("<li>") == 8
    assert "none waits for its person" in shown
    standing = conduct.tiles(figures(stopped=2, copies_overdue=1))
    assert "the oldest for 82 days" in standing
    assert "1 of 2" in standing


def test_the_charts_of_conduct_say_what_they_show_and_leave_out_empty_purposes() -> None:
    found = figures(unexplained=2, refused=7)
    taken = charts.captures(found.captures)
    assert taken.alt == "Captures a week over 3 weeks: 1,200,030 taken, 7 refused."
    assert list(taken.table.columns) == ["Week of", "Taken", "Refused"]
    plain = found.looks.assign(purpose=[conduct.purpose(Purpose(one)) for one in found.looks["purpose"]])
    looks = charts.stacked(plain, "purpose", "Purpose", "Looks", "Looks a week", standing_out=Purpose.NONE.plain, top=9)
    drawn: list[Any] = list(looks.figure.data)
    assert [trace.name for trace in drawn] == ["to fix a technical problem", "no reason given"]
    assert drawn[1].marker.pattern.shape == "x"
    assert sorted(looks.table["Looks"].tolist()) == [2, 4, 4, 4]
    assert looks.figure.layout.yaxis.range[1] > 9  # on the scale of those that it is compared with


def test_no_purpose_speaks_to_a_person_on_the_page_about_the_company() -> None:
    assert not any("you" in conduct.purpose(one).split() for one in Purpose if one is not Purpose.OWN)


def test_the_log_says_how_long_it_is_and_that_it_names_nobody() -> None:
    assert "The access log has 13 entries." in ledger.headline((ENTRY,), CALENDAR)
    assert "empty" in ledger.headline((), CALENDAR)
    table = ledger.table((ENTRY,), CALENDAR)
    assert table.iloc[0]["Entry"] == 12
    assert table.iloc[0]["When (London)"] == "2026-11-23 16:00:00"
    assert table.iloc[0]["Commitment (SHA-256)"] == "ab" * 32


def test_the_log_calls_its_own_source_this_app() -> None:
    shown = ledger.blind((Gap(DAYLIGHT, NOW - instants.DAY, NOW, "it was <down>"),), CALENDAR)
    assert "this app" in shown
    assert "it was &lt;down&gt;" in shown


def test_looks_are_told_apart_from_other_entries_in_the_filter() -> None:
    assert ledger.action(Action.READ) == "read (a look)"
    assert ledger.action(Action.GRANT) == "role granted"


def test_that_there_is_no_hold_is_said_only_of_those_that_the_officer_may_see() -> None:
    """One about themselves of which they are not told is left out of what they read, in the same words as none."""
    assert "No hold that you may see is in force." in holding.headline([], CALENDAR)
    assert "1 hold that you may see is in force." in holding.headline([HELD], CALENDAR)
    assert "no hold that you may see" in holding.NONE
    assert "about yourself is listed here only where you are told of it" in holding.OWN


def test_looks_by_purpose_and_role_are_read_in_plain_words_and_no_role_begins_a_formula() -> None:
    shown = conduct.crossed(figures().crossed.rename(columns={"officer": "=hyperlink(1)"}))
    assert shown["Purpose"].tolist() == ["to fix a technical problem"]
    assert list(shown.columns) == ["Purpose", "'=hyperlink(1)", "Total"]
