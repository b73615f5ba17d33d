"""What is blacked out is said in words that its person and an officer understand, and nothing where nothing is."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from data import instants
from data.rights.redaction.bystanders import Register, Rule, Ruleset
from data.rights.redaction.looking import Picture
from data.rights.redaction.marks import Made, Mark
from data.rights.redaction.region import WHOLE, Region, Shown
from data.rights.states import RequestKind, State
from pages.shell.words import Calendar
from pages.wording import redaction, standing
from tests.pages.test_phrases import REQUEST

NOW = instants.parse("2026-11-24T12:00:00Z")
CALENDAR = Calendar(ZoneInfo("Europe/London"), NOW)


def test_a_card_says_how_many_screens_have_parts_blacked_out_and_how_to_appeal() -> None:
    made = replace(REQUEST, kind=RequestKind.EXPORT, state=State.DONE)
    assert redaction.card(made) == ""
    one, many = (redaction.card(replace(made, counts={"blacked_out": number})) for number in (1, 1200))
    assert "1 screen has parts blacked out to protect others" in one
    assert "1,200 screens have parts blacked out" in many
    assert "appeal once below" in one
    assert "data protection authority" in one


def test_the_rules_are_read_by_everybody_with_their_version_and_entry_and_what_was_altered() -> None:
    none = redaction.rules(Register(), CALENDAR)
    assert "Nothing is blacked out by rule" in none
    assert redaction.WAITS_NOT in none
    rules = Ruleset((Rule(("<b>Zoom",), (), Shown.FACE),), True, 3, NOW - instants.DAY, 41)
    said = redaction.rules(Register((rules,), altered=1), CALENDAR)
    assert "While &lt;b&gt;Zoom is in front, the whole screen is blacked out" in said
    assert "Version 3" in said
    assert "entry 41 of the access log" in said
    assert redaction.WAITS in said
    assert "1 earlier entry about it no longer opens: its words were altered." in said
    assert "2 earlier entries about it no longer open: their" in redaction.rules(
        Register((rules,), altered=2), CALENDAR
    )


def test_a_mark_is_said_with_its_part_its_ground_and_where_it_holds() -> None:
    one = Mark(Region(1, 2, 30, 40, 96, 64), Shown.OTHER, "a <badge>", "ab" * 32)
    said = redaction.mark(Made(4, 8, NOW, 17, one), CALENDAR)
    assert "1 to 30 across, 2 to 40 down" in said
    assert "something else about somebody else: a &lt;badge&gt;" in said
    span = Mark(WHOLE, Shown.CHAT, app="Element", start=NOW - instants.DAY, end=NOW)
    assert "All</strong> of each picture from" in redaction.mark(Made(5, 8, NOW, 18, span), CALENDAR)
    assert redaction.label(1, Picture("c" * 64, NOW, "", ""), CALENDAR).endswith("no window known")


def test_pictures_of_one_second_and_window_are_told_apart_however_long_its_title_is() -> None:
    """An officer who chose one would otherwise be given the last of them."""
    alike = [Picture(f"{number:064}", NOW, "Zoom", "x" * 200) for number in range(3)]
    assert len({redaction.label(number, one, CALENDAR) for number, one in enumerate(alike, 1)}) == 3


def test_a_copy_that_waits_says_that_an_officer_first_looks_for_others() -> None:
    waits = replace(REQUEST, kind=RequestKind.EXPORT, state=State.OPEN, opened_by=1, person_id=1)
    assert "first looks whether others stand in its pictures, and decides" in standing.next_step(waits, CALENDAR)
