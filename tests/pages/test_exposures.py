"""What a card says: only what is known, in plain words, and never "nobody" of time that no record covers."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from data import instants
from data.accesses.coverage import Gap
from data.exposures.card import NO_SOURCE, Card, Did, Mine
from data.exposures.exposure import Accounts, Change, Exposure, Line, Number
from data.people.person import Person
from pages.shell.words import Calendar
from pages.wording import affected
from pages.wording import exposures as wording
from tests import nasty

T0 = instants.parse("2026-06-14T08:00:00Z")
HOUR, DAY = instants.HOUR, instants.DAY
CALENDAR = Calendar(ZoneInfo("UTC"), T0 + 30 * DAY)
OPENED = Line(5, Change.OPENED, T0 + HOUR, Number(71_234), ("public.captures",))
CLOSED = Line(9, Change.CLOSED, T0 + 4 * DAY)
ONE = Exposure(
    number=1, store="warehouse", place="captures table", source="warehouse audit", tables=("public.captures",),
    kinds=("key",), start=T0, seen=T0 + HOUR, end=T0 + 4 * DAY, audience=Number(71_234), present=Number(71_234),
    concerned=70_000, narrowed=0, former=None, incident=None, lines=(OPENED, CLOSED), is_mine=True,
)  # fmt: skip
GAP = Gap("warehouse audit", T0 + 2 * DAY, T0 + 2 * DAY + 5 * HOUR, "it was not recording")


def mine(one: Exposure = ONE, did: Did | None = None, unknown: tuple[Gap, ...] = (), *, is_dark: bool = False) -> Mine:
    return Mine(one, did or Did(), unknown, None, is_dark)


def test_the_sentence_says_when_how_many_what_who_and_what_is_not_known() -> None:
    """The sentence that the design asks for, word for word as far as it goes."""
    one = mine(did=Did(people=3, looks=4, unexplained=4, positions=(40, 39, 38, 37)), unknown=(GAP,))
    assert (
        wording.line(Card((one,)), CALENDAR)
        .partition("<div>")[2]
        .startswith(
            "<strong>Between Sun 14 Jun, 08:00 and Thu 18 Jun, 08:00 (UTC), 71,234 people could open your keystrokes. "
            "3 people did. For 5 h 00 min, from Tue 16 Jun, 08:00 (UTC), we cannot tell.</strong>"
        )
    )


@pytest.mark.parametrize(
    ("unknown", "is_dark", "said"),
    [
        ((), False, "Warehouse audit recorded reads all that time, and none of your data there is among them."),
        ((GAP,), False, "In the time we can see, nobody did. For 5 h 00 min, from Tue 16 Jun, 08:00 (UTC), we cannot"),
        ((replace(GAP, why=NO_SOURCE),), True, "Whether anybody did we cannot tell: no record of reads there was ever"),
        ((GAP, GAP), True, "Whether anybody did we cannot tell: Warehouse audit recorded nothing"),
    ],
)
def test_nobody_is_said_only_of_time_that_a_record_covers(unknown: tuple[Gap, ...], is_dark: bool, said: str) -> None:
    """A page that says "nobody" without a record of it reassures beyond the evidence."""
    found = wording.did(mine(unknown=unknown, is_dark=is_dark), CALENDAR)
    assert found.startswith(said)
    assert ("nobody" in found) == (said.startswith("In the time we can see"))


def test_ones_own_account_is_asked_about_and_not_counted_as_somebody() -> None:
    """Whoever tried it themselves is not frightened; whoever did not learns that their login was used."""
    assert wording.did(mine(did=Did(own=1, looks=1)), CALENDAR).startswith("Your own account did; if that was not you")
    both = wording.did(mine(did=Did(people=1, own=1, looks=3, lost=1)), CALENDAR)
    gone = wording.did(mine(did=Did(destroyed=2)), CALENDAR)
    assert gone == "Of 2 looks in that time who it was is no longer kept, as promised."
    assert both.startswith("1 person did. Your own account did; if that was not you, ask about it. 1 look in that time")


def test_what_is_open_and_since_when_nobody_knows_is_said_so() -> None:
    """An exposure that no look has closed is not told as over, and an unknown beginning not as a known one."""
    still = wording.could(replace(ONE, end=None, start=None, audience=Number(2, 3)), CALENDAR)
    assert still == (
        "From a time that nobody knows, before Sun 14 Jun, 09:00, 2 people and 3 accounts whose owner is not on record"
        " could open your keystrokes, and still can."
    )
    assert "it is not closed" in wording.could(replace(ONE, end=None), CALENDAR)
    assert "could open everything in it that was captured of you" in wording.could(replace(ONE, kinds=()), CALENDAR)


def test_what_nobody_looks_at_any_more_is_neither_called_open_nor_closed() -> None:
    """Taking a place off the list must not make its exposure look as if it had ended, nor as if a look had seen it."""
    left = replace(ONE, end=None, unwatched=T0 + 5 * DAY)
    said = wording.could(left, CALENDAR)
    assert said.endswith("and whether it is closed is not known: it is no longer looked at since Fri 19 Jun, 08:00.")
    card = wording.cards(Card((mine(left),)), CALENDAR)
    assert "not known</span>" in card and ">open<" not in card and ">closed<" not in card


def test_the_card_lists_the_time_before_the_first_record_as_not_known() -> None:
    """Nobody knows since when it was open: the record may begin after somebody read."""
    one = replace(mine(replace(ONE, start=None)), recorded=T0)
    assert "Before Sun 14 Jun, 08:00 (UTC): whether anybody opened it. Warehouse audit tells of no earlier" in (
        wording.cards(Card((one,)), CALENDAR)
    )


def test_one_that_is_over_leaves_the_first_page_after_a_while_and_not_the_card() -> None:
    """The first page is for news; the record stays."""
    later = replace(CALENDAR, now=T0 + 200 * DAY)
    assert wording.line(Card((mine(),)), later) == ""
    assert "71,234 people" in wording.cards(Card((mine(),)), later)
    assert "lock_open_right" in wording.line(Card((mine(replace(ONE, end=None)),)), later)
    assert "lock_open_right" not in wording.line(Card((mine(),)), CALENDAR)


@pytest.mark.parametrize(
    ("worse", "said"),
    [
        (mine(replace(ONE, end=None)), "it is not closed"),
        (mine(did=Did(people=1, looks=1, positions=(9,)), unknown=(GAP,)), "1 person did."),
        (mine(unknown=(GAP,)), "we cannot tell"),
    ],
)
def test_the_first_page_names_the_exposure_that_matters_most(worse: Mine, said: str) -> None:
    """A newer one that nobody used does not hide an older one in which somebody read."""
    known = mine(replace(ONE, number=2, former=1))
    for order in ((known, worse), (worse, known)):
        line = wording.line(Card(order), CALENDAR)
        assert said in line and "1 other exposure of your data stands beside it." in line
    assert "2 other exposures of your data stand beside it." in wording.line(Card((known, worse, known)), CALENDAR)


def test_where_it_was_is_named_once() -> None:
    """A database that is one place of its own is not said to lie in itself."""
    assert "captures table, public.captures, in warehouse." in wording.cards(Card((mine(),)), CALENDAR)
    same = wording.cards(Card((mine(replace(ONE, place="warehouse")),)), CALENDAR)
    assert "warehouse, public.captures." in same


def test_a_card_leads_to_the_looks_and_to_the_entries_and_counts_what_was_altered() -> None:
    """Each number can be followed to what it rests on."""
    found = wording.cards(
        Card((mine(did=Did(people=1, looks=7, unexplained=7, positions=tuple(range(7)))),), more=2, altered=1), CALENDAR
    )
    assert found.count('href="/accesses?look=') == 5
    for part in ("and 2 more under", "Entry 5 of the access log", "2 older ones", "1 entry of the log", "altered"):
        assert part in found, part


def test_a_correction_stands_beside_what_it_corrects() -> None:
    """Nobody shortens it silently: the reason and what was said before are read together."""
    line = Line(12, Change.CORRECTED, T0 + 5 * DAY, words="It was made at nine.", was=(None, T0 + 4 * DAY))
    found = wording.cards(Card((mine(replace(ONE, lines=(OPENED, CLOSED, line))),)), CALENDAR)
    assert "It was made at nine." in found
    assert "Before, it said: from an unknown time to Thu 18 Jun, 08:00" in found


@pytest.mark.parametrize("text", nasty.EVERY)
def test_names_from_outside_do_nothing_but_be_read(text: str) -> None:
    """A table's or a store's name comes from a file and a server."""
    odd = replace(ONE, store=text, place=text, source=text, tables=(text,), lines=(replace(OPENED, words=text),))
    for found in (wording.cards(Card((mine(odd, unknown=(replace(GAP, source=text, why=text),)),)), CALENDAR),
                  wording.officers(odd, CALENDAR)):  # fmt: skip
        assert "<img" not in found
        assert "<script" not in found
        assert not nasty.HIDDEN & set(found)


def test_the_list_of_the_people_concerned_holds_no_formula() -> None:
    """A name is no way into the officer's spreadsheet (OWASP, CSV injection)."""
    person = Person(1, "a@x.org", "=HYPERLINK(1)", "+Team", None, "gdpr", 0)
    assert affected.as_csv([person]).splitlines() == ["name,e-mail,team,law", "'=HYPERLINK(1),a@x.org,'+Team,gdpr"]


def test_the_accounts_of_an_exposure_are_plain_cells() -> None:
    """An account is named by whoever makes it; those that nobody is known to own come first."""
    listed = Accounts({"ana_db": 1, "=cmd()": None, "zed": 7}, frozenset(), {1: "a@x.org"})
    assert affected.accounts(listed) == [
        {"account": "'=cmd()", "whose": "not on record"},
        {"account": "ana_db", "whose": "a@x.org"},
        {"account": "zed", "whose": "person 7"},
    ]
