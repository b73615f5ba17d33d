"""The first screen says what is known, since when, and what is not known, and never more than the evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.accesses.attempts import Attempt
from data.accesses.coverage import Gap
from data.accesses.entry import DAYLIGHT, Action, Purpose
from data.accesses.purposes import Register
from data.captures.browse import Capture, Page
from data.captures.preview import Preview
from data.captures.schema import COLUMNS, Kind
from data.captures.scope import Scope
from data.captures.summary import DeviceHeld, Held, Summary
from data.looks.look import NO_REASON, Look, LookFigures
from data.proofs.sight import Sight
from data.rights.record import Request
from data.rights.reviewing import Erased
from data.rights.states import Ground, RequestKind, State
from pages.shell.words import Calendar
from pages.wording import control, desk, phrases, programme, rows, rules, running, searching, single, standing

NOW = instants.of(datetime(2026, 11, 23, 16, 0, tzinfo=UTC))
CALENDAR = Calendar(ZoneInfo("Europe/London"), NOW)
FIRST = NOW - 60 * instants.DAY
NOTHING = Summary(1, 0, (), {}, None, None, (), {}, 0, 0, 0, 0)
GAP = Gap("database audit", NOW - 3 * instants.DAY, NOW - 2 * instants.DAY, "it was switched off")
SEEN = Sight(NOW - 30 * instants.DAY, NOW, (), (), outside=True)
LOOK = Look(
    position=7,
    at=NOW - instants.HOUR,
    recorded_at=NOW,
    action=Action.READ,
    source="daylight",
    role="officer",
    team="Privacy",
    account="",
    automated=False,
    purpose=Purpose.SUPPORT,
    ticket="INC-4711",
    scope={},
    count=1204,
    people_count=1,
    is_own=False,
)
REQUEST = Request(
    id=3,
    person_id=1,
    person="Ada",
    email="ada@example.org",
    kind=RequestKind.ERASURE,
    scope=Scope(),
    state=State.OPEN,
    jurisdiction="uk",
    law="One calendar month.",
    opened_at=NOW,
    opened_by=1,
    due_on=date(2026, 12, 23),
    days_left=30,
    next_step=None,
    done=0,
    total=0,
    counts={},
    decided_by=None,
    decider="",
    decided_at=None,
    ground=None,
    reason="",
    closed_at=None,
    expires_at=None,
    failure="",
)


def held(kind: Kind, count: int) -> Held:
    return Held(kind, count, FIRST, NOW, (0,) * 30)


def summary(last: int, *kinds: Held) -> Summary:
    total = sum(one.count for one in kinds)
    device = DeviceHeld("THINKPAD", total, FIRST, last, last)
    return replace(NOTHING, total=total, kinds=kinds, first=FIRST, last=last, devices=(device,), sealed_bytes=2_500_000)


def test_somebody_captured_minutes_ago_is_told_that_capturing_is_on() -> None:
    said = running.capturing(summary(NOW - 4 * instants.MINUTE, held(Kind.KEY, 5)), CALENDAR)
    assert said.headline == "Capturing is on for you on 1 device, since Thu 24 Sep."
    assert "THINKPAD" in said.detail
    assert "(London)" in said.detail


MONDAY = instants.of(datetime(2026, 11, 23, 9, 5, tzinfo=UTC))
FRIDAY = instants.of(datetime(2026, 11, 20, 17, 30, tzinfo=UTC))


def test_on_a_monday_morning_only_what_the_captures_prove_is_said() -> None:
    said = running.capturing(summary(FRIDAY, held(Kind.KEY, 5)), replace(CALENDAR, now=MONDAY))
    assert said.headline == "Capturing was on for you Fri 20 Nov at 17:30, and nothing newer has arrived."
    assert "a weekend" in said.detail
    assert said.tone == "plain"


def test_a_weekend_does_not_count_as_silence_but_working_days_do() -> None:
    monday = replace(CALENDAR, now=MONDAY)
    assert running.quiet(FRIDAY, monday) == MONDAY - FRIDAY - 2 * instants.DAY
    assert running.quiet(FRIDAY - instants.DAY, monday) == MONDAY - FRIDAY - instants.DAY
    assert running.quiet(FRIDAY - 30 * instants.DAY, monday) == MONDAY - FRIDAY + 30 * instants.DAY
    assert running.quiet(MONDAY, monday) == 0


def test_silence_is_not_sold_as_capturing_being_off() -> None:
    said = running.capturing(summary(NOW - 3 * instants.DAY, held(Kind.KEY, 5)), CALENDAR)
    assert "is not known" in said.headline
    assert said.tone == "attention"
    assert "is off" not in said.headline


def test_somebody_without_captures_reads_what_would_be_here() -> None:
    said = running.capturing(NOTHING, CALENDAR)
    assert "nothing" in said.headline
    assert "appears here" in said.detail
    assert phrases.held(NOTHING, CALENDAR) == ""
    assert "would be listed" in phrases.collected(NOTHING, CALENDAR).detail


def test_a_device_name_cannot_bring_markup_onto_the_page() -> None:
    named = summary(NOW, held(Kind.KEY, 5))
    evil = replace(named, devices=(replace(named.devices[0], name="<img src=x>"),))
    assert "<img" not in running.capturing(evil, CALENDAR).detail
    assert "<img" not in phrases.collected(evil, CALENDAR).detail


def test_the_most_telling_kinds_are_shown_and_the_rest_is_counted() -> None:
    kinds = [held(kind, 10) for kind in Kind]
    found = summary(NOW, *kinds)
    assert [one.kind for one in phrases.tiles(found)] == ["key", "click", "pointer", "window", "screen"]
    assert "40</span> of them of other kinds" in phrases.held(found, CALENDAR)


def test_looks_without_a_reason_are_counted_aloud() -> None:
    said = phrases.opened(LookFigures(people=6, automated=2, total=9, unsaid=1), SEEN)
    assert said == "6 people and 2 automated jobs opened your data in the last 30 days. 1 look gave no reason."


def test_a_look_of_which_it_is_no_longer_kept_who_it_was_is_a_look_and_no_alarm() -> None:
    said = phrases.looked(LookFigures(total=2, destroyed=2), SEEN, 365)
    assert said.headline == "Somebody opened your data in the last 365 days."
    assert (said.detail, said.tone) == ("Who it was is no longer kept of 2 looks, as promised.", "plain")
    both = phrases.opened(LookFigures(people=1, total=2, destroyed=1), SEEN)
    assert both.endswith(
        "1 person opened your data in the last 30 days. Who it was is no longer kept of 1 look, as promised."
    )


def test_nobody_is_only_nobody_in_the_time_that_was_recorded() -> None:
    assert phrases.opened(LookFigures(), SEEN) == "In the last 30 days nobody opened your data."
    assert phrases.opened(LookFigures(), replace(SEEN, gaps=(GAP,))).endswith("in the time we can see.")
    assert "cannot tell" in phrases.looked(LookFigures(), replace(SEEN, gaps=(GAP,)), 90).detail


def test_where_only_this_app_records_nobody_is_nobody_through_this_app() -> None:
    """A read with psql leaves no trace here as long as no audit outside is connected."""
    alone = replace(SEEN, outside=False)
    said = phrases.looked(LookFigures(), alone, 30)
    assert said.headline == "In the last 30 days nobody opened your data through this app."
    assert "Reads past this app" in said.detail
    assert "are not recorded here" in said.detail
    gone = phrases.opened(LookFigures(), replace(alone, gaps=(GAP,)))
    assert gone.startswith("In the last 30 days nobody opened your data through this app in the time we can see.")
    for figures in (LookFigures(people=1, total=1), LookFigures(lost=1, total=1)):
        assert phrases.PAST in phrases.opened(figures, alone)
        assert phrases.PAST not in phrases.opened(figures, SEEN)


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (LOOK, "Officer, Privacy"),
        (replace(LOOK, automated=True, account="svc-train"), "svc-train (automated)"),
        (replace(LOOK, role="DBA", team=""), "DBA"),
        (replace(LOOK, role="", team=""), "Somebody whose role was not recorded"),
        (replace(LOOK, is_own=True), "You"),
    ],
)
def test_whoever_looked_is_told_by_role_and_team(look: Look, said: str) -> None:
    assert phrases.who(look) == said


def test_whoever_tried_to_open_what_is_sealed_keeps_the_capitals_of_their_role() -> None:
    tried = Attempt(7, NOW, "DBA", Purpose.SUPPORT)
    assert ": DBA, " in rules.attempts([tried], CALENDAR)


def test_single_captures_stand_below_their_day_as_a_calendar_writes_it() -> None:
    cells: dict[str, Any] = dict.fromkeys(COLUMNS)
    cells |= {"at": CALENDAR.midnight(date(2026, 11, 3)), "kind": Kind.KEY}
    one = Capture(**cells, cursor="1.1.1")
    assert "<h3>Tue 3 Nov</h3>" in rows.events([one], CALENDAR, 1)
    assert "<h3>Today</h3>" in rows.events([replace(one, at=NOW)], CALENDAR, 1)


@pytest.mark.parametrize(
    ("first", "amount", "said"),
    [
        (NOW, 1, "1 capture of you is held, made today."),
        (NOW, 2, "2 captures of you are held, made today."),
        (FIRST, 2, "2 captures of you are held, made from Thu 24 Sep to today."),
    ],
)
def test_what_was_collected_is_told_with_the_days_it_was_made_on(first: int, amount: int, said: str) -> None:
    found = replace(summary(NOW, held(Kind.KEY, amount)), first=first)
    assert phrases.collected(found, CALENDAR).headline == said


def test_a_look_says_when_who_what_and_why() -> None:
    shown = rows.looks([LOOK], [GAP], CALENDAR)
    for part in ("Today, 15:00", "Officer, Privacy", "opened 1,204 captures", "(INC-4711)", "Not known"):
        assert part in shown


def test_each_look_says_how_it_is_known() -> None:
    assert "Known from this app&#x27;s own record" in rows.looks([LOOK], (), CALENDAR)
    outside = replace(LOOK, source="database audit", purpose=Purpose.NONE, marks=(NO_REASON,))
    assert "Known from database audit" in rows.looks([outside], (), CALENDAR)


def test_the_list_of_looks_promises_nothing_and_says_since_when_it_is_kept() -> None:
    said = phrases.looks_note(NOW - instants.HOUR, CALENDAR)
    assert said.endswith("Looks through this app are recorded since today, 15:00 (London).")
    assert "ask" not in said + phrases.looks_note(None, CALENDAR)


def test_this_app_is_called_so_among_what_is_not_known() -> None:
    assert "through this app" in phrases.unknowns([replace(GAP, source=DAYLIGHT)])


def test_a_search_that_was_cut_short_says_how_far_it_went() -> None:
    short = Page((), "12.3.4", NOW - instants.DAY)
    assert searching.searched(short, CALENDAR).startswith("Searched back to yesterday, 16:00 (London).")
    assert searching.nothing_found(short, CALENDAR, None).startswith("No capture matches back to yesterday, 16:00")
    assert searching.older(short) == searching.FURTHER
    whole = Page((), None, None)
    assert (searching.searched(whole, CALENDAR), searching.older(whole)) == ("", "Older")


def test_a_search_that_goes_on_denies_none_of_what_it_found_before() -> None:
    short, whole = Page((), "12.3.4", NOW - instants.DAY), Page((), None, None)
    assert searching.nothing_found(short, CALENDAR, "99.0.0").startswith(
        "Nothing older matches back to yesterday, 16:00"
    )
    assert searching.nothing_found(whole, CALENDAR, "99.0.0").startswith("Nothing older matches. ")
    assert searching.nothing_found(whole, CALENDAR, None).startswith("No capture matches. ")


def test_a_look_without_a_reason_is_marked_once() -> None:
    shown = rows.looks([replace(LOOK, purpose=Purpose.NONE, marks=(NO_REASON,))], (), CALENDAR)
    assert shown.lower().count("no reason given") == 1


def test_a_ticket_cannot_bring_markup_onto_the_page() -> None:
    assert "<script" not in rows.looks([replace(LOOK, ticket="<script>", team="<script>")], (), CALENDAR)


def test_a_request_says_what_was_asked_for_with_its_last_day_included() -> None:
    start, end = CALENDAR.midnight(date(2026, 11, 3)), CALENDAR.midnight(date(2026, 11, 6))
    scope = Scope(frozenset({Kind.KEY, Kind.SCREEN}), frozenset({"Mail"}), start, end)
    said = standing.name(replace(REQUEST, scope=scope), CALENDAR)
    assert said == "Deletion of keystrokes and screens in Mail from Tue 3 Nov to Thu 5 Nov"


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("kind", RequestKind)
def test_every_state_of_a_request_has_a_next_step_and_a_line_of_steps(state: State, kind: RequestKind) -> None:
    request = replace(REQUEST, state=state, kind=kind)
    assert standing.next_step(request, CALENDAR)
    assert standing.steps(request).count("aria-current") == (0 if state in (State.DONE, State.EXPIRED) else 1)


@pytest.mark.parametrize(("gone", "said"), [(1, "1 capture was deleted"), (2, "2 captures were deleted")])
def test_a_deletion_that_a_hold_keeps_says_what_is_gone(gone: int, said: str) -> None:
    kept = replace(REQUEST, state=State.HELD, counts={"captures": gone})
    assert standing.next_step(kept, CALENDAR).startswith(f"{said}, and the rest is kept for now by a legal duty.")


def test_entries_about_purposes_that_no_longer_open_are_counted() -> None:
    one, two = (programme.headline(Register(altered=number), NOW) for number in (1, 2))
    assert "1 earlier entry no longer opens: its words were altered." in one
    assert "2 earlier entries no longer open: their words were altered." in two


@pytest.mark.parametrize(("kept", "said"), [(1, "1 capture stays, because"), (2, "2 captures stay, because")])
def test_what_is_erased_from_quarantine_says_what_stays(kept: int, said: str) -> None:
    assert said in control.erased(Erased(people=1, captures=5, kept=kept))


def test_a_copy_of_which_a_part_is_appealed_says_until_when_the_rest_can_be_taken() -> None:
    copy = replace(REQUEST, kind=RequestKind.EXPORT, state=State.CONTESTED, expires_at=NOW + instants.DAY)
    said = standing.next_step(copy, CALENDAR)
    assert "looks at your appeal" in said
    assert said.endswith(f"What was granted is ready to download until {CALENDAR.day(NOW + instants.DAY)}.")
    assert "download" not in standing.next_step(replace(copy, kind=RequestKind.ERASURE), CALENDAR)


def test_a_refusal_is_told_with_its_reason_and_how_to_complain() -> None:
    shown = standing.refusal(replace(REQUEST, state=State.REFUSED, ground=Ground.LEGAL_HOLD, reason="<b>Court</b>"))
    assert "&lt;b&gt;Court" in shown
    assert "complain" in shown


def test_what_a_deletion_takes_and_what_stays_is_told_exactly() -> None:
    taken = Preview(312_385, {Kind.KEY: 312_044, Kind.SCREEN: 341}, FIRST, NOW, 341, 1_204_311)
    said = phrases.takes(RequestKind.ERASURE, taken, CALENDAR)
    for part in ("exactly 312,385 captures", "312,044 keystrokes and 341 screens", "1,204,311 captures stay"):
        assert part in said
    one = replace(taken, kept_total=1)
    assert " 1 capture stays. " in phrases.takes(RequestKind.ERASURE, one, CALENDAR)
    assert "goes. 1 capture stays." in desk.scope(replace(one, total=0))
    none = replace(taken, total=0, kinds={}, screens=0)
    assert phrases.takes(RequestKind.ERASURE, none, CALENDAR).startswith("Nothing that is held matches")
    assert phrases.takes(RequestKind.ERASURE, none, CALENDAR, 5).startswith("Nothing of it is deleted for now")


def test_what_a_deletion_takes_out_of_quarantine_is_told_as_far_as_it_is_known() -> None:
    taken = Preview(12, {Kind.KEY: 12}, FIRST, NOW, 0, 0, quarantined=5)
    apart = replace(taken, total=0, kinds={})
    for one in (taken, apart):
        assert "exactly 5 captures** of a pause" in phrases.takes(RequestKind.ERASURE, one, CALENDAR)
        assert "at most 5 captures** of a pause" in phrases.takes(RequestKind.ERASURE, one, CALENDAR, by_app=True)
        assert "exactly 5 captures** of a pause" in desk.scope(one)
    assert "Outside of quarantine nothing" in phrases.takes(RequestKind.ERASURE, apart, CALENDAR)
    assert "the deletion of 12 captures and 5 captures in quarantine" in phrases.asked(1, RequestKind.ERASURE, taken)
    said = phrases.asked(1, RequestKind.ERASURE, apart, by_app=True)
    assert said == "You asked for the deletion of at most 5 captures in quarantine: request 1."


def test_an_overdue_request_is_an_alarm() -> None:
    late = replace(REQUEST, due_on=date(2026, 11, 20), days_left=-3)
    said = phrases.requested([late], CALENDAR)
    assert said.tone == "alarm"
    assert "3 days overdue" in said.detail


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ((State.DONE, State.REFUSED), "2 requests answered."),
        ((State.WITHDRAWN,), "1 request taken back."),
        ((State.WITHDRAWN, State.EXPIRED, State.WITHDRAWN), "1 request answered and 2 requests taken back."),
    ],
)
def test_what_was_taken_back_is_not_told_as_answered(states: tuple[State, ...], said: str) -> None:
    found = [replace(REQUEST, state=state) for state in states]
    assert phrases.requested(found, CALENDAR).detail == said


def test_a_request_whose_clock_stands_claims_no_due_date() -> None:
    """Until its person replies the due date does not move: the day on record may be over, and still nothing is late."""
    asked = NOW - 22 * instants.DAY
    mine = replace(REQUEST, state=State.STOPPED, stopped_at=asked, due_on=date(2026, 11, 5), days_left=4)
    assert phrases.requested([mine], CALENDAR).detail == "It waits for your answer to what was asked back."
    both = phrases.requested([mine, REQUEST], CALENDAR)
    assert both.headline == "2 requests of yours are open."
    assert both.detail == (
        "The next answer is due in 30 days, on Wed 23 Dec. 1 waits for your answer to what was asked back."
    )
    stands = "ts clock stands since Sun 1 Nov, with 4 days left"
    assert standing.law(mine, CALENDAR) == f"Request 3, asked today. I{stands}. One calendar month."
    assert f"waiting for its person&#x27;s answer, i{stands}." in single.asked([mine], CALENDAR)
    for said in (desk.heading(mine, CALENDAR), desk.facts(mine, CALENDAR)):
        assert f"i{stands}" in said and "5 Nov" not in said


def test_the_first_screen_says_in_one_row_what_is_not_known() -> None:
    shown = rows.latest([LOOK], [GAP, GAP], CALENDAR)
    assert "In 2 spans of these 30 days looks through database audit are not known." in shown
    assert shown.count("dl-gap") == 1
