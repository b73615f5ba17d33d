"""What the page of incidents says: the clocks, who was told, and what must still happen."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from data import instants
from data.accesses.accessors import Outside
from data.accesses.tables import DetailsRow
from data.database import Database
from data.incidents import looks, record, telling
from data.incidents.incident import Event, Happening, Incident
from data.incidents.record import Record
from data.notices import notice
from data.people.tables import GrantRow
from data.people.viewer import Role
from data.sealing.vault import Vault
from pages.employee.incidents import incidents
from pages.officer.unexplained import unexplained
from pages.shell.words import Calendar
from pages.wording import incidents as wording
from tests.data.incidents.test_record import noted, opened
from tests.data.looks.test_reconciliation import seen
from tests.data.rights.conftest import Roster, roster
from tests.pages.seat import drawn, seated, text
from tests.pages.test_phrases import CALENDAR

__all__ = ["roster"]

AWARE = CALENDAR.now - 80 * instants.HOUR
WORDS = "The tables were <b>open</b>\u202eto everyone."


def event(number: int, happening: Happening, after: int = 0, **more: int) -> Event:
    at = AWARE + after * instants.HOUR
    return Event(number, happening, at, at, WORDS, told=more.get("told", 0), seen=more.get("seen", 0))


def incident(*events: Event, people: int = 3) -> Incident:
    return Incident(4, "Open <tables>", AWARE, (event(0, Happening.OPENED), *events), people)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((), "must be told; the 72 hours ended 8 h 00 min ago"),
        ((event(1, Happening.REGULATOR, 70),), ", within 72 hours"),
        ((event(1, Happening.REGULATOR, 75),), ", 3 h 00 min late"),
        ((event(1, Happening.NO_REGULATOR, 20),), "not told, for the reason given"),
        ((), "not told through this app yet; the company has known for 3 days"),
        ((event(1, Happening.AFFECTED, 5, told=3, seen=1),), "1 of 3 people have read it here"),
        ((), "not told, as far as was recorded"),
        ((event(1, Happening.FIX_CLAIMED), event(2, Happening.FIX_FAILED)), "fixes that did not hold: 1"),
        ((event(1, Happening.STAFF, 5, told=1),), "0 of 1 person has read it here"),
        ((), "<span>not yet</span>"),
        ((event(1, Happening.CONTAINED, 4),), "<span>Fri 20 Nov, 12:00 (London)</span>"),
        (
            (event(1, Happening.CONTAINED, 4), event(2, Happening.FIX_CLAIMED, 4), event(3, Happening.FIX_FAILED, 17)),
            "<span>not now: what was done Fri 20 Nov, 12:00 did not last</span>",
        ),
        (
            (event(1, Happening.CONTAINED, 4), event(3, Happening.FIX_FAILED, 17), event(4, Happening.CONTAINED, 27)),
            "<span>Sat 21 Nov, 11:00 (London); what was done Fri 20 Nov, 12:00 did not last</span>",
        ),
        ((event(1, Happening.FIX_CLAIMED),), "whether that holds is not known yet"),
    ],
)
def test_each_clock_says_how_it_stands(events: tuple[Event, ...], said: str) -> None:
    assert said in wording.clocks(incident(*events), CALENDAR)


def test_what_a_look_finds_open_is_not_called_contained() -> None:
    """An officer's word of yesterday does not outlive what a look saw in the night."""
    one = incident(event(1, Happening.CONTAINED, 4))
    said = wording.clocks(one, CALENDAR, AWARE + 17 * instants.HOUR)
    assert "said Fri 20 Nov, 12:00 (London), but a look found it open Sat 21 Nov, 01:00, and it is not closed" in said


@pytest.mark.parametrize(
    ("happened", "found", "said"),
    [
        ((Happening.FIX_CLAIMED, Happening.FIX_HELD), 3, "said to have held, but a look found it open Fri 20 Nov, 11:"),
        ((Happening.FIX_CLAIMED,), 3, "said to be fixed; whether that holds is not known yet"),
        ((Happening.FIX_CLAIMED,), 17, "said to be fixed, but a look found it open Sat 21 Nov, 01:00, and it is not"),
        ((Happening.FIX_CLAIMED, Happening.FIX_HELD, Happening.FIX_FAILED), 17, "<span>the fix did not hold; fixes"),
    ],
)
def test_what_a_look_finds_open_is_not_called_fixed(happened: tuple[Happening, ...], found: int, said: str) -> None:
    """That a fix held is no longer so once a look finds it open; what is claimed after the look waits for the next."""
    one = incident(*(event(number, each, 3 + number) for number, each in enumerate(happened, 1)))
    assert said in wording.clocks(one, CALENDAR, AWARE + found * instants.HOUR)


def test_a_closed_incident_says_that_a_look_found_it_open_again() -> None:
    """Whoever reads "closed" beside an open table would be told wrongly."""
    one = incident(event(1, Happening.CLOSED))
    assert "a look found it open again" in wording.heading(one, CALENDAR, CALENDAR.now)
    assert "a look found it open again" not in wording.heading(one, CALENDAR)


def test_time_that_is_left_is_counted_down() -> None:
    early = Calendar(CALENDAR.zone, AWARE + 60 * instants.HOUR)
    assert "12 h 00 min left" in wording.clocks(incident(), early)


def test_an_incident_says_that_the_public_was_told_first() -> None:
    mark = "the public was told before all staff"
    assert mark in wording.heading(incident(event(1, Happening.PRESS, 1), event(2, Happening.STAFF, 2)), CALENDAR)
    assert mark not in wording.heading(incident(event(1, Happening.STAFF, 1), event(2, Happening.PRESS, 2)), CALENDAR)


def test_what_an_officer_typed_is_text_and_nothing_else() -> None:
    shown = wording.heading(incident(), CALENDAR) + wording.history(incident(), CALENDAR)
    assert "Open &lt;tables&gt;" in shown
    assert "&lt;b&gt;open" in shown
    assert "\u202e" not in shown


def test_what_happened_stands_in_the_order_in_which_it_happened() -> None:
    shown = wording.history(incident(event(1, Happening.STAFF, 9), event(2, Happening.CONTAINED, 2)), CALENDAR)
    assert shown.index("Contained") < shown.index("All staff were told")


def test_the_headline_says_whom_it_concerns_and_no_more_than_was_recorded() -> None:
    mine, other = replace(incident(), is_mine=True), incident(event(1, Happening.STAFF))
    now = CALENDAR.now
    assert "No incident was recorded that concerns you" in wording.headline(Record(()), watches=False, now=now)
    said = wording.headline(Record((mine, other)), watches=False, now=now)
    assert "1 incident concerns you." in said
    assert "1 other concerned somebody else" in said
    public = incident(event(1, Happening.PRESS))
    said = wording.headline(Record((public,)), watches=False, now=now)
    assert "1 other concerned somebody else, and the public was told, all staff were not." in said
    said = wording.headline(Record((public, other)), watches=False, now=now)
    assert "and the public was told of 1 of them, all staff were not." in said
    said = wording.headline(Record((mine,), altered=2), watches=True, now=now)
    assert "1 incident is open." in said
    assert "not told in time" in said
    assert "2 entries about incidents no longer open" in said


@pytest.mark.parametrize(
    ("mine", "headline"),
    [(False, "Whether an incident concerns you is not known."), (True, "1 incident concerns you.")],
)
def test_nobody_reads_that_nothing_concerns_them_over_entries_that_no_longer_open(mine: bool, headline: str) -> None:
    """What was altered may have been about them; "none was recorded" would be the word of whoever altered it."""
    found = (replace(incident(), is_mine=True),) if mine else ()
    said = wording.headline(Record(found, altered=2), watches=False, now=CALENDAR.now)
    assert headline in said
    assert "dl-alarm" in said
    assert "2 entries about incidents no longer open: their words were altered or taken out." in said
    assert "An incident that concerns you may be missing here." in said
    assert "No incident was recorded" not in said


def test_a_notice_that_cannot_be_shown_any_more_is_said_and_put_away(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """On the first page it is new for ever otherwise, as there is nothing left to press."""
    number = opened(database, vault, roster.olga, 1)
    noted(database, vault, roster.olga, number, Happening.AFFECTED)
    with database.writing() as session:
        session.execute(update(DetailsRow).values(details=b"forged"))
    page = drawn(incidents, seated(database, vault, roster.ana))
    assert "1 notice that is new to you cannot be shown" in text(page)
    page.button(key="seen-lost").click().run()
    assert "cannot be shown" not in text(page)
    assert "2 entries about incidents no longer open" in text(page)
    with database.reading() as session:
        assert telling.unread(session, roster.ana) == frozenset()


def test_a_notice_that_is_put_away_and_never_was_shown_counts_as_told_and_not_as_read(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """Whoever no longer is an organizer cannot read it, and the figure says who has."""
    number = opened(database, vault, roster.olga, 1)
    with database.writing() as session:
        grant = GrantRow(person_id=2, role=Role.ORGANIZER.value, granted_at=0, revoked_at=None)
        session.add(grant)
    noted(database, vault, roster.olga, number, Happening.ORGANIZERS)
    with database.writing() as session:
        session.merge(grant).revoked_at = 1
    page = drawn(incidents, seated(database, vault, roster.cal))
    assert "1 notice that is new to you cannot be shown" in text(page)
    page.button(key="seen-lost").click().run()
    assert "cannot be shown" not in text(page)
    with database.reading() as session:
        assert telling.unread(session, roster.cal) == frozenset()
        assert notice.unseen(session, roster.cal, vault, 2).total == 0
        told = record.one(session, roster.olga, vault, number).events[-1]
    assert (told.told, told.seen) == (1, 0)


def test_what_is_shown_again_by_the_time_it_is_put_away_stays_new(
    database: Database, vault: Vault, roster: Roster
) -> None:
    number = opened(database, vault, roster.olga, 1)
    noted(database, vault, roster.olga, number, Happening.AFFECTED)
    with database.writing() as session:
        kept = session.execute(select(DetailsRow.position, DetailsRow.details)).all()
        session.execute(update(DetailsRow).values(details=b"forged"))
    page = drawn(incidents, seated(database, vault, roster.ana))
    with database.writing() as session:
        for position, details in kept:
            session.execute(update(DetailsRow).where(DetailsRow.position == position).values(details=details))
    page.button(key="seen-lost").click().run()
    assert "I have read this" in text(page)


def test_an_incident_about_ones_own_looks_is_not_offered_to_record_in(
    database: Database, vault: Vault, roster: Roster
) -> None:
    """What was typed for it would be refused."""
    own = seen(database, vault, Outside("olga_db", "officer", person_id=roster.olga.person_id))
    with database.writing() as session:
        opening = record.Opening("Open tables", WORDS)
        barred = looks.open_about(session, roster.omar, vault, own, opening, expected=1)
    other = opened(database, vault, roster.omar, 1)
    seen(database, vault, people=(2,))
    for viewer, offered in ((roster.olga, [other]), (roster.omar, [barred, other])):
        page = drawn(incidents, seated(database, vault, viewer))
        keys = {str(one.key) for one in page.selectbox}
        assert {one for one in keys if one.startswith("what-")} == {f"what-{one}" for one in offered}
        assert ("It is about looks of your own, so another officer" in text(page)) is (barred not in offered)
        page = drawn(unexplained, seated(database, vault, viewer))
        (chosen,) = (one for one in page.selectbox if one.label == "Incident")
        assert sorted(chosen.options) == ["A new one", *(f"Incident {one}: Open tables" for one in offered)]
