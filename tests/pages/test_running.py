"""Whether capturing is on is said as far as it is known: a pause that a device breaks is an alarm, silence is none."""

from __future__ import annotations

from dataclasses import replace

from data import instants
from data.captures.disobeying import Erasure, Figures, Sent
from data.captures.evidence import Evidence
from data.captures.ignoring import Sums
from data.captures.objecting import KeptOut
from data.captures.schema import Kind
from data.programme.state import Line, Programme, Span, Step
from pages.wording import pauses, running
from pages.wording.running import Standing
from tests.nasty import WORST
from tests.pages.test_phrases import CALENDAR, NOTHING, NOW, held, summary

MONDAY = NOW - 7 * instants.HOUR  # 09:00 in London
MINE = summary(NOW - 4 * instants.MINUTE, held(Kind.KEY, 5))
PAUSED = Programme((Line(3, 0, Step.PAUSED, MONDAY, 8, "Olga", "The tables were open.", MONDAY),))
THINKPAD = Sent("ThinkPad", 1_204, NOW - 4 * instants.MINUTE)
OWN = Span(NOW - instants.HOUR, NOW - 30 * instants.MINUTE)


def test_a_pause_that_a_device_breaks_is_an_alarm_that_names_it() -> None:
    """The words of the first screen, for the one failure that this page exists for."""
    said = running.state(Standing(PAUSED, (THINKPAD,)), MINE, CALENDAR)
    assert said.headline == (
        "Paused for everyone since today, 09:00, but your ThinkPad sent data 4 minutes ago."
        " We refused it and reported it."
    )
    assert (said.tone, said.icon) == ("alarm", "report")
    assert (
        "1,204</span> captures were refused" in said.detail
        and "Olga decided so: “The tables were open.”" in said.detail
    )
    two = running.state(Standing(PAUSED, (THINKPAD, Sent("", 1, NOW), Sent("Tower", 2, NOW))), MINE, CALENDAR)
    assert "but your ThinkPad and Tower sent data just now" in two.headline


def test_a_pause_that_nothing_broke_says_so_only_as_far_as_something_was_sent() -> None:
    """No reassurance beyond the evidence: what has not arrived is not known."""
    silent = running.state(Standing(PAUSED, heard=MONDAY - 1), MINE, CALENDAR)
    assert (silent.headline, silent.tone) == ("Paused for everyone since today, 09:00.", "plain")
    assert "not known yet" in silent.detail
    heard = running.state(Standing(PAUSED, heard=NOW), MINE, CALENDAR)
    assert "as far as we have been sent" in heard.detail


def test_an_announced_pause_and_a_damaged_record_do_not_pass_for_paused() -> None:
    """Ahead is ahead; and where entries are missing nobody is told that capturing is off, or on."""
    ahead = Programme((replace(PAUSED.lines[0], effective_at=NOW + instants.DAY),))
    said = running.state(Standing(ahead), MINE, CALENDAR)
    assert said.headline == "Capturing is to pause for everyone tomorrow, 16:00."
    assert "Capturing is on for you on 1 device" in said.detail
    lost = running.state(Standing(replace(PAUSED, lost=1)), MINE, CALENDAR)
    assert (lost.headline, lost.tone) == ("Whether the programme is paused cannot be told.", "alarm")
    assert running.state(Standing(Programme()), None, CALENDAR).headline == ""


def test_what_came_of_ones_own_pause_is_evidence_or_an_alarm() -> None:
    """Zero captures is said for what was sent by now; one that came is an alarm with device and at least how many."""
    running_now = replace(Standing(Programme()), own=Span(NOW - instants.MINUTE, NOW + 29 * instants.MINUTE))
    assert running.state(running_now, MINE, CALENDAR).headline == "You paused capturing until 16:29."
    broken = running.state(replace(running_now, own_sent=(THINKPAD,)), MINE, CALENDAR)
    assert broken.tone == "alarm" and "but your ThinkPad sent data 4 minutes ago" in broken.headline
    ended = Standing(Programme(), own=OWN, heard=NOW)
    assert "Nothing of yours was captured in it as far as we have been sent" in running.alarms(ended, CALENDAR)
    assert "not known yet" in running.alarms(replace(ended, heard=OWN.start), CALENDAR)
    sent = running.alarms(replace(ended, own_sent=(THINKPAD,)), CALENDAR)
    assert "dl-alarm" in sent and "Your ThinkPad sent at least" in sent and "1,204" in sent
    assert "are held" in running.alarms(replace(ended, own_stored=True), CALENDAR)
    assert running.alarms(Standing(Programme()), CALENDAR) == ""


def test_a_device_that_says_that_it_captures_in_a_pause_is_an_alarm_before_it_sends_anything() -> None:
    """Whoever is captured learns it from the next report, not from files that may come days later."""
    said = running.state(Standing(PAUSED, heard=NOW, reporting=1), MINE, CALENDAR)
    assert said.tone == "alarm" and said.headline.endswith("but 1 device of yours says that it captures.")
    own = Standing(Programme(), own=Span(NOW - instants.MINUTE, NOW + 29 * instants.MINUTE), reporting=2)
    said = running.state(own, MINE, CALENDAR)
    assert said.tone == "alarm" and said.headline.endswith("but 2 devices of yours say that they capture.")


def test_what_one_objects_to_and_was_sent_is_an_alarm() -> None:
    """An opt-out that the collector ignores is seen by whoever opted out, though nothing of it was kept."""
    said = running.alarms(Standing(Programme(), objected=12, objects_since=MONDAY), CALENDAR)
    assert "dl-alarm" in said and "12</span> captures of what you object to" in said and "kept none" in said


def test_that_an_opt_out_is_kept_is_said_as_far_as_files_came_and_otherwise_alarms() -> None:
    """Zero captures is evidence only where something was sent; one that is held all the same is never left unsaid."""
    found = Standing(Programme(), heard=NOW, objects_since=MONDAY, kept_out=(KeptOut(3, MONDAY, is_held=False),))
    said = running.alarms(found, CALENDAR)
    assert "(request 3): none of it captured since" in said and "dl-alarm" not in said
    assert "not known yet" in running.alarms(replace(found, heard=MONDAY - 1), CALENDAR)
    both = replace(found, kept_out=(*found.kept_out, KeptOut(4, MONDAY, is_held=True)))
    said = running.alarms(both, CALENDAR)
    assert "dl-alarm" in said and "(request 4), made since" in said and "request 3" in said


def test_of_each_opt_out_it_is_said_since_when_it_was_looked() -> None:
    """Of one by device or time of day a week is looked at: what is true of another's months is not said of it."""
    june, week = NOW - 150 * instants.DAY, NOW - 7 * instants.DAY
    whole, opened = KeptOut(3, june, is_held=False), KeptOut(4, week, is_held=False, is_recent=True)
    found = Standing(Programme(), heard=NOW, objects_since=june, kept_out=(whole, opened))
    first, second = running.alarms(found, CALENDAR).split("</li>")[:2]
    assert "(request 3)" in first and CALENDAR.day(june) in first and "are looked at" not in first
    assert "(request 4)" in second and CALENDAR.day(week) in second and "last 7 days are looked at" in second
    same = replace(found, kept_out=(whole, KeptOut(5, june, is_held=False)))
    assert "(requests 3 and 5)" in running.alarms(same, CALENDAR)


def test_everybody_reads_who_decided_and_why_and_organizers_read_counts_alone() -> None:
    """The state is public with its history; how many devices go on names none of them."""
    assert "paused for everyone since today, 09:00 (London)" in running.headline(PAUSED, CALENDAR)
    assert "Nobody has ever put a pause of it on record" in running.headline(Programme(), CALENDAR)
    assert "Pause, from" in running.history(PAUSED, CALENDAR)
    told = pauses.figures(PAUSED, Figures(31, 30, 4_000, NOW), CALENDAR)
    assert "31 devices of 30 people went on capturing." in told and "4,000" in told
    assert "1 device of 1 person went on capturing." in pauses.figures(PAUSED, Figures(1, 1, 2, NOW), CALENDAR)
    assert "not known" in pauses.figures(PAUSED, Figures(), CALENDAR)
    assert pauses.figures(Programme(), Figures(), CALENDAR) == ""
    ahead = Programme((replace(PAUSED.lines[0], effective_at=NOW + instants.DAY),))
    assert pauses.figures(ahead, Figures(), CALENDAR) == ""


def test_what_came_from_the_last_pause_is_read_by_organizers_once_it_is_over_too() -> None:
    """A device that was offline in the pause sends what it captured in it when the programme runs again."""
    over = Programme((*PAUSED.lines, Line(4, 1, Step.RESUMED, NOW - instants.HOUR, 9, "Omar", "Closed.")))
    told = pauses.figures(over, Figures(2, 1, 40, NOW), CALENDAR)
    assert "2 devices of 1 person went on capturing." in told and "The last pause was" in told
    assert "No capture from the pause has arrived so far" in pauses.figures(over, Figures(), CALENDAR)


def test_organizers_read_sums_of_own_pauses_and_opt_outs_without_small_numbers_of_people() -> None:
    told = pauses.sums(Sums(own=7, own_people=None, objected=1_240, objected_people=6), 12)
    assert "In the last 12 weeks at least" in told and "7</span> captures of fewer than 5 people arrived" in told
    assert "1,240</span> captures of 6 people of what people object to. All of it was refused" in told
    none = pauses.sums(Sums(), 4)
    assert "4 weeks nothing arrived from people’s own pauses, and nothing of what people object to." in none
    assert "refused" not in none and "is not known" in none


def test_each_own_pause_of_the_last_weeks_is_evidence_or_an_alarm() -> None:
    """Not the newest alone, and no longer than a day: whether a pause was heeded shows when files arrive."""
    heeded = Evidence(Span(OWN.start - 9 * instants.DAY, OWN.start - 9 * instants.DAY + instants.MINUTE))
    broken = Evidence(Span(OWN.start - instants.DAY, OWN.start - instants.DAY + instants.MINUTE), (THINKPAD,))
    kept = Evidence(OWN, is_held=True)
    said = pauses.listed(None, [kept, broken, heeded], NOW, CALENDAR)
    first, second, third = said.split("</li>")[:3]
    assert "dl-alarm" in first and "Captures from your pause" in first and "are held" in first
    assert "dl-alarm" in second and "Your ThinkPad sent at least" in second
    assert "dl-alarm" not in third and "Nothing of yours was captured in it as far as we have been sent" in third
    assert "not known yet" in pauses.listed(None, [heeded], None, CALENDAR)
    assert "newest 20 are shown" in pauses.listed(None, [heeded] * 20, NOW, CALENDAR)
    assert pauses.listed(None, [], NOW, CALENDAR) == ""


def test_a_capture_of_a_pause_that_is_held_is_an_alarm_whatever_was_refused() -> None:
    """A look at what is stored, and not the count of what was refused, says whether a pause was kept."""
    said = running.state(Standing(PAUSED, stored=True, heard=NOW), MINE, CALENDAR)
    assert said.tone == "alarm" and said.headline.endswith("but captures from it are held.")
    assert "ask a privacy officer why" in said.detail and "Olga decided so" in said.detail
    own = Standing(Programme(), own=Span(NOW - instants.MINUTE, NOW + 29 * instants.MINUTE), own_stored=True)
    assert running.state(own, MINE, CALENDAR).headline.endswith("but captures from it are held.")
    last = pauses.listed(Evidence(Span(MONDAY), is_held=True), [], NOW, CALENDAR)
    assert "Captures from the programme’s last pause, since" in last and "dl-alarm" in last
    assert "as far as we have been sent" in pauses.listed(Evidence(Span(MONDAY)), [], NOW, CALENDAR)


def test_names_and_reasons_from_outside_are_shown_letter_for_letter() -> None:
    """A device, an officer or a reason that is written as markup stays text."""
    nasty = Programme((replace(PAUSED.lines[0], name=WORST, words=WORST),))
    shown = running.headline(nasty, CALENDAR) + running.history(nasty, CALENDAR)
    shown += running.state(Standing(nasty, (Sent(WORST, 1, NOW),)), MINE, CALENDAR).detail
    shown += running.became([Sent(WORST, 1, NOW)], [Erasure(NOW, WORST, WORST)], CALENDAR)
    shown += running.alarms(Standing(Programme(), own=OWN, own_sent=(Sent(WORST, 1, NOW),)), CALENDAR)
    assert "<img" not in shown and "<script" not in shown and "\u202e" not in shown


def test_what_was_missing_when_it_was_resumed_all_the_same_is_read_by_everybody() -> None:
    at = NOW - instants.HOUR
    lines = (
        Line(1, 0, Step.PAUSED, at - 2, 8, "Olga", "The tables were open.", at - 2),
        Line(3, 1, Step.RESUMED, at, 9, "Omar", "A safety case.", at, ("No assessment <b>.",)),
    )
    said = running.headline(Programme(lines), CALENDAR)
    assert "“A safety case.”" in said and "although 1 thing was missing" in said and "No assessment &lt;b&gt;." in said
    assert "although" not in running.headline(Programme((lines[0], replace(lines[1], missing=()))), CALENDAR)


def test_a_device_that_says_that_it_captures_is_believed_where_nothing_came_lately() -> None:
    """The first screen does not say that it may be off while a device of the person reports that it is on."""
    late = summary(NOW - instants.DAY, held(Kind.KEY, 5))
    said = running.state(Standing(Programme(), reporting=2), late, CALENDAR)
    assert said.headline == "Capturing is on for you on 2 devices, by their own word."
    assert "The newest capture that arrived was made" in said.detail
    assert "Capturing is on for you" not in running.state(Standing(Programme()), late, CALENDAR).headline


def test_a_device_that_says_that_it_captures_is_believed_where_nothing_is_held() -> None:
    """After a deletion, or on the first day at work, "nothing is held" alone would read like "it is off"."""
    said = running.state(Standing(Programme(), reporting=1), NOTHING, CALENDAR)
    assert said.headline == "Capturing is on for you on 1 device, by its own word."
    assert said.detail.startswith("Daylight holds nothing that was captured about you. “The programme” says")
    silent = running.state(Standing(Programme()), NOTHING, CALENDAR)
    assert silent.headline == "Daylight holds nothing that was captured about you."
