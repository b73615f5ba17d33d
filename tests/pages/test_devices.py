"""What is said of devices: what they said themselves, and that silence is not known to be anything."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from data import instants
from data.programme.beat import Span, State
from data.programme.obeying import Counts, Device, Stance
from pages.shell.words import Calendar
from pages.wording import devices
from tests import nasty

NOW = instants.parse("2026-11-24T12:00:00Z")
CALENDAR = Calendar(ZoneInfo("Europe/London"), NOW)
PAUSE = NOW - instants.HOUR
ONE = Device(1, "Ana", "ThinkPad", 1, Stance.CAPTURING, State.CAPTURING, NOW - 60, NOW - 60, "1.4.2")


def test_silence_is_said_to_be_unknown_and_never_that_it_obeys() -> None:
    silent = replace(ONE, stance=Stance.UNKNOWN, state=State.PAUSED, heard_at=PAUSE + instants.MINUTE)
    said = devices.mine([silent], PAUSE, CALENDAR)
    assert "Not known" in said and "it has said nothing since" in said and "then it said that it is paused" in said
    assert "Does as asked" not in said
    assert devices.sentence([silent], PAUSE) == "Nothing is known of your device now."
    assert devices.sentence([silent, silent], PAUSE) == "Of your 2 devices, nothing is known of any now."
    before = replace(silent, heard_at=PAUSE - 1)
    assert "it has said nothing since the pause began" in devices.mine([before], PAUSE, CALENDAR)
    captured = Device(1, "Ana", "Old", None, Stance.UNKNOWN)
    assert "does not report" in devices.mine([captured], None, CALENDAR)
    assert "never said anything" in devices.mine([replace(captured, number=2)], None, CALENDAR)


def test_a_device_that_captures_during_a_pause_is_an_alarm_and_otherwise_none() -> None:
    assert "dl-alarm" in devices.mine([ONE], PAUSE, CALENDAR)
    assert "dl-alarm" not in devices.mine([ONE], None, CALENDAR)
    assert devices.sentence([ONE], PAUSE) == "Your device still captures during the pause."
    three = [ONE, ONE, replace(ONE, stance=Stance.PAUSED)]
    assert devices.sentence(three, None) == "Of your 3 devices, 2 say that they capture and 1 says that it is paused."
    odd = replace(ONE, state=State.PAUSED, captured_at=NOW - instants.MINUTE)
    assert "it says that it is paused, and that it made a capture" in devices.mine([odd], PAUSE, CALENDAR)
    obeys = replace(ONE, stance=Stance.PAUSED, state=State.PAUSED)
    assert "Does as asked" in devices.mine([obeys], PAUSE, CALENDAR)


def test_a_wrong_clock_is_told_with_how_far_and_to_which_side() -> None:
    ahead, behind = replace(ONE, clock_offset=3 * instants.HOUR), replace(ONE, clock_offset=-10 * instants.MINUTE)
    assert "Its clock is 3 h 00 min ahead" in devices.mine([ahead], None, CALENDAR)
    assert "Its clock is 10 minutes behind" in devices.mine([behind], None, CALENDAR)
    assert "Its clock" not in devices.mine([replace(ONE, clock_offset=instants.MINUTE)], None, CALENDAR)


def test_what_it_said_before_is_told_with_the_silence_between() -> None:
    spans = (
        Span(State.PAUSED, NOW - 60, None),
        Span(State.SILENT, NOW - instants.HOUR, NOW - 60),
        Span(State.CAPTURING, NOW - 2 * instants.HOUR, NOW - instants.HOUR),
    )
    said = devices.mine([replace(ONE, spans=spans)], None, CALENDAR)
    order = [said.index(one) for one in ("it said that it is paused", "nothing was heard", "it said that it captures")]
    assert order == sorted(order)
    assert "until now" in said
    once = devices.mine([replace(ONE, spans=(*spans, Span(State.PAUSED, PAUSE - 9, PAUSE - 8)))], None, CALENDAR)
    assert once.count("until") == said.count("until")


def test_names_that_would_do_more_than_be_read_do_not() -> None:
    for name in nasty.EVERY:
        one = replace(ONE, name=name, person=name, version=name)
        for said in (devices.mine([one], None, CALENDAR), devices.named([one], PAUSE, CALENDAR)):
            assert "<img" not in said and "<script" not in said
            assert not set(said) & nasty.HIDDEN


def test_counts_name_nobody_and_say_what_silence_is() -> None:
    said = devices.counted(Counts(70_000, 41_000, 12, 28_988, 3), PAUSE)
    for shown in (
        "Obey the pause",
        "41,000",
        "Still capture",
        "28,988",
        "Not reporting",
    ):
        assert shown in said
    assert "not known" in said
    assert "Obey" not in devices.counted(Counts(1, 1, 0, 0, 0), None)
    assert "No device reports yet" in devices.enrolled(Counts(0, 0, 0, 0, 0))
    assert devices.counted(Counts(0, 0, 0, 0, 0), None) == ""
