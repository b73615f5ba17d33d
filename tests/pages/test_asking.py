"""What is typed last and the press that sends it arrive together: what is sent is what stands in the fields."""

from __future__ import annotations

from datetime import date, time

import pytest
from streamlit.testing.v1 import AppTest

from data import instants
from data.captures import summary as summaries
from data.database import Database
from data.people.corrections import Field
from data.rights import request
from data.rights.record import Request
from data.sealing.vault import Vault
from pages.employee.asking import COPY, DELETION, form
from pages.employee.correcting import CORRECTION
from pages.employee.objecting import NOT_ME, OPT_OUT, SEALING
from pages.wording import phrases
from tests.data.captures.events import START
from tests.data.captures.rows import row
from tests.data.rights.conftest import Roster, roster
from tests.data.rights.test_objection import take
from tests.pages.seat import drawn, seated, text
from tests.pages.test_phrases import CALENDAR

__all__ = ["roster"]

FIRST, LATER = "The first words.", "The first words, and what I added last."


def ask(database: Database, vault: Vault, roster: Roster, chosen: str) -> AppTest:
    """The form that `chosen` opens, before Ana, of whom ten days hold a capture each."""
    take(database, vault, [row(START + day * instants.DAY, app="Mail") for day in range(10)])
    with database.reading() as session:
        found = summaries.summary(session, roster.ana, vault, 1)
    return drawn(form, seated(database, vault, roster.ana), found, CALENDAR, ask=chosen)


def asked(database: Database, vault: Vault, roster: Roster) -> list[Request]:
    with database.reading() as session:
        return list(request.mine(session, roster.ana, vault, 1))


@pytest.mark.parametrize("chosen", [OPT_OUT, SEALING, NOT_ME])
def test_words_changed_before_the_press_are_what_is_sent(
    database: Database, vault: Vault, roster: Roster, chosen: str
) -> None:
    page = ask(database, vault, roster, chosen)
    page.text_area(key="own_words").set_value(FIRST)
    page.toggle(key="part").set_value(True).run()
    page.text_area(key="own_words").set_value(LATER)
    page.date_input(key="only_days").set_value((date(2026, 5, 30), date(2026, 5, 31)))
    page.button(key="ask-standing").click().run()
    (made,) = asked(database, vault, roster)
    assert made.asked["text"] == LATER
    assert made.reach is not None
    assert made.reach.start == CALENDAR.midnight(date(2026, 5, 30))
    assert made.reach.end == CALENDAR.midnight(date(2026, 6, 1))


def test_hours_changed_before_the_press_are_what_is_objected_to(
    database: Database, vault: Vault, roster: Roster
) -> None:
    page = ask(database, vault, roster, OPT_OUT)
    page.text_area(key="own_words").set_value(FIRST)
    page.toggle(key="some_hours").set_value(True).run()
    page.time_input(key="hours_from").set_value(time(12))
    page.button(key="ask-standing").click().run()
    (made,) = asked(database, vault, roster)
    assert made.reach is not None
    assert made.reach.hours is not None
    assert (made.reach.hours.start, made.reach.hours.end) == (12 * 60, 8 * 60)


def test_a_correction_changed_before_the_press_is_what_is_sent(
    database: Database, vault: Vault, roster: Roster
) -> None:
    page = ask(database, vault, roster, CORRECTION)
    name = f"correct-{Field.NAME}"
    page.text_input(key=name).set_value("Anna")
    page.text_area(key="correct_words").set_value(FIRST).run()
    page.text_input(key=name).set_value("Änne")
    page.text_area(key="correct_words").set_value(LATER)
    page.button(key="ask-correction").click().run()
    (made,) = asked(database, vault, roster)
    assert (made.asked["value"], made.asked["text"]) == ("Änne", LATER)


@pytest.mark.parametrize("chosen", [COPY, DELETION])
def test_days_changed_before_the_press_are_looked_at_first(
    database: Database, vault: Vault, roster: Roster, chosen: str
) -> None:
    """What stood beside the button was said of other days; nothing is taken that nobody saw."""
    page = ask(database, vault, roster, chosen)
    page.toggle(key="part").set_value(True).run()
    if chosen == DELETION:
        page.checkbox(key="agreed").set_value(True).run()
    page.date_input(key="only_days").set_value((date(2026, 5, 30), date(2026, 5, 30)))
    page.button(key="confirm").click().run()
    assert phrases.OTHERWISE in text(page)
    assert asked(database, vault, roster) == []
    page.button(key="confirm").click().run()
    (made,) = asked(database, vault, roster)
    assert made.scope.start == CALENDAR.midnight(date(2026, 5, 30))
